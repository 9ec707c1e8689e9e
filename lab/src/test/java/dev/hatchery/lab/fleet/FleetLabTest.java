package dev.hatchery.lab.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.lab.fleet.FleetSetting.Mode;
import dev.hatchery.lab.fleet.FleetSetting.Signing;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class FleetLabTest {
  private final List<String> said = new ArrayList<>();

  @Test
  void nothingBadHappensAndAllComesToRest() {
    FleetResult sum = FleetResult.NOTHING;
    try (var lab = new FleetLab(new FleetSetting(8, 1, Mode.LIVENESS, Signing.CHEAP), said::add)) {
      for (long seed = 1; seed <= 3; seed++) sum = sum.plus(lab.run(seed));
    }

    assertThat(said).isEmpty();
    assertThat(sum.clean()).isTrue();
    assertThat(sum.steps()).isGreaterThan(10_000);
    assertThat(sum.completed()).isEqualTo(sum.runs());
  }

  @Test
  void withRealSignaturesTheSameHolds() {
    var setting = new FleetSetting(4, 1, Mode.LIVENESS, Signing.REAL);
    try (var lab = new FleetLab(setting, said::add)) {
      assertThat(lab.run(2).clean()).isTrue();
    }

    assertThat(said).isEmpty();
  }

  // A rollout that was planned by a server which died before it decided anything.
  @Test
  void whatOneServerPlannedAnotherOneTakesUp() {
    try (var lab = new FleetLab(new FleetSetting(8, 1, Mode.LIVENESS, Signing.CHEAP), said::add)) {
      assertThat(lab.run(180).clean()).isTrue();
    }
  }

  @Test
  void aSeedGivesTheSameFleetAgain() {
    var setting = new FleetSetting(5, 1, Mode.SAFETY, Signing.CHEAP);
    FleetResult first;
    FleetResult second;
    try (var lab = new FleetLab(setting, said::add)) {
      first = lab.run(7);
    }
    try (var lab = new FleetLab(setting, said::add)) {
      second = lab.run(7);
    }

    assertThat(second).isEqualTo(first);
  }

  @Test
  @Tag("slow")
  void overManySeedsNothingBadHappensAndAllComesToRest() {
    FleetResult sum = FleetResult.NOTHING;
    try (var lab = new FleetLab(new FleetSetting(12, 2, Mode.LIVENESS, Signing.CHEAP), said::add)) {
      for (long seed = 1; seed <= 60; seed++) sum = sum.plus(lab.run(seed));
    }

    assertThat(said).isEmpty();
    assertThat(sum.clean()).isTrue();
    assertThat(sum.completed()).isGreaterThanOrEqualTo((int) Math.ceil(0.98 * sum.runs()));
  }
}
