package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Bins;
import dev.hatchery.core.Gate;
import dev.hatchery.core.Gate.Drift.Measure;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DriftGateTest {
  private static final Name CLASSES = new Name("classes");
  private static final Bins HALVES = Bins.of(Map.of("a", 500L, "b", 500L));
  private static final Bins SHIFTED = Bins.of(Map.of("a", 800L, "b", 200L));

  private static Gate psi() {
    return new Gate.DryRun(new Gate.Drift(CLASSES, Measure.PSI, 0.25));
  }

  private static Scene scene(int devices, Gate gate) {
    Scene scene = Scene.all(devices, Specs.TIMING, Specs.ERRORS_LIMIT, gate);
    scene.baselines.replaceAll((_, past) -> withBins(HALVES));
    scene.decide();
    scene.after(Duration.ofSeconds(2));
    return scene;
  }

  private static Baseline withBins(Bins bins) {
    return new Baseline(
        500, 0, LatencyHistogram.EMPTY, Duration.ofMinutes(5), Map.of(), Map.of(CLASSES, bins));
  }

  private static Verdict hear(Scene scene, int device, Bins... bins) {
    Told told = scene.proof(device);
    for (Bins one : bins) told.bins(CLASSES, one);
    scene.hear(told);
    return Scene.verdict(scene.decide(), "drift.classes:psi");
  }

  @Test
  void threeWindowsInARowDrift() {
    Scene scene = scene(1, psi());
    assertThat(hear(scene, 0, SHIFTED, SHIFTED).kind()).isEqualTo(Kind.PASS);
    Verdict third = hear(scene, 0, SHIFTED);
    assertThat(third.kind()).isEqualTo(Kind.FAIL);
    assertThat(third.dryRun()).isTrue();
    assertThat(third.reason()).startsWith("1 of 1 device drift from their own past: cam-0");
    assertThat(scene.rollout.abort()).isEmpty();
    assertThat(hear(scene, 0, HALVES).kind()).isEqualTo(Kind.PASS);
    assertThat(scene.member(0).drifts().get("drift.classes:psi")).isEqualTo(new DriftRun(4, 0, 0));
  }

  @Test
  void aWindowInBetweenBeginsAnew() {
    Scene scene = scene(1, psi());
    assertThat(hear(scene, 0, SHIFTED, SHIFTED, HALVES, SHIFTED, SHIFTED).kind())
        .isEqualTo(Kind.PASS);
  }

  @Test
  void oneOfManyHoldsAndAFifthFails() {
    Scene scene = scene(10, psi());
    for (int n = 0; n < 10; n++) hear(scene, n, HALVES);
    assertThat(hear(scene, 0, SHIFTED, SHIFTED, SHIFTED).kind()).isEqualTo(Kind.HOLD);
    assertThat(hear(scene, 1, SHIFTED, SHIFTED, SHIFTED).kind()).isEqualTo(Kind.FAIL);
    Scene larger = scene(11, psi());
    for (int n = 0; n < 11; n++) hear(larger, n, HALVES);
    hear(larger, 0, SHIFTED, SHIFTED, SHIFTED);
    assertThat(hear(larger, 1, SHIFTED, SHIFTED, SHIFTED).kind()).isEqualTo(Kind.HOLD);
  }

  @Test
  void whatCannotBeComparedIsNoData() {
    Scene thin = Scene.all(1, Specs.TIMING, Specs.ERRORS_LIMIT, psi());
    thin.baselines.replaceAll((_, past) -> withBins(Bins.of(Map.of("a", 999L))));
    thin.decide();
    assertThat(hear(thin, 0, SHIFTED, SHIFTED, SHIFTED).kind()).isEqualTo(Kind.NO_DATA);
    Scene scene = scene(1, psi());
    Verdict small = hear(scene, 0, Bins.of(Map.of("a", 999L)));
    assertThat(small.kind()).isEqualTo(Kind.NO_DATA);
    assertThat(small.reason()).contains("1 needed (1 more device: with a past and a window of");
    Scene names = scene(1, new Gate.DryRun(new Gate.Drift(CLASSES, Measure.KS, 0.1)));
    names.hear(names.proof(0).bins(CLASSES, SHIFTED));
    assertThat(Scene.verdict(names.decide(), "drift.classes:ks").kind()).isEqualTo(Kind.NO_DATA);
  }

  @Test
  void belowTheGatesBoundNothingDrifts() {
    Gate strict = new Gate.DryRun(new Gate.Drift(CLASSES, Measure.PSI, 0.5));
    Scene scene = scene(1, strict);
    assertThat(hear(scene, 0, SHIFTED, SHIFTED, SHIFTED).kind()).isEqualTo(Kind.PASS);
  }

  @Test
  void theSameDriftTwiceIsRefused() {
    assertThatThrownBy(() -> Scene.with(Specs.TIMING, Specs.ERRORS_LIMIT, psi(), psi()))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("two gates set the same limit");
  }
}
