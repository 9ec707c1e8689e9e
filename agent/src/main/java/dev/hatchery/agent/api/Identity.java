package dev.hatchery.agent.api;

import dev.hatchery.bundle.sign.Dsse;
import dev.hatchery.bundle.sign.Signatures;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Envelope;
import java.util.List;

/**
 * Who the device is: its name, and the key that it made itself and that never leaves it.
 *
 * @param signatures how it signs; the real ones everywhere but in a simulator
 */
public record Identity(DeviceId device, SigningKey key, Signatures signatures) {
  public Identity(DeviceId device, SigningKey key) {
    this(device, key, Signatures.REAL);
  }

  /** What the device says, signed by it. */
  public Envelope sign(String type, byte[] payload) {
    return Dsse.sign(type, payload, List.of(key), signatures);
  }
}
