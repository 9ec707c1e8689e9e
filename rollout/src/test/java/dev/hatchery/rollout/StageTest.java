package dev.hatchery.rollout;

import static dev.hatchery.rollout.Scene.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.Name;
import dev.hatchery.core.RolloutSpec.Count;
import dev.hatchery.core.RolloutSpec.Overrides;
import dev.hatchery.core.RolloutSpec.Percent;
import dev.hatchery.core.RolloutSpec.Size;
import dev.hatchery.core.RolloutSpec.Stage;
import dev.hatchery.core.RolloutSpec.Timing;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.rollout.Member.State;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** How stages begin, wait, pass and end. */
final class StageTest {
  private static final Duration TICK = Duration.ofSeconds(2);

  @Test
  void theFirstDecisionOrdersTheCanaries() {
    Scene scene = Scene.usual();
    Decision decision = scene.decide();
    assertThat(decision.commands())
        .containsExactly(
            new Command.Assign(scene.device(0), "r1/1"),
            new Command.Assign(scene.device(1), "r1/1"));
    assertThat(decision.notable()).isTrue();
    assertThat(decision.summary())
        .isEqualTo("2 devices told to switch to inspection@1.1.0 for stage canary");
    assertThat(scene.member(0).state()).isEqualTo(State.ORDERED);
    assertThat(scene.member(0).orderedAt()).isEqualTo(scene.now);
  }

  @Test
  void aDecisionWithoutNewsCommandsNothingAndIsNotWorthARecord() {
    Scene scene = Scene.usual();
    scene.decide();
    Rollout before = scene.rollout;
    Decision decision = scene.after(TICK).decide();
    assertThat(decision.commands()).isEmpty();
    assertThat(decision.notable()).isFalse();
    assertThat(decision.next()).isEqualTo(before);
    assertThat(decision.summary()).startsWith("stage canary runs: errors:limit");
  }

  @Test
  void aMemberIsConfirmedWhenItProvesTheTargetUnderItsOrder() {
    Scene scene = Scene.usual();
    scene.decide();
    scene.after(TICK).hear(scene.proof(0));
    assertThat(scene.decide().notable()).isTrue();
    assertThat(scene.member(0).state()).isEqualTo(State.CONFIRMED);
    assertThat(scene.member(0).since()).isEqualTo(scene.now);
    assertThat(scene.member(1).state()).isEqualTo(State.ORDERED);
  }

  @Test
  void nothingLessThanTheWholeProofConfirms() {
    Scene scene = Scene.usual();
    scene.decide();
    String ours = scene.command(0);
    var target = Optional.of(Specs.NEW);
    Optional<Code> none = Optional.empty();
    for (SlotStatus status :
        List.of(
            Told.status(SlotStatus.State.CONFIRMED, "other/1", Specs.NEW, target, none),
            Told.status(SlotStatus.State.TRIAL, ours, Specs.NEW, target, none),
            Told.status(SlotStatus.State.CONFIRMED, ours, Specs.OLD, target, none),
            Told.status(SlotStatus.State.CONFIRMED, ours, Specs.NEW, Optional.empty(), none),
            Told.status(
                SlotStatus.State.CONFIRMED, ours, Specs.NEW, Optional.of(Specs.OLD), none))) {
      scene.after(TICK).hear(Told.by(scene.device(0), scene.now, status));
      scene.decide();
      assertThat(scene.member(0).state()).as(status.toString()).isEqualTo(State.ORDERED);
    }
  }

  @Test
  void aMemberThatNoLongerProvesTheTargetDoesNotCountUntilItDoes() {
    Scene scene = Scene.usual();
    scene.decide();
    scene.after(TICK).soaked(1);
    var down =
        Told.status(
            SlotStatus.State.CONFIRMED,
            scene.command(0),
            Specs.NEW,
            Optional.empty(),
            Optional.empty());
    scene.after(TICK).hear(Told.by(scene.device(0), scene.now, down)).hear(proofAndSoak(scene, 1));
    Decision decision = scene.decide();
    assertThat(scene.member(0).state()).isEqualTo(State.ORDERED);
    assertThat(verdict(decision, "reporting").kind()).isEqualTo(Kind.NO_DATA);
    assertThat(decision.next().stage()).isZero();
    // Its soak is not lost: it ran the target all the time that was observed.
    scene.after(TICK).hear(scene.proof(0));
    assertThat(scene.decide().next().stage()).isEqualTo(1);
  }

  private static Told proofAndSoak(Scene scene, int n) {
    return Scene.healthy(scene.proof(n));
  }

  @Test
  void aStageThatIsConfirmedBusyAndSoakedPassesAndTheNextIsOrdered() {
    Scene scene = Scene.usual();
    scene.decide();
    Decision decision = scene.after(TICK).soaked(2);
    assertThat(decision.next().stage()).isEqualTo(1);
    assertThat(decision.next().stageSince()).isEqualTo(scene.now);
    assertThat(decision.commands()).containsExactly(new Command.Assign(scene.device(2), "r1/1"));
    assertThat(decision.summary())
        .isEqualTo(
            "stage canary passes: 2 of 2 devices, 200 requests, soak 20s; 1 more device told to"
                + " switch to inspection@1.1.0 for stage part");
    assertThat(decision.notable()).isTrue();
    assertThat(decision.verdicts()).extracting(Verdict::kind).containsOnly(Kind.PASS);
  }

  @Test
  void aStageWaitsForItsSoak() {
    Scene scene = Scene.usual();
    scene.decide();
    for (int n = 0; n < 2; n++) {
      scene.hear(scene.proof(n).window(TICK, 100, 0, 0.01));
    }
    Decision decision = scene.decide();
    assertThat(decision.next().stage()).isZero();
    assertThat(verdict(decision, "requests").kind()).isEqualTo(Kind.PASS);
    assertThat(verdict(decision, "soak").kind()).isEqualTo(Kind.NO_DATA);
    assertThat(verdict(decision, "soak").reason())
        .isEqualTo(
            "0 of 2 devices have been watched for 20s, 2 needed (2 more devices); shortest 2s,"
                + " 18s more needed");
  }

  @Test
  void aStageWaitsForItsRequests() {
    Scene scene = Scene.usual();
    scene.decide();
    for (int n = 0; n < 2; n++) {
      var told = scene.proof(n);
      for (int i = 0; i < 10; i++) told.window(TICK, 1, 0, 0.01);
      scene.hear(told);
    }
    Decision decision = scene.decide();
    assertThat(decision.next().stage()).isZero();
    assertThat(verdict(decision, "requests").reason())
        .isEqualTo(
            "0 of 2 devices have answered 20 requests, 2 needed (2 more devices: about 20s at the"
                + " present rate); fewest 10");
  }

  @Test
  void timeThatNobodyObservedIsNoSoak() {
    Scene scene = Scene.usual();
    scene.decide();
    scene.after(TICK).hear(scene.proof(0).window(TICK, 100, 0, 0.01));
    scene.hear(scene.proof(1).window(TICK, 100, 0, 0.01)).decide();
    for (int i = 0; i < 20; i++) {
      scene.after(TICK).hear(scene.proof(0), scene.proof(1)).decide();
    }
    assertThat(scene.rollout.stage()).isZero();
    assertThat(scene.member(0).observed()).isEqualTo(TICK);
  }

  @Test
  void fourOfFiveDevicesAreEnoughWhereEightyPercentMustReport() {
    Scene scene = Scene.all(5, Specs.TIMING, Specs.ERRORS_LIMIT);
    scene.decide();
    assertThat(scene.after(TICK).soaked(3).next().phase()).isEqualTo(Phase.RUNNING);
    assertThat(scene.after(TICK).soaked(4).next().phase()).isEqualTo(Phase.COMPLETED);
  }

  @Test
  void theLastStageMovesTheHeadOnce() {
    Scene scene = Scene.usual();
    scene.decide();
    assertThat(scene.after(TICK).soaked(2).commands()).doesNotContain(new Command.MoveHead());
    assertThat(scene.after(TICK).soaked(3).commands()).doesNotContain(new Command.MoveHead());
    Decision decision = scene.after(TICK).soaked(6);
    assertThat(decision.commands()).containsExactly(new Command.MoveHead());
    assertThat(decision.next().phase()).isEqualTo(Phase.COMPLETED);
    assertThat(decision.next().finishedAt()).contains(scene.now);
    assertThat(decision.summary())
        .endsWith("; inspection@1.1.0 is on 6 of 6 devices and is the head of stable");
    Decision later = scene.after(TICK).soaked(6);
    assertThat(later.commands()).isEmpty();
    assertThat(later.next()).isEqualTo(decision.next());
    assertThat(later.notable()).isFalse();
  }

  @Test
  void earlierStagesStayGated() {
    Scene scene = Scene.usual();
    scene.decide();
    scene.after(TICK).soaked(2);
    scene.after(TICK).hear(scene.proof(0).window(TICK, 100, 60, 0.01));
    Decision decision = scene.decide();
    assertThat(decision.next().phase()).isEqualTo(Phase.ROLLING_BACK);
    assertThat(decision.next().abort().orElseThrow().gate()).isEqualTo("errors:limit");
  }

  @Test
  void aStageThatAddsNobodyStillNeedsItsOwnSoak() {
    var longer = new Stage(new Name("longer"), new Percent(100), Duration.ofSeconds(40));
    var stages = List.of(Specs.stage("all", new Percent(100)), longer);
    Scene scene = new Scene(Specs.plan(Specs.spec(stages, Specs.TIMING, Specs.ERRORS_LIMIT), 2));
    scene.decide();
    Decision first = scene.after(TICK).soaked(2);
    assertThat(first.next().stage()).isEqualTo(1);
    assertThat(first.commands()).isEmpty();
    assertThat(scene.after(TICK).decide().next().phase()).isEqualTo(Phase.RUNNING);
    assertThat(scene.after(TICK).soaked(2).next().phase()).isEqualTo(Phase.COMPLETED);
  }

  @Test
  void aStageThatHasNotPassedInTimeAborts() {
    Scene scene = Scene.usual();
    scene.decide();
    Instant deadline = Specs.T0.plus(Specs.TIMING.maxWindow());
    while (scene.now.isBefore(deadline.minus(TICK))) {
      scene.after(TICK).hear(scene.proof(0), scene.underWay(1));
      assertThat(scene.decide().next().phase()).isEqualTo(Phase.RUNNING);
    }
    scene.after(TICK).hear(scene.proof(0), scene.underWay(1));
    Decision decision = scene.decide();
    assertThat(decision.next().phase()).isEqualTo(Phase.ROLLING_BACK);
    assertThat(decision.next().abort().orElseThrow().gate()).isEqualTo("deadline");
    assertThat(decision.next().abort().orElseThrow().firstBad()).isEmpty();
    assertThat(verdict(decision, "deadline").kind()).isEqualTo(Kind.FAIL);
    assertThat(decision.summary())
        .contains("stage canary has not passed within 10m", "1 of 2 devices");
  }

  @Test
  void aStageThatPassesAtItsLastMomentPasses() {
    Scene scene = Scene.usual();
    scene.decide();
    assertThat(scene.after(Specs.TIMING.maxWindow()).soaked(2).next().stage()).isEqualTo(1);
  }

  @Test
  void whoIsAwaitedNextIsKnownBeforeTheStageBegins() {
    Scene scene = Scene.usual();
    assertThat(Engine.awaiting(scene.rollout)).isEqualTo(scene.rollout.fleet().subList(0, 2));
    scene.decide();
    assertThat(Engine.awaiting(scene.rollout)).isEqualTo(scene.rollout.fleet().subList(2, 3));
    scene.after(TICK).soaked(2);
    assertThat(Engine.awaiting(scene.rollout)).isEqualTo(scene.rollout.fleet().subList(3, 6));
    scene.after(TICK).soaked(3);
    assertThat(Engine.awaiting(scene.rollout)).isEmpty();
  }

  private static Scene demanding(Overrides first) {
    var canary = new Stage(new Name("canary"), new Count(5), Specs.SOAK, first);
    var stages = List.of(canary, Specs.stage("all", new Percent(100)));
    return new Scene(Specs.plan(Specs.spec(stages, Specs.TIMING, Specs.ERRORS_LIMIT), 10));
  }

  private static Overrides demands(Size reporting) {
    return new Overrides(OptionalLong.empty(), Optional.of(reporting), Optional.empty());
  }

  @Test
  void aStageMayAskForRequestsOfItsOwn() {
    Scene scene =
        demanding(new Overrides(OptionalLong.of(101), Optional.empty(), Optional.empty()));
    scene.decide();
    Decision decision = scene.after(TICK).soaked(5);
    assertThat(decision.next().stage()).isZero();
    assertThat(verdict(decision, "requests").reason())
        .isEqualTo(
            "0 of 5 devices have answered 101 requests, 4 needed (4 more devices: about 1s at the"
                + " present rate); fewest 100");
    // The next stage asks for what all do.
    assertThat(scene.after(TICK).soaked(5).next().stage()).isEqualTo(1);
    assertThat(scene.after(TICK).soaked(10).next().phase()).isEqualTo(Phase.COMPLETED);
  }

  @Test
  void aStageMayAskForAShareOrANumberOfDevicesOfItsOwn() {
    for (Size two : List.of(new Percent(40), new Count(2))) {
      Scene scene = demanding(demands(two));
      scene.decide();
      Decision one = scene.after(TICK).soaked(1);
      assertThat(verdict(one, "reporting").reason()).contains("1 of 5 devices", "2 needed");
      assertThat(scene.after(TICK).soaked(2).next().stage()).isEqualTo(1);
      assertThat(verdict(scene.after(TICK).decide(), "reporting").reason())
          .contains("2 of 10 devices", "8 needed");
    }
    Scene all = demanding(demands(new Count(9)));
    all.decide();
    assertThat(all.after(TICK).soaked(4).next().stage()).isZero();
    assertThat(all.after(TICK).soaked(5).next().stage()).as("no more than it has").isEqualTo(1);
  }

  @Test
  void aStageMayHaveADeadlineOfItsOwn() {
    Duration minute = Duration.ofMinutes(1);
    Scene heard =
        demanding(new Overrides(OptionalLong.empty(), Optional.empty(), Optional.of(minute)));
    heard.decide();
    while (heard.now.isBefore(Specs.T0.plus(minute).minus(TICK))) {
      heard.after(TICK);
      for (int n = 0; n < 5; n++) heard.hear(heard.underWay(n));
      assertThat(heard.decide().next().phase()).isEqualTo(Phase.RUNNING);
    }
    heard.after(TICK);
    for (int n = 0; n < 5; n++) heard.hear(heard.underWay(n));
    Decision late = heard.decide();
    assertThat(late.next().abort().orElseThrow().reason())
        .startsWith("stage canary has not passed within 1m");
  }

  private static Scene hasty(int devices) {
    Timing t = Specs.TIMING;
    var hasty =
        new Timing(
            t.window(),
            t.heartbeat(),
            t.silence(),
            t.minRequests(),
            t.minReportingPercent(),
            t.baselineRequests(),
            t.baselineAge(),
            t.warmUp(),
            t.maxWindow(),
            t.retryAfter(),
            Optional.of(Duration.ofSeconds(30)),
            t.retries());
    return Scene.all(devices, hasty, Specs.ERRORS_LIMIT);
  }

  private static Decision stuck(Scene scene, int stuck, int devices, Duration until) {
    scene.decide();
    Decision last = scene.decide();
    for (Duration d = Duration.ZERO; d.compareTo(until) < 0; d = d.plus(TICK)) {
      scene.after(TICK);
      for (int n = 0; n < stuck; n++) scene.hear(scene.underWay(n));
      for (int n = stuck; n < devices; n++) scene.hear(scene.proof(n));
      last = scene.decide();
    }
    return last;
  }

  @Test
  void aDeviceThatIsHeardOfButDoesNotSwitchCountsAsFailed() {
    Decision inTime = stuck(hasty(5), 2, 5, Duration.ofSeconds(28));
    assertThat(verdict(inTime, "device-deadline").kind()).isEqualTo(Kind.PASS);
    Decision two = stuck(hasty(5), 2, 5, Duration.ofSeconds(30));
    assertThat(two.next().phase()).isEqualTo(Phase.ROLLING_BACK);
    assertThat(two.next().abort().orElseThrow().gate()).isEqualTo("device-deadline");
    assertThat(two.next().abort().orElseThrow().reason())
        .startsWith("2 of 5 devices heard of, but not switched within 30s: ");
    assertThat(verdict(stuck(hasty(5), 1, 5, Duration.ofSeconds(40)), "device-deadline").kind())
        .as("four of five are enough")
        .isEqualTo(Kind.PASS);
    assertThat(verdict(stuck(hasty(2), 1, 2, Duration.ofSeconds(40)), "device-deadline").kind())
        .isEqualTo(Kind.HOLD);
    Scene usual = Scene.all(5, Specs.TIMING, Specs.ERRORS_LIMIT);
    assertThat(stuck(usual, 5, 5, Duration.ofSeconds(40)).verdicts())
        .extracting(Verdict::gate)
        .doesNotContain("device-deadline");
  }
}
