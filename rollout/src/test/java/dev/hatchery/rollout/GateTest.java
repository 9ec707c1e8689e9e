package dev.hatchery.rollout;

import static dev.hatchery.rollout.Scene.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Gate;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The limits in a rollout, and what a device's past has to do with them. */
final class GateTest {
  private static final Duration TICK = Duration.ofSeconds(2);

  private static Scene begun(Gate... gates) {
    Scene scene = Scene.with(Specs.TIMING, gates);
    scene.decide();
    scene.after(TICK);
    return scene;
  }

  @Test
  void failingRequestsAbort() {
    Scene scene = begun(Specs.ERRORS_LIMIT);
    Decision decision =
        scene.hear(scene.proof(0).window(TICK, 100, 30, 0.01), scene.proof(1)).decide();
    assertThat(verdict(decision, "errors:limit").kind()).isEqualTo(Kind.FAIL);
    assertThat(verdict(decision, "errors:limit").e().orElseThrow()).isGreaterThan(100);
    assertThat(decision.next().phase()).isEqualTo(Phase.ROLLING_BACK);
    assertThat(decision.next().abort().orElseThrow().firstBad()).contains(scene.now.minus(TICK));
    assertThat(decision.summary())
        .startsWith("aborted by errors:limit: 30 of 100 trials bad on 1 of 2 devices");
  }

  @Test
  void whatIsSuspiciousHolds() {
    Scene scene = begun(Specs.ERRORS_LIMIT);
    // E of one device, halved by the one that has said nothing: between 20 and 100.
    Decision decision =
        scene.hear(scene.proof(0).window(TICK, 30, 7, 0.01), scene.proof(1)).decide();
    Verdict verdict = verdict(decision, "errors:limit");
    assertThat(verdict.e().orElseThrow()).isBetween(20.0, 100.0);
    assertThat(verdict.kind()).isEqualTo(Kind.HOLD);
    assertThat(decision.next().heldSince()).contains(scene.now);
    // and clears when it turns out to have been chance
    scene.after(TICK).hear(scene.proof(0).window(TICK, 300, 0, 0.01));
    Decision later = scene.hear(scene.proof(1).window(TICK, 300, 0, 0.01)).decide();
    assertThat(verdict(later, "errors:limit").kind()).isEqualTo(Kind.PASS);
    assertThat(later.next().heldSince()).isEmpty();
    assertThat(later.notable()).isTrue();
  }

  @Test
  void aDeviceThatSaysNothingStaysInTheMean() {
    Scene scene = begun(Specs.ERRORS_LIMIT);
    Decision decision =
        scene.hear(scene.proof(0).window(TICK, 30, 7, 0.01), scene.proof(1)).decide();
    double trials = new EProcess(0.05).logE(new Tally(30, 7));
    double alone = Math.exp(new Mixture(0, 3).logE(trials, trials));
    assertThat(verdict(decision, "errors:limit").e().orElseThrow())
        .isCloseTo((alone + 1) / 2, org.assertj.core.api.Assertions.within(1e-9));
  }

  // Two canaries served ten thousand requests each without a fault. Against all of those, what they
  // do now would be nothing; against what the stage has seen, it is an alarm.
  @Test
  void aFaultThatBeginsInALaterStageIsNotHiddenByLongGoodService() {
    Scene scene = begun(Specs.ERRORS_LIMIT);
    for (int n = 0; n < 2; n++)
      scene.hear(Scene.healthy(scene.proof(n)).window(TICK, 10_000, 0, 1));
    assertThat(scene.decide().next().stage()).isEqualTo(1);
    scene.after(TICK);
    for (int n = 0; n < 2; n++) scene.hear(scene.proof(n).window(TICK, 100, 40, 0.01));
    Decision decision = scene.decide();
    assertThat(scene.member(0).tallies()).containsEntry("errors:limit", new Tally(10_200, 40));
    assertThat(scene.member(0).stageTallies().of(1, "errors:limit")).isEqualTo(new Tally(100, 40));
    assertThat(decision.next().abort().orElseThrow().gate()).isEqualTo("errors:limit");
  }

  @Test
  void aFreshTrialForgetsNothingThatItsStageHasSeen() {
    Scene scene = begun(Specs.ERRORS_LIMIT);
    scene.hear(scene.proof(0).window(TICK, 30, 2, 0.01), scene.proof(1)).decide();
    scene.hear(scene.wentBack(0, dev.hatchery.core.Code.GOLDEN)).decide();
    scene.act(new Action.Retry());
    scene.after(TICK).hear(scene.proof(0).window(TICK, 10, 1, 0.01)).decide();
    assertThat(scene.member(0).stageTallies().of(0, "errors:limit")).isEqualTo(new Tally(40, 3));
  }

  @Test
  void slowRequestsAbortOneSampleAWindow() {
    Scene scene = begun(Specs.P95_LIMIT);
    Told first = scene.proof(0);
    Told second = scene.proof(1);
    for (int i = 0; i < 5; i++) {
      first.window(TICK, 500, 0, 0.2);
      second.window(TICK, 500, 0, 0.2);
    }
    Decision decision = scene.hear(first, second).decide();
    assertThat(decision.next().abort().orElseThrow().gate()).isEqualTo("latency-p95:limit");
  }

  @Test
  void aGateWithoutTrialsNeverPasses() {
    Scene scene = begun(Specs.ERRORS_LIMIT, Specs.P95_LIMIT);
    for (int n = 0; n < 2; n++) {
      Told told = scene.proof(n);
      for (int i = 0; i < 10; i++) told.window(TICK, 100, 0, Double.NaN);
      scene.hear(told);
    }
    Decision decision = scene.decide();
    assertThat(verdict(decision, "errors:limit").kind()).isEqualTo(Kind.PASS);
    assertThat(verdict(decision, "soak").kind()).isEqualTo(Kind.PASS);
    assertThat(verdict(decision, "latency-p95:limit").kind()).isEqualTo(Kind.NO_DATA);
    assertThat(decision.next().stage()).isZero();
  }

  @Test
  void aFirstReleasesRatioDoesNotApplyWhereALimitWatchesTheSameMetric() {
    Scene scene =
        new Scene(
            Specs.firstRelease(Specs.spec(Specs.stages(), Specs.TIMING, Specs.ERRORS_BOTH), 6));
    assertThat(scene.decide().commands()).hasSize(2);
    Decision decision = scene.after(TICK).soaked(2);
    assertThat(verdict(decision, "errors:ratio").kind()).isEqualTo(Kind.NOT_APPLICABLE);
    assertThat(verdict(decision, "errors:ratio").reason()).contains("no past to compare with");
    assertThat(decision.next().stage()).isEqualTo(1);
  }

  @Test
  void theLimitMayStandInAGateOfItsOwn() {
    Scene scene =
        new Scene(
            Specs.firstRelease(
                Specs.spec(Specs.stages(), Specs.TIMING, Specs.ERRORS_LIMIT, Specs.ERRORS_RATIO),
                6));
    scene.decide();
    assertThat(scene.after(TICK).soaked(2).next().stage()).isEqualTo(1);
  }

  @Test
  void aFirstReleaseWithARatioAloneNeverPasses() {
    Scene scene =
        new Scene(
            Specs.firstRelease(
                Specs.spec(Specs.stages(), Specs.TIMING, Specs.ERRORS_LIMIT, Specs.P95_RATIO), 6));
    scene.decide();
    Decision decision = scene.after(TICK).soaked(2);
    assertThat(verdict(decision, "latency-p95:ratio").kind()).isEqualTo(Kind.NO_DATA);
    assertThat(decision.next().stage()).isZero();
  }

  @Test
  void aStageIsNotOrderedBeforeItsDevicesHaveAPast() {
    Scene scene = Scene.with(Specs.TIMING, Specs.ERRORS_BOTH, Specs.P95_RATIO);
    scene.baselines.put(scene.device(1), Specs.past(80, Duration.ofSeconds(50)));
    Decision decision = scene.decide();
    assertThat(decision.commands()).isEmpty();
    assertThat(verdict(decision, "baseline").kind()).isEqualTo(Kind.HOLD);
    assertThat(verdict(decision, "baseline").reason())
        .isEqualTo(
            "1 of 2 devices have a past to compare with, 2 needed: "
                + scene.device(1)
                + " needs 120 more requests, 10s more of them");
    assertThat(decision.next().heldSince()).contains(scene.now);
    assertThat(decision.summary()).startsWith("stage canary holds: baseline");

    scene.baselines.put(scene.device(1), Specs.past(200, Duration.ofSeconds(60)));
    Decision ready = scene.after(TICK).decide();
    assertThat(ready.commands()).hasSize(2);
    assertThat(ready.next().heldSince()).isEmpty();
    assertThat(scene.member(1).baseline()).isEqualTo(Specs.past(200, Duration.ofSeconds(60)));
  }

  @Test
  void aDeviceOfWhichNothingIsKnownHasNoPast() {
    Scene scene = Scene.with(Specs.TIMING, Specs.ERRORS_BOTH);
    scene.baselines.remove(scene.device(0));
    assertThat(verdict(scene.decide(), "baseline").reason())
        .contains(scene.device(0) + " needs 200 more requests, 1m more of them");
  }

  @Test
  void aStageThatNeverGetsItsPastAborts() {
    Scene scene = Scene.with(Specs.TIMING, Specs.ERRORS_BOTH);
    scene.baselines.clear();
    scene.decide();
    Decision decision = scene.after(Specs.TIMING.maxWindow()).decide();
    assertThat(decision.next().abort().orElseThrow().gate()).isEqualTo("deadline");
    assertThat(decision.next().phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(decision.commands()).isEmpty();
    assertThat(decision.summary()).endsWith("no device had been told to switch");
  }

  @Test
  void theNextStageWaitsForItsPastWithItsOwnDeadlineWhileTheFirstStaysGated() {
    Scene scene = Scene.with(Specs.TIMING, Specs.ERRORS_BOTH);
    scene.decide();
    scene.baselines.remove(scene.device(2));
    Decision decision = scene.after(TICK).soaked(2);
    assertThat(decision.next().stage()).isEqualTo(1);
    assertThat(decision.commands()).isEmpty();
    assertThat(verdict(decision, "baseline").kind()).isEqualTo(Kind.HOLD);
    scene.after(TICK).hear(scene.proof(0).window(TICK, 200, 150, 0.01));
    assertThat(scene.decide().next().phase()).isEqualTo(Phase.ROLLING_BACK);
  }

  @Test
  void oneDeviceInFiveMayBeOrderedWithoutAPastAndIsJudgedByTheLimitAlone() {
    Scene scene = Scene.all(5, Specs.TIMING, Specs.ERRORS_BOTH);
    scene.baselines.remove(scene.device(4));
    assertThat(scene.decide().commands()).hasSize(5);
    Decision decision = scene.after(TICK).soaked(5);
    assertThat(scene.member(4).tallies()).containsOnlyKeys("errors:limit");
    assertThat(verdict(decision, "errors:ratio").reason()).contains("on 4 of 5 devices");
    assertThat(decision.next().phase()).isEqualTo(Phase.COMPLETED);
  }

  @Test
  void thePastIsFrozenWithTheFirstOrder() {
    Scene scene = begun(Specs.ERRORS_BOTH);
    Baseline past = scene.member(0).baseline();
    scene.baselines.put(scene.device(0), Baseline.NONE);
    scene.hear(scene.wentBack(0, dev.hatchery.core.Code.GOLDEN)).decide();
    scene.act(new Action.Retry());
    scene.after(TICK).decide();
    assertThat(scene.member(0).baseline()).isEqualTo(past).isNotEqualTo(Baseline.NONE);
  }

  @Test
  void moreErrorsThanItsOwnPastAbortThoughTheLimitHolds() {
    Gate gate = new Gate.Errors(Optional.of(0.2), Optional.of(1.5), 0.01);
    Scene scene = begun(gate);
    for (int n = 0; n < 2; n++) scene.hear(scene.proof(n).window(TICK, 200, 20, 0.01));
    Decision decision = scene.decide();
    assertThat(decision.next().abort().orElseThrow().gate()).isEqualTo("errors:ratio");
    assertThat(verdict(decision, "errors:limit").kind()).isEqualTo(Kind.PASS);
  }

  @Test
  void everyGateIsInEveryDecision() {
    Scene scene = begun(Specs.ERRORS_BOTH, Specs.P95_LIMIT);
    assertThat(scene.decide().verdicts())
        .extracting(Verdict::gate)
        .isEqualTo(
            List.of(
                "local-rollbacks",
                "installs",
                "silence",
                "errors:limit",
                "errors:ratio",
                "latency-p95:limit",
                "reporting",
                "requests",
                "soak"));
  }

  @Test
  void oneDevicesErrorsStopNoLargeStageAndThreeInAHundredDo() {
    Scene scene = Scene.all(100, Specs.TIMING, Specs.ERRORS_LIMIT);
    scene.decide();
    for (int n = 0; n < 2; n++) scene.hear(scene.proof(n).window(TICK, 400, 200, 0.01));
    for (int n = 2; n < 100; n++) scene.hear(scene.proof(n).window(TICK, 20, 0, 0.01));
    Verdict verdict = verdict(scene.decide(), "errors:limit");
    assertThat(verdict.kind()).isEqualTo(Kind.PASS);
    assertThat(verdict.reason()).contains("without the 2 devices that are worst");
    scene.after(TICK).hear(scene.proof(2).window(TICK, 400, 200, 0.01));
    assertThat(scene.decide().next().abort().orElseThrow().gate()).isEqualTo("errors:limit");
  }
}
