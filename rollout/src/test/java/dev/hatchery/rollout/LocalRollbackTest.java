package dev.hatchery.rollout;

import static dev.hatchery.rollout.Scene.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.Event;
import dev.hatchery.rollout.Member.State;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** L0 on the device, L1 over the fleet: what follows when devices go back alone. */
final class LocalRollbackTest {
  private static final Duration TICK = Duration.ofSeconds(2);
  private static final String GATE = FleetRules.LOCAL_ROLLBACKS;

  private static Scene begun(int devices) {
    Scene scene = Scene.all(devices, Specs.TIMING, Specs.ERRORS_LIMIT);
    scene.decide();
    scene.after(TICK);
    return scene;
  }

  /** All but one have soaked; that one went back alone. */
  private static Decision oneWentBack(Scene scene, int devices, Code why) {
    for (int n = 1; n < devices; n++) scene.hear(Scene.healthy(scene.proof(n)));
    scene.hear(scene.wentBack(0, why));
    return scene.decide();
  }

  @Test
  void oneHoldsTheStage() {
    Scene scene = begun(6);
    Decision decision = oneWentBack(scene, 6, Code.GOLDEN);
    assertThat(verdict(decision, GATE).kind()).isEqualTo(Kind.HOLD);
    assertThat(verdict(decision, GATE).reason())
        .isEqualTo("went back alone: " + scene.device(0) + " (GOLDEN); fresh trial after 10s");
    assertThat(decision.next().phase()).isEqualTo(Phase.RUNNING);
    assertThat(decision.next().heldSince()).contains(scene.now);
    assertThat(decision.notable()).isTrue();
    assertThat(decision.commands()).isEmpty();
    assertThat(scene.member(0).state()).isEqualTo(State.FAILED);
    assertThat(scene.member(0).failure()).contains(Code.GOLDEN);
    assertThat(scene.member(0).firstBad()).contains(scene.now);
  }

  @Test
  void afterTheCooldownItGetsAFreshTrialAndTheHoldLastsUntilThatIsConfirmed() {
    Scene scene = begun(6);
    oneWentBack(scene, 6, Code.GOLDEN);
    Instant held = scene.now;
    for (int i = 0; i < 4; i++) {
      scene.after(TICK).hear(scene.wentBack(0, Code.GOLDEN));
      for (int n = 1; n < 6; n++) scene.hear(scene.proof(n));
      assertThat(scene.decide().commands()).isEmpty();
    }
    Decision retried = scene.after(TICK).decide();
    assertThat(retried.commands()).containsExactly(new Command.Assign(scene.device(0), "r1/2"));
    assertThat(scene.member(0).attempt()).isEqualTo(2);
    assertThat(scene.member(0).state()).isEqualTo(State.ORDERED);

    // Five of six are enough to report, but the hold stands until the trial is over.
    Decision waits = scene.after(TICK).hear(scene.underWay(0)).decide();
    assertThat(verdict(waits, "soak").kind()).isEqualTo(Kind.PASS);
    assertThat(verdict(waits, GATE).kind()).isEqualTo(Kind.HOLD);
    assertThat(verdict(waits, GATE).reason()).endsWith("fresh trial under way");
    assertThat(waits.next().heldSince()).contains(held);

    Decision cleared = scene.after(TICK).hear(scene.proof(0)).decide();
    assertThat(verdict(cleared, GATE).kind()).isEqualTo(Kind.PASS);
    assertThat(cleared.next().heldSince()).isEmpty();
    assertThat(cleared.next().phase()).isEqualTo(Phase.COMPLETED);
    assertThat(scene.member(0).localRollbacks()).isEqualTo(1);
    assertThat(scene.member(0).failure()).isEmpty();
  }

  @Test
  void itIsCountedOnceHoweverOftenItIsTold() {
    Scene scene = begun(6);
    for (int i = 0; i < 3; i++) {
      scene
          .after(TICK)
          .hear(
              scene
                  .wentBack(0, Code.CRASH_LOOP)
                  .event(
                      Event.Kind.ROLLED_BACK,
                      scene.command(0),
                      Optional.of(Code.CRASH_LOOP),
                      scene.now))
          .decide();
    }
    assertThat(scene.member(0).localRollbacks()).isEqualTo(1);
    assertThat(scene.rollout.phase()).isEqualTo(Phase.RUNNING);
  }

  @Test
  void anEventAloneIsEnough() {
    Scene scene = begun(6);
    scene
        .hear(
            scene
                .underWay(0)
                .event(
                    Event.Kind.ROLLED_BACK,
                    scene.command(0),
                    Optional.of(Code.NOT_READY),
                    scene.now.minusSeconds(1)))
        .decide();
    assertThat(scene.member(0).state()).isEqualTo(State.FAILED);
    assertThat(scene.member(0).firstBad()).contains(scene.now.minusSeconds(1));
  }

  @Test
  void whatConcernsAnotherOrderDoesNotCount() {
    Scene scene = begun(6);
    scene
        .hear(Told.wentBack(scene.device(0), scene.now, "earlier/1", Code.GOLDEN))
        .hear(
            scene
                .underWay(0)
                .event(Event.Kind.ROLLED_BACK, "earlier/1", Optional.of(Code.GOLDEN), scene.now))
        .decide();
    assertThat(scene.member(0).state()).isEqualTo(State.ORDERED);
    assertThat(scene.member(0).localRollbacks()).isZero();
  }

  @Test
  void aMemberThatHadBeenConfirmedMayStillGoBackAlone() {
    Scene scene = begun(6);
    scene.hear(scene.proof(0)).decide();
    scene.after(TICK).hear(scene.wentBack(0, Code.CRASH_LOOP)).decide();
    assertThat(scene.member(0).state()).isEqualTo(State.FAILED);
  }

  @Test
  void aSecondOneOnAnyDeviceAborts() {
    Scene scene = begun(6);
    oneWentBack(scene, 6, Code.GOLDEN);
    Decision decision = scene.after(TICK).hear(scene.wentBack(1, Code.LOADER)).decide();
    assertThat(decision.next().phase()).isEqualTo(Phase.ROLLING_BACK);
    assertThat(decision.next().abort().orElseThrow().gate()).isEqualTo(GATE);
    assertThat(decision.next().abort().orElseThrow().reason()).startsWith("2 local rollbacks");
    assertThat(decision.next().abort().orElseThrow().firstBad()).contains(scene.now.minus(TICK));
  }

  @Test
  void aClearedOneStillCounts() {
    Scene scene = begun(6);
    scene.hear(scene.wentBack(0, Code.GOLDEN)).decide();
    scene.act(new Action.Retry());
    scene.after(TICK).hear(scene.proof(0)).decide();
    assertThat(scene.rollout.heldSince()).isEmpty();
    Decision decision = scene.after(TICK).hear(scene.wentBack(3, Code.GOLDEN)).decide();
    assertThat(decision.next().phase()).isEqualTo(Phase.ROLLING_BACK);
  }

  @Test
  void oneDeviceThatCannotBeHelpedStopsNoLargeStage() {
    Scene scene = begun(30);
    scene.hear(scene.wentBack(0, Code.GOLDEN)).decide();
    scene.act(new Action.Retry());
    Decision waits = scene.after(TICK).hear(scene.underWay(0)).decide();
    assertThat(verdict(waits, GATE).kind()).isEqualTo(Kind.HOLD);
    for (int n = 1; n < 30; n++) scene.hear(Scene.healthy(scene.proof(n)));
    Decision decision = scene.after(TICK).hear(scene.wentBack(0, Code.GOLDEN)).decide();
    assertThat(verdict(decision, GATE).reason()).endsWith("so few may");
    assertThat(decision.next().phase()).isEqualTo(Phase.COMPLETED);
  }

  @Test
  void aLargeStageAbortsWhereFarMoreThanTwoInAHundredGoBack() {
    Scene scene = begun(100);
    for (int n = 0; n < 6; n++) scene.hear(scene.wentBack(n, Code.GOLDEN));
    assertThat(verdict(scene.decide(), GATE).kind()).isEqualTo(Kind.HOLD);
    for (int n = 6; n < 7; n++) scene.hear(scene.wentBack(n, Code.GOLDEN));
    Decision decision = scene.after(TICK).decide();
    assertThat(decision.next().abort().orElseThrow().reason())
        .startsWith("7 local rollbacks")
        .contains("on 100 devices; at most 2% may; e-value");
  }

  // Exact: the sum over all counts that would abort, or reach a fifth.
  @ParameterizedTest
  @ValueSource(ints = {30, 100, 300, 1000})
  void aFleetInWhichTwoInAHundredGoBackIsRarelyAborted(int devices) {
    var back = BinomialDistribution.of(devices, FleetRules.ALLOWED);
    var process = new EProcess(FleetRules.ALLOWED);
    double aborts = 0;
    for (int k = 0; k <= devices; k++) {
      boolean broken = process.logE(new Tally(devices, k)) >= Math.log(20) || k >= 0.2 * devices;
      if (broken) aborts += back.probability(k);
    }
    assertThat(aborts).isPositive().isLessThan(0.01);
  }

  @Test
  void oneOfOneHoldsAndTheSecondTrialDecides() {
    Scene scene = begun(1);
    assertThat(scene.hear(scene.wentBack(0, Code.GOLDEN)).decide().next().phase())
        .isEqualTo(Phase.RUNNING);
    scene.after(Specs.TIMING.retryAfter()).hear(scene.wentBack(0, Code.GOLDEN)).decide();
    assertThat(scene.command(0)).isEqualTo("r1/2");
    Decision decision = scene.after(TICK).hear(scene.wentBack(0, Code.GOLDEN)).decide();
    assertThat(decision.next().phase()).isEqualTo(Phase.ROLLING_BACK);
  }

  @Test
  void aLargeStageAbortsAtAFifth() {
    Scene scene = begun(20);
    for (int n = 0; n < 3; n++) scene.hear(scene.wentBack(n, Code.GOLDEN));
    assertThat(verdict(scene.decide(), GATE).kind()).isEqualTo(Kind.HOLD);
    Decision decision = scene.after(TICK).hear(scene.wentBack(3, Code.GOLDEN)).decide();
    assertThat(decision.next().abort().orElseThrow().reason())
        .contains("4 local rollbacks", "the limit is 4 on 20 devices");
  }

  @Test
  void nineDevicesAbortAtTwoAndElevenAtThree() {
    for (int[] sizeAndLimit : new int[][] {{9, 2}, {10, 2}, {11, 3}}) {
      Scene scene = begun(sizeAndLimit[0]);
      for (int n = 1; n <= sizeAndLimit[1]; n++) {
        assertThat(scene.rollout.phase()).isEqualTo(Phase.RUNNING);
        scene.after(TICK).hear(scene.wentBack(n, Code.GOLDEN)).decide();
      }
      assertThat(scene.rollout.phase()).isEqualTo(Phase.ROLLING_BACK);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"UNREACHABLE", "TRUNCATED", "SLOW", "NO_SPACE", "SUPERSEDED"})
  void aDeviceThatCouldNotFetchHoldsAndIsTriedAgainWithoutBeingCounted(Code code) {
    Scene scene = begun(6);
    for (int n = 2; n < 6; n++) scene.hear(Scene.healthy(scene.proof(n)));
    scene.hear(scene.failed(0, code), scene.failed(1, code));
    Decision decision = scene.decide();
    assertThat(decision.next().phase()).isEqualTo(Phase.RUNNING);
    assertThat(verdict(decision, GATE).kind()).isEqualTo(Kind.PASS);
    assertThat(verdict(decision, "installs").kind()).isEqualTo(Kind.HOLD);
    assertThat(scene.member(0).localRollbacks()).isZero();
    assertThat(scene.member(0).firstBad()).isEmpty();
    Decision retried = scene.after(Specs.TIMING.retryAfter()).hear(all(scene, 2, 6)).decide();
    assertThat(retried.commands())
        .containsExactly(
            new Command.Assign(scene.device(0), "r1/2"),
            new Command.Assign(scene.device(1), "r1/2"));
  }

  private static Told[] all(Scene scene, int from, int to) {
    return java.util.stream.IntStream.range(from, to).mapToObj(scene::proof).toArray(Told[]::new);
  }

  @ParameterizedTest
  @EnumSource(names = {"HASH", "BAD_SIGNATURE", "INCOMPATIBLE", "LOADER"})
  void aBundleThatCannotBeInstalledCountsLikeALocalRollback(Code code) {
    Scene scene = begun(6);
    assertThat(verdict(scene.hear(scene.failed(0, code)).decide(), GATE).kind())
        .isEqualTo(Kind.HOLD);
    assertThat(scene.hear(scene.failed(1, code)).decide().next().phase())
        .isEqualTo(Phase.ROLLING_BACK);
  }

  @Test
  void aFailureWithoutAReasonCountsAgainstTheRelease() {
    Scene scene = begun(6);
    var silentAboutWhy =
        Told.status(
            dev.hatchery.core.SlotStatus.State.ROLLED_BACK,
            scene.command(0),
            Specs.OLD,
            Optional.of(Specs.OLD),
            Optional.empty());
    scene.hear(Told.by(scene.device(0), scene.now, silentAboutWhy)).decide();
    assertThat(scene.member(0).localRollbacks()).isEqualTo(1);
    assertThat(scene.member(0).failure()).contains(Code.INTERNAL);
  }

  @Test
  void aFreshTrialSoaksAnewAndForgetsNoEvidence() {
    Scene scene = begun(6);
    scene.hear(Scene.healthy(scene.proof(0)).window(TICK, 10, 4, 0.01)).decide();
    scene.after(TICK).hear(scene.wentBack(0, Code.STALLED)).decide();
    Tally before = scene.member(0).tallies().get("errors:limit");
    scene.act(new Action.Retry());
    assertThat(scene.member(0).observed()).isZero();
    assertThat(scene.member(0).requests()).isZero();
    assertThat(scene.member(0).tallies()).containsEntry("errors:limit", before);
    assertThat(before).isEqualTo(new Tally(110, 4));
  }
}
