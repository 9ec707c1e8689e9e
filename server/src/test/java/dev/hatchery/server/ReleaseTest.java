package dev.hatchery.server;

import static dev.hatchery.server.Refused.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.bundle.Bundle;
import dev.hatchery.core.Code;
import dev.hatchery.core.Compatibility;
import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.wire.api.ReleaseView;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ReleaseTest {
  private Fleet fleet;

  @BeforeAll
  void start(@TempDir Path folder) {
    fleet = Fleet.ready(folder);
  }

  @AfterAll
  void stop() {
    fleet.close();
  }

  @Test
  void aPushedAndSignedBundleBecomesARelease() {
    Bundle bundle = fleet.push("good@1.0.0", fleet.release);
    ReleaseView view = fleet.operator().createRelease(ReleaseId.parse("good@1.0.0"));
    assertThat(view.digest()).isEqualTo(bundle.digest());
    assertThat(view.size()).isEqualTo(bundle.manifest().totalSize());
    assertThat(view.signedBy()).containsExactly(fleet.release.id());
    assertThat(fleet.operator().releases()).contains(view);
    assertThat(fleet.operator().createRelease(ReleaseId.parse("good@1.0.0"))).isEqualTo(view);
    fleet.restart();
    assertThat(fleet.operator().releases()).contains(view);
  }

  @Test
  void whatIsNotInTheRegistryIsNoRelease() {
    refused(Code.NOT_FOUND, () -> fleet.operator().createRelease(ReleaseId.parse("absent@1.0.0")));
  }

  @Test
  void whatCiDidNotSignIsNoRelease() {
    fleet.push("unsigned@1.0.0");
    refused(
        Code.BAD_SIGNATURE,
        () -> fleet.operator().createRelease(ReleaseId.parse("unsigned@1.0.0")));
    fleet.push("wrongkey@1.0.0", fleet.policy);
    refused(
        Code.BAD_SIGNATURE,
        () -> fleet.operator().createRelease(ReleaseId.parse("wrongkey@1.0.0")));
    assertThat(fleet.operator().releases())
        .noneMatch(r -> r.release().toString().matches("(unsigned|wrongkey).*"));
  }

  @Test
  void ofManySignaturesOnlyThoseThatCountAreOrdered() {
    fleet.push("many@1.0.0", fleet.policy, fleet.release);
    assertThat(fleet.operator().createRelease(ReleaseId.parse("many@1.0.0")).signedBy())
        .containsExactly(fleet.release.id());
  }

  @Test
  void aReleaseIsNeverAnotherBundle() {
    fleet.release("fixed@1.0.0");
    Bundle other = fleet.pack("fixed@1.0.0", "other bytes", Compatibility.ANY);
    other.sign(fleet.release);
    refused(Code.IMMUTABLE, () -> fleet.push(other));
    refused(Code.NOT_FOUND, () -> fleet.operator().createRelease(ReleaseId.parse("fixed@1.0.1")));
  }

  @Test
  void whatThePolicyForbidsIsNoRelease(@TempDir Path folder) {
    try (var strict = Fleet.ready(folder)) {
      Bundle bundle = strict.push("revoked@1.0.0", strict.release);
      strict
          .operator()
          .putPolicy(strict.policy(1, Map.of(new Name("old"), 300L), Set.of(bundle.digest())));
      refused(
          Code.REVOKED, () -> strict.operator().createRelease(ReleaseId.parse("revoked@1.0.0")));
      strict.push("old@1.2.0", strict.release);
      refused(
          Code.BELOW_FLOOR, () -> strict.operator().createRelease(ReleaseId.parse("old@1.2.0")));
      strict.release("old@1.3.0");
    }
  }
}
