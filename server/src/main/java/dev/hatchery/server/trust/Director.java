package dev.hatchery.server.trust;

import dev.hatchery.bundle.sign.Dsse;
import dev.hatchery.bundle.sign.Signatures;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Heartbeat;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.wire.Wire;
import java.util.List;

/** The server's online key: it selects among signed releases, and signs nothing else. */
public final class Director {
  private final SigningKey key;
  private final Signatures signatures;

  public Director(SigningKey key, Signatures signatures) {
    this.key = key;
    this.signatures = signatures;
  }

  public TrustedKey publicKey() {
    return key.publicKey();
  }

  public Envelope sign(DesiredState desired) {
    return Dsse.sign(Envelope.DESIRED, Wire.DESIRED.bytes(desired), List.of(key), signatures);
  }

  public Envelope sign(Heartbeat heartbeat) {
    return Dsse.sign(Envelope.HEARTBEAT, Wire.HEARTBEAT.bytes(heartbeat), List.of(key), signatures);
  }
}
