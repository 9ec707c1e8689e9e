package dev.hatchery.server.trust;

import dev.hatchery.bundle.sign.Dsse;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Heartbeat;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.wire.Wire;

/** The server's online key: it selects among signed releases, and signs nothing else. */
public final class Director {
  private final SigningKey key;

  public Director(SigningKey key) {
    this.key = key;
  }

  public TrustedKey publicKey() {
    return key.publicKey();
  }

  public Envelope sign(DesiredState desired) {
    return Dsse.sign(Envelope.DESIRED, Wire.DESIRED.bytes(desired), key);
  }

  public Envelope sign(Heartbeat heartbeat) {
    return Dsse.sign(Envelope.HEARTBEAT, Wire.HEARTBEAT.bytes(heartbeat), key);
  }
}
