package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Gate;
import dev.hatchery.core.Name;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.RolloutSpec.Stage;
import dev.hatchery.core.RolloutSpec.Timing;
import dev.hatchery.rollout.SimulatedDevice.Release;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whole rollouts over six simulated devices, under virtual time. */
final class SimulatedRolloutTest {
  private static final Timing TIMING =
      new Timing(
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          Duration.ofSeconds(20),
          100,
          80,
          1000,
          Duration.ofSeconds(60),
          Duration.ofSeconds(2),
          Duration.ofMinutes(10),
          Duration.ofSeconds(10),
          Optional.empty(),
          5);
  private static final Gate ERRORS = new Gate.Errors(Optional.of(0.05), Optional.of(3.0), 0.01);
  private static final Gate LATENCY =
      new Gate.Latency(0.95, Optional.of(Duration.ofMillis(200)), Optional.of(1.5), 0.01);

  private Instant now = Specs.T0;
  private Instant listeningSince = Instant.EPOCH;
  private long upTo;
  private final Map<DeviceId, SimulatedDevice> devices = new LinkedHashMap<>();
  private Rollout rollout = planned(Specs.SOAK);
  private final List<Decision> notable = new ArrayList<>();

  private static Rollout planned(Duration canarySoak) {
    var canary = new Stage(new Name("canary"), new RolloutSpec.Count(2), canarySoak);
    var stages = List.of(canary, Specs.stages().get(1), Specs.stages().get(2));
    return Specs.plan(Specs.spec(stages, TIMING, ERRORS, LATENCY), 6);
  }

  private SimulatedDevice device(int n) {
    return Objects.requireNonNull(devices.get(rollout.fleet().get(n)));
  }

  private void fleet(Release release) {
    for (DeviceId id : rollout.fleet()) {
      devices.put(id, new SimulatedDevice(id, 31L * devices.size() + 5, release));
    }
    for (int i = 0; i < 60; i++) devices.values().forEach(d -> d.tick(now));
  }

  private void tick() {
    now = now.plus(SimulatedDevice.TICK);
    List<Observation> told = new ArrayList<>();
    for (var device : devices.values()) device.tick(now).ifPresent(told::add);
    upTo += told.size();
    Map<DeviceId, Baseline> pasts = new LinkedHashMap<>();
    for (DeviceId id : Engine.awaiting(rollout)) {
      pasts.put(id, Objects.requireNonNull(devices.get(id)).past());
    }
    Decision decision =
        Engine.decide(rollout, new Evidence(upTo, told, pasts, listeningSince), now);
    rollout = decision.next();
    if (decision.notable()) notable.add(decision);
    decision.commands().forEach(this::carryOut);
  }

  private void carryOut(Command command) {
    switch (command) {
      case Command.Assign a ->
          Objects.requireNonNull(devices.get(a.device())).obey(Specs.NEW, a.commandId());
      case Command.Shadow s -> throw new AssertionError("no stage has shadows: " + s);
      case Command.RollBack b ->
          Objects.requireNonNull(devices.get(b.device())).obey(Specs.OLD, b.commandId());
      case Command.MoveHead m -> {}
      case Command.TakeHeadBack b -> {}
    }
  }

  private void untilOver() {
    for (int i = 0; i < 1000 && !rollout.phase().over(); i++) tick();
    assertThat(rollout.phase().over()).as(rollout.toString()).isTrue();
  }

  private Duration took() {
    return Duration.between(Specs.T0, rollout.finishedAt().orElseThrow());
  }

  private void assertOnlyTheCanariesWereTouchedAndAreBack() {
    assertThat(rollout.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(rollout.members().keySet())
        .containsExactlyInAnyOrderElementsOf(rollout.fleet().subList(0, 2));
    assertThat(devices.values()).extracting(SimulatedDevice::running).containsOnly(Specs.OLD);
    assertThat(rollout.members().values()).extracting(Member::bytesForRollback).containsOnly(0L);
  }

  @Test
  void aGoodReleaseReachesEveryDevice() {
    fleet(Release.GOOD);
    untilOver();
    assertThat(rollout.phase()).isEqualTo(Phase.COMPLETED);
    assertThat(devices.values()).extracting(SimulatedDevice::running).containsOnly(Specs.NEW);
    assertThat(took()).isLessThan(Duration.ofMinutes(3));
    Simulated.figure("good release, 6 devices, 3 stages of 20 s soak", took());
    assertThat(notable.getLast().commands()).containsExactly(new Command.MoveHead());
  }

  // Two canaries see twice the latency in 27 windows each, nine times out of ten in 65; a soak of
  // ten windows would let it through.
  @Test
  void twiceTheLatencyAbortsInACanaryThatSoaksLongEnough() {
    rollout = planned(SimulatedDevice.TICK.multipliedBy(120));
    fleet(new Release(2, 0.005));
    untilOver();
    assertOnlyTheCanariesWereTouchedAndAreBack();
    var abort = rollout.abort().orElseThrow();
    assertThat(abort.gate()).isEqualTo("latency-p95:ratio");
    assertThat(abort.firstBad()).isPresent();
    Duration found = Duration.between(abort.firstBad().orElseThrow(), abort.at());
    Simulated.figure("latency x2 on 2 canaries, first bad sample to abort", found);
    assertThat(found).isBetween(Duration.ZERO, Duration.ofMinutes(4));
    assertThat(Duration.between(abort.at(), rollout.finishedAt().orElseThrow()))
        .isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void threeTimesTheLatencyAbortsInAShortCanary() {
    fleet(new Release(3, 0.005));
    untilOver();
    assertOnlyTheCanariesWereTouchedAndAreBack();
    var abort = rollout.abort().orElseThrow();
    assertThat(abort.gate()).isEqualTo("latency-p95:ratio");
    Simulated.figure(
        "latency x3 on 2 canaries, first bad sample to abort",
        Duration.between(abort.firstBad().orElseThrow(), abort.at()));
  }

  @Test
  void errorsInTheFieldAbortInTheCanary() {
    fleet(new Release(1, 0.2));
    untilOver();
    assertOnlyTheCanariesWereTouchedAndAreBack();
    var abort = rollout.abort().orElseThrow();
    assertThat(abort.gate()).startsWith("errors:");
    Simulated.figure(
        "20% errors on 2 canaries, first bad sample to abort",
        Duration.between(abort.firstBad().orElseThrow(), abort.at()));
  }

  @Test
  void oneLocalRollbackHoldsAndAFreshTrialClearsIt() {
    fleet(Release.GOOD);
    device(1).failTrials(1);
    untilOver();
    assertThat(rollout.phase()).isEqualTo(Phase.COMPLETED);
    assertThat(notable).anyMatch(d -> d.next().heldSince().isPresent());
    assertThat(notable).anyMatch(d -> d.summary().startsWith("fresh trial on"));
    assertThat(member(1).localRollbacks()).isEqualTo(1);
    assertThat(member(1).attempt()).isEqualTo(2);
  }

  @Test
  void aReleaseThatGoesBackAloneTwiceAborts() {
    fleet(Release.GOOD);
    device(0).failTrials(9);
    untilOver();
    assertOnlyTheCanariesWereTouchedAndAreBack();
    assertThat(rollout.abort().orElseThrow().gate()).isEqualTo("local-rollbacks");
  }

  @Test
  void anAgentThatIsKilledAndBackInTimeIsACountedRestart() {
    fleet(Release.GOOD);
    for (int i = 0; i < 8; i++) tick();
    device(0).kill(8);
    untilOver();
    assertThat(rollout.phase()).isEqualTo(Phase.COMPLETED);
    assertThat(member(0).restarts()).isEqualTo(1);
    assertThat(member(0).localRollbacks()).isZero();
  }

  @Test
  void aServerThatWasDownForLongerThanTheSilenceAbortsNothing() {
    fleet(Release.GOOD);
    for (int i = 0; i < 8; i++) tick();
    now = now.plus(Duration.ofMinutes(5));
    listeningSince = now;
    untilOver();
    assertThat(rollout.phase()).isEqualTo(Phase.COMPLETED);
  }

  @Test
  void aCanaryThatSleepsThroughTheRollbackIsWaitedFor() {
    fleet(new Release(3, 0.005));
    while (rollout.phase() == Phase.RUNNING) tick();
    device(0).kill(300);
    for (int i = 0; i < 299; i++) tick();
    assertThat(rollout.phase()).isEqualTo(Phase.ROLLING_BACK);
    assertThat(member(1).state()).isEqualTo(Member.State.ROLLED_BACK);
    untilOver();
    assertOnlyTheCanariesWereTouchedAndAreBack();
  }

  private Member member(int n) {
    return Objects.requireNonNull(rollout.members().get(rollout.fleet().get(n)));
  }
}
