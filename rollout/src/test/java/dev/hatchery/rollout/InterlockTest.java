package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Gate;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Models and what lies below them do not change together. */
final class InterlockTest {
  private static final Duration TICK = Duration.ofSeconds(2);
  private static final Duration LOCK = Duration.ofHours(24);
  private static final String KERNEL = "kernel 6.6.31 → 6.12.20";

  private Scene scene = Scene.usual();

  private void barred(int... devices) {
    Map<DeviceId, String> barred = new HashMap<>();
    for (int n : devices) barred.put(scene.device(n), KERNEL + "; left alone until Tuesday");
    scene.restraints =
        new Restraints(Optional.empty(), Map.of(), Map.of(), new Interlock(barred, Map.of()));
  }

  private void disturbed(Instant at, int... devices) {
    Map<DeviceId, Disturbance> disturbed = new HashMap<>();
    for (int n : devices) {
      disturbed.put(scene.device(n), new Disturbance(at, at.plus(LOCK), KERNEL));
    }
    scene.restraints =
        new Restraints(Optional.empty(), Map.of(), Map.of(), new Interlock(Map.of(), disturbed));
  }

  private void all(int devices, Gate... gates) {
    scene = Scene.all(devices, Specs.TIMING, gates);
  }

  @Test
  void aBarredDeviceIsNotOrderedAndItsStageWaitsForItHoweverLong() {
    barred(1);
    Decision held = scene.decide();
    assertThat(held.commands()).containsExactly(new Command.Assign(scene.device(0), "r1/1"));
    Verdict verdict = Scene.verdict(held, "interlock");
    assertThat(verdict.kind()).isEqualTo(Kind.HOLD);
    assertThat(verdict.reason())
        .isEqualTo(scene.device(1) + " " + KERNEL + "; left alone until Tuesday");
    assertThat(held.verdicts())
        .as("what the other gates say is told as well")
        .extracting(Verdict::gate)
        .contains("silence", "local-rollbacks", "reporting");
    scene.after(TICK).hear(Scene.healthy(scene.proof(0)));
    assertThat(scene.decide().next().stage()).isZero();
    scene.after(LOCK).hear(scene.proof(0));
    assertThat(scene.decide().next().phase()).isEqualTo(Phase.RUNNING);
    scene.restraints = Restraints.NONE;
    scene.after(TICK).hear(scene.proof(0));
    assertThat(scene.decide().commands())
        .containsExactly(new Command.Assign(scene.device(1), "r1/1"));
    scene.after(TICK).hear(scene.proof(0), Scene.healthy(scene.proof(1)));
    assertThat(scene.decide().next().stage()).isEqualTo(1);
  }

  @Test
  void aBarredDeviceOfALaterStageHoldsNothingYet() {
    barred(5);
    assertThat(scene.decide().commands()).hasSize(2);
    assertThat(scene.after(TICK).soaked(2).next().stage()).isEqualTo(1);
  }

  @Test
  void aBarredDeviceGetsNoFreshTrialOfItselfNorByHand() {
    scene.decide();
    scene.hear(scene.wentBack(0, Code.GOLDEN), scene.proof(1)).decide();
    barred(0);
    scene.after(Specs.TIMING.retryAfter()).hear(scene.proof(1));
    assertThat(scene.decide().commands()).isEmpty();
    var retry = new Action.Retry(scene.restraints);
    assertThatThrownBy(() -> scene.act(retry)).hasMessageContaining(KERNEL);
    assertThat(scene.act(new Action.Retry()).commands()).hasSize(1);
  }

  @Test
  void whatADisturbedDeviceHasShownIsForgottenAndToldAndItsStageWaits() {
    scene.decide();
    scene.after(TICK).hear(Scene.healthy(scene.proof(0)), scene.proof(1)).decide();
    assertThat(scene.member(0).requests()).isEqualTo(100);
    Instant at = scene.now;
    disturbed(at, 0);
    Decision told = scene.after(TICK).decide();
    assertThat(told.notable()).isTrue();
    assertThat(told.summary())
        .isEqualTo(
            scene.device(0)
                + ": "
                + KERNEL
                + " at 2026-03-01T12:00:02Z; what it shows counts anew from 2026-03-02T12:00:02Z");
    Member member = scene.member(0);
    assertThat(member.requests()).isZero();
    assertThat(member.errors()).isZero();
    assertThat(member.observed()).isZero();
    assertThat(member.tallies()).isEmpty();
    assertThat(member.stageTallies()).isEqualTo(StageTallies.NONE);
    assertThat(member.baseline()).isEqualTo(Baseline.NONE);
    assertThat(member.state()).isEqualTo(Member.State.CONFIRMED);
    Verdict verdict = Scene.verdict(told, "interlock");
    assertThat(verdict.kind()).isEqualTo(Kind.HOLD);
    assertThat(verdict.reason())
        .isEqualTo(
            scene.device(0)
                + " counts anew from 2026-03-02T12:00:02Z: "
                + KERNEL
                + " at 2026-03-01T12:00:02Z");
    assertThat(scene.decide().summary()).startsWith("stage canary holds");
  }

  @Test
  void nothingCountsUntilTheInterlockIsOverAndThenAllDoesAgain() {
    scene.decide();
    Instant at = scene.now.plusMillis(1);
    disturbed(at, 0);
    watched(2);
    scene.now = at.plus(LOCK).minusMillis(1);
    Decision last = scene.soaked(2);
    assertThat(scene.member(0).requests()).isZero();
    assertThat(scene.member(0).observed()).isZero();
    assertThat(scene.member(1).requests()).isEqualTo(100);
    assertThat(Scene.verdict(last, "interlock").kind()).isEqualTo(Kind.HOLD);
    scene.now = at.plus(LOCK);
    Decision first = scene.soaked(2);
    assertThat(scene.member(0).requests()).isEqualTo(100);
    assertThat(scene.member(0).observed()).isEqualTo(Specs.SOAK);
    assertThat(first.verdicts()).noneMatch(v -> v.gate().equals("interlock"));
    assertThat(first.next().stage()).isEqualTo(1);
  }

  @Test
  void aStageWaitsForADisturbedDeviceBeyondItsDeadline() {
    scene.decide();
    disturbed(scene.now.plusMillis(1), 0);
    scene.after(TICK).hear(scene.proof(0), scene.proof(1)).decide();
    scene.after(Specs.TIMING.maxWindow().multipliedBy(3)).hear(scene.proof(0), scene.proof(1));
    assertThat(scene.decide().next().phase()).isEqualTo(Phase.RUNNING);
    scene.now = Specs.T0.plusMillis(1).plus(LOCK);
    scene.hear(scene.proof(0), scene.proof(1)).decide();
    // All of the deadline but the tick before it was disturbed is left.
    scene.after(Specs.TIMING.maxWindow().minus(TICK).minusMillis(1));
    assertThat(scene.hear(scene.proof(0), scene.proof(1)).decide().next().phase())
        .isEqualTo(Phase.RUNNING);
    scene.after(Duration.ofMillis(1));
    assertThat(scene.hear(scene.proof(0), scene.proof(1)).decide().next().abort())
        .hasValueSatisfying(abort -> assertThat(abort.gate()).isEqualTo("deadline"));
  }

  @Test
  void whatWasBeforeTheOrderDisturbsNobody() {
    scene.decide();
    disturbed(scene.now, 0);
    scene.after(TICK).soaked(2);
    assertThat(scene.member(0).disturbance()).isEmpty();
    assertThat(scene.rollout.stage()).isEqualTo(1);
  }

  @Test
  void oneDisturbanceIsTakenOnceAndTheNextAnew() {
    scene.decide();
    Instant at = scene.now.plusMillis(1);
    disturbed(at, 0);
    scene.after(TICK).decide();
    Member once = scene.member(0);
    assertThat(scene.after(TICK).decide().notable()).isFalse();
    assertThat(scene.member(0)).isEqualTo(once);
    disturbed(at.plusMillis(1), 0);
    scene.after(TICK).decide();
    assertThat(scene.member(0).disturbance().orElseThrow().at()).isEqualTo(at.plusMillis(1));
  }

  @Test
  void badEvidenceOfADisturbedDeviceSpeaksAgainstNothing() {
    scene.decide();
    Instant at = scene.now.plusMillis(1);
    disturbed(at, 0);
    scene.after(TICK).hear(scene.proof(0).window(TICK, 200, 200, 0.01), scene.proof(1));
    Decision decision = scene.decide();
    assertThat(decision.next().phase()).isEqualTo(Phase.RUNNING);
    assertThat(Scene.verdict(decision, "errors:limit").reason()).startsWith("0 of 0 trials bad");
  }

  @Test
  void whatWasReceivedBeforeTheDisturbanceAndIsCountedLaterCountsNeither() {
    scene.decide();
    scene.after(TICK).hear(scene.proof(0).window(TICK, 200, 200, 0.01), scene.proof(1));
    scene.after(TICK);
    disturbed(scene.now, 0);
    assertThat(scene.decide().next().phase()).isEqualTo(Phase.RUNNING);
    assertThat(scene.member(0).requests()).isZero();
  }

  @Test
  void aDisturbedDeviceThatGoesBackAloneStillCounts() {
    scene.decide();
    disturbed(scene.now.plusMillis(1), 0, 1);
    scene.after(TICK).hear(scene.wentBack(0, Code.GOLDEN), scene.wentBack(1, Code.CRASH_LOOP));
    assertThat(scene.decide().next().abort())
        .hasValueSatisfying(abort -> assertThat(abort.gate()).isEqualTo("local-rollbacks"));
  }

  @Test
  void aDisturbedDeviceIsNeverComparedWithItsPastAgain() {
    scene = Scene.with(Specs.TIMING, Specs.ERRORS_BOTH);
    scene.decide();
    Instant at = scene.now.plusMillis(1);
    disturbed(at, 0);
    watched(2);
    scene.now = at.plus(LOCK);
    Decision soaked = scene.soaked(2);
    assertThat(scene.member(0).tallies()).containsOnlyKeys("errors:limit");
    assertThat(scene.member(1).tallies()).containsOnlyKeys("errors:limit", "errors:ratio");
    assertThat(Scene.verdict(soaked, "errors:limit").kind()).isEqualTo(Kind.PASS);
    Verdict ratio = Scene.verdict(soaked, "errors:ratio");
    assertThat(ratio.kind()).isEqualTo(Kind.NO_DATA);
    assertThat(ratio.reason())
        .contains("; not compared, on another stack: " + scene.device(0) + ";");
    assertThat(soaked.next().stage()).isZero();
    scene.act(new Action.Promote());
    Decision next = scene.after(TICK).decide();
    assertThat(next.commands()).hasSize(1);
    assertThat(next.verdicts()).noneMatch(v -> v.gate().equals("baseline"));
  }

  @Test
  void aStageOfDisturbedDevicesAloneHasNoPastToGoOnWith() {
    scene = Scene.with(Specs.TIMING, Specs.ERRORS_BOTH);
    scene.baselines.remove(scene.device(2));
    scene.decide();
    disturbed(scene.now.plusMillis(1), 0, 1);
    scene.after(TICK).hear(scene.proof(0), scene.proof(1)).decide();
    scene.act(new Action.Promote());
    Decision next = scene.decide();
    assertThat(next.commands()).isEmpty();
    assertThat(Scene.verdict(next, "baseline").reason()).startsWith("0 of 1 device have a past");
  }

  @Test
  void theLimitThatADeviceWasHeldToStaysAsItWas() {
    var bad =
        new Baseline(
            1000,
            200,
            new LatencyHistogram(Map.of(LatencyHistogram.bucketOf(0.010), 1000L)),
            Duration.ofMinutes(5));
    scene.baselines.put(scene.device(0), bad);
    scene.decide();
    double bar = scene.member(0).bars().getOrDefault("errors:limit", 0.0);
    assertThat(bar).isGreaterThan(0.05);
    disturbed(scene.now.plusMillis(1), 0);
    scene.after(TICK).decide();
    assertThat(scene.member(0).bars()).containsExactly(Map.entry("errors:limit", bar));
  }

  @Test
  void aLargeStageGoesOnWithoutTheDisturbedAndSaysSo() {
    all(10, Specs.ERRORS_BOTH);
    scene.decide();
    disturbed(scene.now.plusMillis(1), 0, 1, 2, 3, 4);
    Decision decision = scene.after(TICK).soaked(10);
    assertThat(Scene.verdict(decision, "interlock").kind()).isEqualTo(Kind.PASS);
    assertThat(Scene.verdict(decision, "interlock").reason())
        .endsWith("; the others are enough to go on");
    assertThat(decision.next().phase()).isEqualTo(Phase.COMPLETED);
  }

  @Test
  void ofALargeStageHalfHasToBeCounted() {
    all(20, Specs.ERRORS_LIMIT);
    scene.decide();
    // 8 of 10 would be enough where the other ten are excused; of 13 disturbed, 7 are left.
    disturbed(scene.now.plusMillis(1), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    assertThat(scene.after(TICK).soaked(20).next().phase()).isEqualTo(Phase.RUNNING);
  }

  @Test
  void aLargeStageThatWasDisturbedLongAgoIsComparedByTheOthers() {
    all(10, Specs.ERRORS_BOTH);
    scene.decide();
    Instant at = scene.now.plusMillis(1);
    // Not so long that the stage, which waits for nobody, is over.
    scene.restraints = brief(at, 5);
    scene.now = at.plus(TICK);
    Decision decision = scene.soaked(10);
    assertThat(Scene.verdict(decision, "errors:ratio").kind()).isEqualTo(Kind.PASS);
    assertThat(decision.next().phase()).isEqualTo(Phase.COMPLETED);
  }

  @Test
  void aSmallStageWaits() {
    all(9, Specs.ERRORS_LIMIT);
    scene.decide();
    disturbed(scene.now.plusMillis(1), 0);
    Decision decision = scene.after(TICK).soaked(9);
    assertThat(Scene.verdict(decision, "interlock").kind()).isEqualTo(Kind.HOLD);
    assertThat(decision.next().phase()).isEqualTo(Phase.RUNNING);
  }

  @Test
  void whoIsBarredAndWhoIsDisturbedStandTogether() {
    scene.decide();
    var disturbance = new Disturbance(scene.now.plusMillis(1), scene.now.plus(LOCK), KERNEL);
    barred(2);
    scene.after(TICK).soaked(2);
    scene.restraints =
        new Restraints(
            Optional.empty(),
            Map.of(),
            Map.of(),
            new Interlock(
                Map.of(scene.device(2), "in a rollout of firmware"),
                Map.of(scene.device(0), disturbance)));
    Decision decision = scene.after(TICK).decide();
    assertThat(decision.verdicts().stream().filter(v -> v.gate().equals("interlock")))
        .singleElement()
        .satisfies(
            v ->
                assertThat(v.reason())
                    .startsWith(scene.device(2) + " in a rollout of firmware; " + scene.device(0)));
    assertThat(decision.commands()).isEmpty();
  }

  @Test
  void aDisturbedDeviceStillGoesBack() {
    scene.decide();
    disturbed(scene.now.plusMillis(1), 0, 1);
    barredToo();
    scene.after(TICK).decide();
    assertThat(scene.act(new Action.Abort("by hand")).commands())
        .hasSize(2)
        .allMatch(Command.RollBack.class::isInstance);
  }

  /** The first so many say that they run the target, and nothing of it. */
  private void watched(int devices) {
    scene.after(TICK);
    for (int n = 0; n < devices; n++) scene.hear(scene.proof(n));
    scene.decide();
  }

  private Restraints brief(Instant at, int devices) {
    Map<DeviceId, Disturbance> disturbed = new HashMap<>();
    for (int n = 0; n < devices; n++) {
      disturbed.put(scene.device(n), new Disturbance(at, at.plus(TICK), KERNEL));
    }
    return new Restraints(Optional.empty(), Map.of(), Map.of(), new Interlock(Map.of(), disturbed));
  }

  @Test
  void aDisturbedDeviceOfTheControlIsComparedWithNobody() {
    Compared c = Compared.of(new Random(5), 6, 12, 1, 0.05);
    c.minutes(5);
    DeviceId held = c.scene.rollout.cohorts().control().getFirst();
    var disturbance = new Disturbance(c.scene.now, c.scene.now.plus(LOCK), KERNEL);
    c.scene.restraints =
        new Restraints(
            Optional.empty(),
            Map.of(),
            Map.of(),
            new Interlock(Map.of(), Map.of(held, disturbance)));
    Decision looked = c.minutes(6);
    assertThat(Scene.verdict(looked, "control:latency-p95").reason())
        .contains("6 devices against 11");
    assertThat(c.scene.rollout.comparison().control().values())
        .filteredOn(d -> d.baseline().equals(Baseline.NONE))
        .extracting(ControlDevice::device)
        .containsExactly(held);
  }

  private void barredToo() {
    Interlock interlock = scene.restraints.interlock();
    scene.restraints =
        new Restraints(
            Optional.empty(),
            Map.of(),
            Map.of(),
            new Interlock(
                Map.of(scene.device(0), "x", scene.device(1), "y"), interlock.disturbed()));
  }
}
