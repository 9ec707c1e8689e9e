package dev.hatchery.server.orders;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.Envelope;
import dev.hatchery.wire.Wire;

/**
 * A desired state as devices get it.
 *
 * @param body the envelope's bytes
 * @param etag the quoted hash of the body
 */
record Posted(DesiredState state, Bytes body, String etag) {
  private static final DataSize ENVELOPE_MAX = new DataSize(DesiredState.MAX_SIZE.bytes() * 2);

  static Posted of(DesiredState state, Bytes body) {
    return new Posted(state, body, '"' + body.digest().hex() + '"');
  }

  /** Reads what was stored; it is our own and was signed by us. */
  static Posted read(byte[] stored) {
    Envelope envelope = Wire.ENVELOPE.parse(stored, ENVELOPE_MAX, "stored desired state");
    byte[] payload = envelope.payload().toArray();
    return of(
        Wire.DESIRED.parse(payload, DesiredState.MAX_SIZE, "stored desired state"),
        Bytes.of(stored));
  }
}
