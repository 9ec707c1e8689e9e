package dev.hatchery.server;

import static dev.hatchery.server.Refused.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.Name;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.Sampling;
import dev.hatchery.wire.api.CoverageView;
import dev.hatchery.wire.api.RolloutView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which devices a rollout begins with, and what operators are told about them. */
final class SamplingTest {
  private static final String STAGES =
      "[{name: canary, count: 2, soak: 1s}, {name: oslo, selector: site=oslo, soak: 1s},"
          + " {name: all, percent: 100, soak: 1s}]";

  @TempDir Path work;
  private Fleet fleet;

  @BeforeEach
  void start() {
    fleet = Fleet.ready(work);
    for (int i = 0; i < 6; i++) {
      fleet.device("edge-" + i, Map.of("site", i < 4 ? "oslo" : "bergen", "power", "p" + i % 3));
    }
    fleet.release("inspection@1.0.0");
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  private static RolloutSpec spec(Sampling sampling) {
    return Fleet.spec("sampled", "inspection@1.0.0", STAGES).with(s -> s.sampling(sampling));
  }

  private static Sampling by(OptionalLong seed, String... strata) {
    return new Sampling(seed, Optional.of(List.of(strata)), Optional.empty());
  }

  @Test
  void theCoverageIsToldBeforeTheStartAndAfterARestart() {
    RolloutSpec spec = spec(by(OptionalLong.of(77), "site"));
    RolloutView foreseen = fleet.operator().tryRollout(spec);
    RolloutView begun = fleet.operator().startRollout(spec);
    CoverageView told = begun.coverage().orElseThrow();
    assertThat(foreseen.coverage()).contains(told);
    assertThat(begun.seed()).hasValue(77);
    assertThat(begun.stages()).extracting(RolloutView.Stage::devices).containsExactly(2, 5, 6);
    assertThat(told.stage().value()).isEqualTo("canary");
    assertThat(told.strata(true)).containsExactly("site=bergen", "site=oslo");
    assertThat(told.strata(false)).isEmpty();
    assertThat(told.missed())
        .isEqualTo("these 2 miss a fault that hits 1 of 6 devices 67% of the time");
    fleet.restart();
    RolloutView after = fleet.operator().rollout(begun.id());
    assertThat(after.coverage()).contains(told);
    assertThat(after.seed()).hasValue(77);
    assertThat(after.stages()).isEqualTo(begun.stages());
  }

  @Test
  void aDeviceThatEnrolsMeanwhileJoinsAndIsRememberedOverARestart() {
    RolloutView begun = fleet.operator().startRollout(spec(by(OptionalLong.of(77), "site")));
    fleet.device("late", Map.of("site", "oslo"));
    fleet.device("elsewhere", Map.of("site", "oslo"), Map.of(Fleet.SLOT, new Name("beta")));
    RolloutView joined = awaitFleet(begun.id(), 7);
    assertThat(joined.stages()).extracting(RolloutView.Stage::devices).containsExactly(2, 5, 7);
    fleet.restart();
    assertThat(fleet.operator().rollout(begun.id()).fleet()).isEqualTo(7);
  }

  private RolloutView awaitFleet(String rollout, int devices) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    RolloutView view = fleet.operator().rollout(rollout);
    while (view.fleet() != devices && System.nanoTime() < deadline) {
      fleet.clock.advance(Duration.ofMillis(20));
      view = fleet.operator().rollout(rollout);
    }
    assertThat(view.fleet()).isEqualTo(devices);
    return view;
  }

  @Test
  void withoutASeedTheServerDrawsOneAndShowsIt() {
    RolloutView foreseen = fleet.operator().tryRollout(spec(Sampling.DEFAULT));
    RolloutView begun = fleet.operator().startRollout(spec(Sampling.DEFAULT));
    assertThat(begun.seed()).isPresent().isEqualTo(foreseen.seed());
    assertThat(begun.coverage().orElseThrow().strata(false))
        .as("2 canaries cannot be of 3 powers, and nobody asked for it")
        .hasSize(1);
  }

  @Test
  void whatCannotBeCoveredOrIsMisspeltIsRefused() {
    OptionalLong seed = OptionalLong.empty();
    var small =
        refused(
            Code.BAD_SPEC, () -> fleet.operator().startRollout(spec(by(seed, "site", "power"))));
    assertThat(small.where()).isEqualTo("sampled, stage canary");
    assertThat(small.expected())
        .isEqualTo("3 devices or more: power has 3 strata, site has 2 strata");
    var misspelt =
        refused(Code.BAD_SPEC, () -> fleet.operator().startRollout(spec(by(seed, "stie"))));
    assertThat(misspelt.fix()).isEqualTo("did you mean site?");
    assertThat(fleet.operator().rollouts()).isEmpty();
  }
}
