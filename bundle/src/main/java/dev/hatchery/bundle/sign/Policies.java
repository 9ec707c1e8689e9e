package dev.hatchery.bundle.sign;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Policy;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Role;
import dev.hatchery.core.Trust;
import dev.hatchery.wire.Wire;
import java.time.Instant;
import java.util.List;

/** The policy document: signed offline, checked everywhere. */
public final class Policies {
  /** A policy's size is capped before it is parsed. */
  public static final DataSize MAX_SIZE = DataSize.mib(1);

  private Policies() {}

  public static Envelope sign(Policy policy, List<SigningKey> policyKeys) {
    return Dsse.sign(Envelope.POLICY, Wire.POLICY.bytes(policy), policyKeys);
  }

  /**
   * A policy that may come into force.
   *
   * @param newestKnown the highest version ever accepted; 0 when there was none
   * @throws Refusal BAD_SIGNATURE, THRESHOLD, EXPIRED, or ROLLBACK when it is older than that
   */
  public static Policy verify(Envelope envelope, Trust trust, Instant now, long newestKnown) {
    byte[] payload =
        Dsse.verify(
            envelope, Envelope.POLICY, trust.keysOf(Role.POLICY), trust.threshold(Role.POLICY));
    Policy policy = Wire.POLICY.parse(payload, MAX_SIZE, "policy");
    if (!now.isBefore(policy.expires())) {
      throw Refusal.of(Code.EXPIRED, "the policy has expired")
          .expected("a time before " + policy.expires())
          .got(now)
          .fix("sign the policy anew with a later expiry");
    }
    if (policy.version() < newestKnown) {
      throw Refusal.of(Code.ROLLBACK, "this policy is older than one already in force")
          .expected("version " + newestKnown + " or later")
          .got(policy.version());
    }
    return policy;
  }

  /** REVOKED or BELOW_FLOOR when this manifest may not be installed. */
  public static void requireAllowed(Policy policy, Manifest manifest, Digest digest) {
    if (policy.revoked().contains(digest)) {
      throw Refusal.of(Code.REVOKED, "this bundle is revoked")
          .at(manifest.release() + " " + digest)
          .fix("install a release that the policy does not revoke");
    }
    if (policy.belowFloor(manifest)) {
      throw Refusal.of(Code.BELOW_FLOOR, "this bundle is older than the policy allows")
          .at(manifest.release() + " " + digest)
          .expected(
              "a release counter of at least "
                  + policy.minReleaseCounter().get(manifest.release().name()))
          .got(manifest.releaseCounter());
    }
  }
}
