package dev.hatchery.bundle.sign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Name;
import dev.hatchery.core.Policy;
import dev.hatchery.core.Role;
import dev.hatchery.core.Trust;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PoliciesTest {
  private final Ring ring = Ring.make();
  private final Trust trust = ring.trust(1);
  private final Policy policy = policy(7, Ring.EXPIRES);

  @Test
  void aPolicySignedByItsRoleIsAccepted() {
    assertThat(verify(sign(policy), 0)).isEqualTo(policy);
    assertThat(verify(sign(policy), 7)).as("the one in force, again").isEqualTo(policy);
  }

  @Test
  void anOlderPolicyIsARollback() {
    Refused.with(Code.ROLLBACK, () -> verify(sign(policy), 8));
  }

  @Test
  void anExpiredPolicyIsRefused() {
    Refused.with(Code.EXPIRED, () -> verify(sign(policy(7, Ring.NOW)), 0));
  }

  @Test
  void aPolicyOfAnotherRoleIsRefused() {
    Envelope byDirector = Policies.sign(policy, ring.of(Role.DIRECTOR));

    Refused.with(Code.BAD_SIGNATURE, () -> verify(byDirector, 0));
  }

  private Policy verify(Envelope envelope, long newestKnown) {
    return Policies.verify(envelope, trust, Ring.NOW, newestKnown);
  }

  private Envelope sign(Policy policy) {
    return Policies.sign(policy, List.copyOf(ring.of(Role.POLICY)));
  }

  private static Policy policy(long version, Instant expires) {
    return new Policy(
        version,
        Ring.NOW.minusSeconds(60),
        expires,
        Map.of(new Name("inspection"), 2L),
        Set.of(Digest.of(new byte[] {1})));
  }
}
