package dev.hatchery.bundle.sign;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Role;
import dev.hatchery.core.Trust;
import dev.hatchery.wire.Wire;
import java.time.Instant;
import java.util.List;

/**
 * How one trust document follows another: version by version, each signed by the root role of the
 * one before and by its own (as TUF 1.0, 5.3, does it). Expiry is judged on the last one only, so a
 * device that slept through several versions can still walk up to the newest.
 */
public final class TrustChain {
  /** A trust document's size is capped before it is parsed. */
  public static final DataSize MAX_SIZE = DataSize.kib(256);

  private TrustChain() {}

  /** Signs a trust document. Whether these keys are enough is for whoever reads it to say. */
  public static Envelope sign(Trust trust, List<SigningKey> rootKeys) {
    return Dsse.sign(Envelope.TRUST, Wire.TRUST.bytes(trust), rootKeys);
  }

  /**
   * Takes a first trust document on the word of whoever brought it; it must be signed by its own
   * root role.
   *
   * @throws Refusal BAD_SIGNATURE, THRESHOLD, WRONG_KEY for a key that is none, or BAD_INPUT
   */
  public static Trust acceptFirst(Envelope envelope) {
    return acceptFirst(envelope, Signatures.REAL);
  }

  /** As {@link #acceptFirst(Envelope)}, with signatures that are checked in a way of their own. */
  public static Trust acceptFirst(Envelope envelope, Signatures how) {
    Trust trust = parse(envelope.payload().toArray());
    checkedBy(trust, envelope, how);
    return trust;
  }

  /**
   * The version after {@code current}: exactly one higher, and signed by both root roles.
   *
   * @throws Refusal as {@link #acceptFirst}; ROLLBACK when it is not newer, TRUST_MISSING when a
   *     version between the two was skipped
   */
  public static Trust acceptNext(Trust current, Envelope envelope) {
    Trust next = parse(checkedBy(current, envelope, Signatures.REAL));
    checkedBy(next, envelope, Signatures.REAL);
    if (next.version() <= current.version()) {
      throw Refusal.of(Code.ROLLBACK, "this trust document is not newer than the one in force")
          .expected("version " + (current.version() + 1))
          .got(next.version());
    }
    if (next.version() > current.version() + 1) {
      throw Refusal.of(Code.TRUST_MISSING, "a trust document between the two is missing")
          .expected("version " + (current.version() + 1))
          .got(next.version())
          .fix("bring every version, in order");
    }
    return next;
  }

  /** Walks up version by version, then judges the expiry of the last one. */
  public static Trust acceptAll(Trust current, List<Envelope> newer, Instant now) {
    Trust trust = current;
    for (Envelope envelope : newer) trust = acceptNext(trust, envelope);
    requireUnexpired(trust, now);
    return trust;
  }

  /** EXPIRED when this document may no longer start anything new. */
  public static void requireUnexpired(Trust trust, Instant now) {
    if (now.isBefore(trust.expires())) return;
    throw Refusal.of(Code.EXPIRED, "the trust document has expired")
        .expected("a time before " + trust.expires())
        .got(now)
        .fix("sign the next version with a later expiry");
  }

  private static byte[] checkedBy(Trust trust, Envelope envelope, Signatures how) {
    return Dsse.verify(
        envelope, Envelope.TRUST, trust.keysOf(Role.ROOT), trust.threshold(Role.ROOT), how);
  }

  private static Trust parse(byte[] payload) {
    Trust trust = Wire.TRUST.parse(payload, MAX_SIZE, "trust document");
    trust.keys().values().forEach(PublicKeys::check);
    return trust;
  }
}
