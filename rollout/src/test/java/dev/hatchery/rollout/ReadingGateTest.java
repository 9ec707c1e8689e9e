package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Gate;
import dev.hatchery.core.Metric;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Gates on what windows read, through the whole engine. */
final class ReadingGateTest {
  private static final Gate HOT =
      new Gate.Level(
          Metric.TEMPERATURE,
          new Gate.Level.Bounds(
              Optional.of(80.0), Optional.empty(), Optional.empty(), Optional.empty()),
          0.05,
          0.01);
  private static final Gate GOLDEN =
      new Gate.Events(Metric.GOLDEN, Optional.of(0.01), Optional.empty(), 0.01);
  private static final Gate OOM_RATIO =
      new Gate.Events(Metric.OOM, Optional.empty(), Optional.of(1.5), 0.01);

  private static Scene ordered(Gate... gates) {
    Scene scene = Scene.with(Specs.TIMING, gates);
    scene.decide();
    scene.after(Duration.ofSeconds(10));
    return scene;
  }

  private static Told windows(Told told, int n, double temperature) {
    for (int i = 0; i < n; i++) told.reading(Metric.TEMPERATURE, temperature);
    return told;
  }

  @Test
  void aMetricThatNobodyReadsIsNoDataAndSaysSo() {
    Scene scene = ordered(Specs.ERRORS_LIMIT, HOT);
    Decision decision = scene.soaked(2);
    Verdict verdict = Scene.verdict(decision, "temperature:above");
    assertThat(verdict.kind()).isEqualTo(Kind.NO_DATA);
    assertThat(verdict.reason())
        .startsWith("none of 2 devices has read temperature on the target, 2 needed");
    assertThat(decision.next().stage()).isZero();
  }

  @Test
  void coolDevicesPassTheStage() {
    Scene scene = ordered(Specs.ERRORS_LIMIT, HOT);
    for (int n = 0; n < 2; n++) scene.hear(windows(Scene.healthy(scene.proof(n)), 10, 60));
    assertThat(scene.decide().next().stage()).isEqualTo(1);
  }

  @Test
  void hotDevicesAbortAndTheFirstBadWindowIsKnown() {
    Scene scene = ordered(Specs.ERRORS_LIMIT, HOT);
    for (int n = 0; n < 2; n++) scene.hear(windows(scene.proof(n), 5, 85));
    Decision decision = scene.decide();
    assertThat(decision.next().abort().orElseThrow().gate()).isEqualTo("temperature:above");
    assertThat(decision.next().abort().orElseThrow().firstBad()).isPresent();
  }

  @Test
  void goldenSamplesThatFailInATrialAbort() {
    Scene scene = ordered(Specs.ERRORS_LIMIT, GOLDEN);
    for (int n = 0; n < 2; n++) {
      scene.hear(
          scene
              .underWay(n)
              .readings(Map.of(Metric.GOLDEN, 50.0, Metric.GOLDEN_FAILED, 6.0), 0, false));
    }
    assertThat(scene.decide().next().abort().orElseThrow().gate()).isEqualTo("golden:limit");
  }

  @Test
  void otherReadingsOfAColdServiceDoNotCount() {
    Scene scene = ordered(Specs.ERRORS_LIMIT, HOT);
    Told told = scene.proof(0);
    for (int i = 0; i < 50; i++) told.readings(Map.of(Metric.TEMPERATURE, 99.0), 10, false);
    Decision decision = scene.hear(told).decide();
    assertThat(scene.member(0).tallies()).doesNotContainKey("temperature:above");
    assertThat(scene.member(0).firstBad()).isEmpty();
    assertThat(Scene.verdict(decision, "temperature:above").kind()).isEqualTo(Kind.NO_DATA);
  }

  @Test
  void aGateAgainstThePastWaitsForWindowsThatReadTheMetric() {
    Scene scene = Scene.with(Specs.TIMING, Specs.ERRORS_LIMIT, OOM_RATIO);
    Decision decision = scene.decide();
    Verdict verdict = Scene.verdict(decision, Past.GATE);
    assertThat(verdict.kind()).isEqualTo(Kind.HOLD);
    assertThat(verdict.reason()).contains("needs 200 more windows that read oom");
    assertThat(decision.commands()).isEmpty();
  }

  @Test
  void aDryRunIsToldAndNeitherAbortsNorHoldsNorIsWaitedFor() {
    Scene scene = ordered(Specs.ERRORS_LIMIT, new Gate.DryRun(HOT), new Gate.DryRun(OOM_RATIO));
    assertThat(scene.rollout.members()).hasSize(2);
    Decision quiet = scene.decide();
    Verdict unread = Scene.verdict(quiet, "temperature:above");
    assertThat(unread.kind()).isEqualTo(Kind.NO_DATA);
    assertThat(unread.dryRun()).isTrue();
    for (int n = 0; n < 2; n++) scene.hear(windows(Scene.healthy(scene.proof(n)), 10, 99));
    Decision decision = scene.decide();
    Verdict verdict = Scene.verdict(decision, "temperature:above");
    assertThat(verdict.kind()).isEqualTo(Kind.FAIL);
    assertThat(verdict.dryRun()).isTrue();
    assertThat(decision.next().abort()).isEmpty();
    assertThat(decision.next().stage()).isEqualTo(1);
    assertThat(decision.next().heldSince()).isEmpty();
    assertThat(scene.member(0).firstBad()).isEmpty();
    assertThat(scene.member(0).tallies().get("temperature:above")).isEqualTo(new Tally(10, 10));
    assertThat(Scene.verdict(decision, "errors:limit").dryRun()).isFalse();
  }

  @Test
  void aDryRunIsAlsoToldBesideWhatAnOperatorDid() {
    Scene scene = ordered(Specs.ERRORS_LIMIT, new Gate.DryRun(HOT));
    for (int n = 0; n < 2; n++) scene.hear(windows(scene.proof(n), 5, 99));
    scene.decide();
    Decision decision = scene.act(new Action.Promote());
    assertThat(Scene.verdict(decision, "temperature:above").dryRun()).isTrue();
    assertThat(decision.next().stage()).isEqualTo(1);
  }

  @Test
  void aDryRunSpendsNothingOfTheBudget() {
    var wasteful = new Gate.DryRun(new Gate.Errors(Optional.of(0.1), Optional.empty(), 0.05));
    var spec = Specs.spec(Specs.stages(), Specs.TIMING, Specs.P95_LIMIT, HOT, wasteful);
    assertThat(Limit.of(spec)).extracting(Limit::threshold).containsExactly(100.0, 100.0);
    assertThat(Limit.dryRuns(spec)).extracting(Limit::threshold).containsExactly(20.0);
    assertThat(Limit.all(spec))
        .extracting(Limit::key)
        .isEqualTo(List.of("latency-p95:limit", "temperature:above", "errors:limit"));
  }
}
