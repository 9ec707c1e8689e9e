package dev.hatchery.lab.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.lab.fleet.FleetSetting.Mode;
import dev.hatchery.lab.fleet.FleetSetting.Signing;
import java.util.ArrayList;
import java.util.List;
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
}
