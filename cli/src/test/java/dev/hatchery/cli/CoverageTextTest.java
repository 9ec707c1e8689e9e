package dev.hatchery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Traffic;
import dev.hatchery.wire.api.CoverageView;
import dev.hatchery.wire.api.CoverageView.Stratum;
import dev.hatchery.wire.api.ExpectedBytes;
import dev.hatchery.wire.api.RolloutView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class CoverageTextTest {
  private static final Instant T0 = Instant.parse("2026-03-01T12:00:00Z");

  private static RolloutView rollout(OptionalLong seed, Optional<CoverageView> coverage) {
    return new RolloutView(
        "two-1",
        new Name("two"),
        new Name("vision"),
        new Name("stable"),
        ReleaseId.parse("inspection@1.1.0"),
        Optional.empty(),
        RolloutView.Phase.RUNNING,
        List.of(
            new RolloutView.Stage(new Name("canary"), 5, Duration.ZERO),
            new RolloutView.Stage(new Name("all"), 400, Duration.ZERO)),
        seed,
        coverage,
        0,
        400,
        0,
        0,
        T0,
        T0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Traffic.NONE,
        0,
        ExpectedBytes.UNKNOWN,
        0,
        List.of(),
        List.of(),
        Optional.empty());
  }

  private static CoverageView coverage(Stratum... strata) {
    return new CoverageView(
        new Name("canary"), 5, 5, 400, 0.59, "these 5 miss much", List.of(strata), List.of());
  }

  @Test
  void whoStandsInForASleeperIsTold() {
    var replaced =
        new CoverageView(
            new Name("canary"), 1, 1, 4, 0.9, "this 1 misses much", List.of(), List.of("a for b"));
    assertThat(CoverageText.lines(rollout(OptionalLong.empty(), Optional.of(replaced))))
        .containsExactly(
            "stages: canary 5, all 400 devices", "canary: this 1 misses much", "  a for b");
  }

  @Test
  void theStagesTheSeedAndWhatIsCoveredAreTold() {
    var view =
        rollout(
            OptionalLong.of(77),
            Optional.of(
                coverage(
                    new Stratum("site", "oslo", 200, 3),
                    new Stratum("site", "bergen", 180, 2),
                    new Stratum("network", "satellite", 20, 0))));
    assertThat(CoverageText.lines(view))
        .containsExactly(
            "stages: canary 5, all 400 devices",
            "canary: these 5 miss much (seed 77)",
            "  covered: site=oslo; site=bergen",
            "  not covered: network=satellite");
  }

  @Test
  void whereThereAreNoStrataNoneAreTold() {
    assertThat(CoverageText.lines(rollout(OptionalLong.of(7), Optional.of(coverage()))))
        .containsExactly("stages: canary 5, all 400 devices", "canary: these 5 miss much (seed 7)");
    assertThat(CoverageText.lines(rollout(OptionalLong.empty(), Optional.empty())))
        .containsExactly("stages: canary 5, all 400 devices");
  }
}
