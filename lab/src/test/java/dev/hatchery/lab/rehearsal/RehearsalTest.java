package dev.hatchery.lab.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Approval;
import dev.hatchery.core.Control;
import dev.hatchery.core.DailyWindow;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Gate;
import dev.hatchery.core.Limits;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Restraint;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.RolloutSpec.Timing;
import dev.hatchery.rollout.Baseline;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What a plan comes to on a fleet that is written down by hand. */
final class RehearsalTest {
  private static final int RUNS = 10;

  /** From the order to the proof: start, trial and a minute of each for telling. */
  private static final double SWITCH = 7;

  private static final double SOAK = 30;

  private final Fleets fleet = Fleets.of(60);

  @Test
  void aGoodReleaseReachesEveryDeviceStageByStage() {
    Outlook outlook = fleet.outlook(RUNS);

    assertThat(outlook.devices()).isEqualTo(60);
    assertThat(outlook.completes()).isTrue();
    assertThat(outlook.good().completed()).isEqualTo(RUNS);
    assertThat(outlook.stages()).extracting(s -> s.name().value()).contains("canary", "all");
    assertThat(outlook.stages()).extracting(Outlook.Stage::devices).containsExactly(5, 18, 60);
    assertThat(outlook.stages()).allSatisfy(s -> assertThat(s.passed()).isEqualTo(RUNS));
    assertThat(outlook.stages())
        .allSatisfy(s -> assertThat(s.minutes()).isBetween(SOAK, SOAK + SWITCH + 2));
    assertThat(outlook.good().minutes()).isBetween(3 * SOAK, 3 * (SOAK + SWITCH + 2));
    assertThat(outlook.good().minutes90()).isGreaterThanOrEqualTo(outlook.good().minutes());
    assertThat(outlook.good().bytes()).isBetween(580L << 20, 600L << 20);
    assertThat(outlook.good().metered()).isZero();
    assertThat(outlook.good().without()).isLessThan(2);
  }

  @Test
  void theSameSeedGivesTheSameOutlook() {
    Recording recording = fleet.recording();
    Outlook once = new Rehearsal(recording, RUNS, 3, Rehearsal.RATE).outlook();
    Outlook again = new Rehearsal(recording, RUNS, 3, Rehearsal.RATE).outlook();
    Outlook other = new Rehearsal(recording, RUNS, 4, Rehearsal.RATE).outlook();

    assertThat(again).isEqualTo(once);
    assertThat(other.faults()).isNotEqualTo(once.faults());
  }

  @ParameterizedTest
  @EnumSource(
      value = Hypothesis.class,
      mode = Mode.INCLUDE,
      names = {"LATENCY2X", "ERRORS20", "CRASHLOOP"})
  void aFaultOnAllDevicesIsStoppedInTheCanary(Hypothesis hypothesis) {
    Outlook.Fault fault = fault(fleet.outlook(RUNS), hypothesis);

    assertThat(fault.stoppedBy()).containsExactly(RUNS, RUNS, RUNS);
    assertThat(fault.devices()).isEqualTo(5);
    assertThat(fault.mostDevices()).isEqualTo(5);
    assertThat(fault.minutes()).isBetween(1.0, SOAK + SWITCH);
    assertThat(fault.gate()).isNotEmpty();
  }

  @Test
  void aFaultOnATenthMayLeaveTheCanaryAndThatIsSaid() {
    Outlook outlook = Fleets.of(300).outlook(RUNS);
    Outlook.Fault fault = fault(outlook, Hypothesis.FAULT_TENTH);

    assertThat(fault.stoppedBy().getFirst()).isLessThan(RUNS);
    assertThat(fault.stoppedBy()).isSorted();
    assertThat(fault.stopped()).isEqualTo(RUNS);
    assertThat(outlook.advice())
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith(
                        "stage canary of 5 devices: these 5 miss a fault that hits a tenth of the"
                            + " devices 59% of the time; here such a fault left it in "));
  }

  @Test
  void withoutAGateOnLatencyASlowReleaseIsNotStopped() {
    fleet.gates = List.of(Fleets.ERRORS);
    Outlook outlook = fleet.outlook(RUNS);
    Outlook.Fault fault = fault(outlook, Hypothesis.LATENCY2X);

    assertThat(fault.completed()).isEqualTo(RUNS);
    assertThat(fault.stopped()).isZero();
    assertThat(outlook.advice())
        .contains(
            "a release that takes twice as long is not stopped in 10 of 10 runs: no gate watches"
                + " latency; add {metric: latency-p95, ratio: 1.5}");
  }

  @Test
  void aLimitThatDevicesWithoutAPastDoNotKeepAbortsAGoodRelease() {
    fleet.first = true;
    fleet.gates =
        List.of(
            new Gate.Latency(
                0.95, Optional.of(Duration.ofMillis(10)), Optional.empty(), Gate.DEFAULT_ALPHA));
    Outlook outlook = fleet.outlook(RUNS);

    assertThat(outlook.good().aborted()).isEqualTo(RUNS);
    assertThat(outlook.completes()).isFalse();
    assertThat(outlook.advice())
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith(
                        "a release as good as the one before is aborted in 10 of 10 runs, for"
                            + " example by latency-p95:limit: "));
  }

  @Test
  void aStageThatWaitsForSleepersMissesItsDeadline() {
    fleet.devices.clear();
    fleet.at = Instant.parse("2026-03-02T21:50:00Z");
    for (int i = 0; i < 6; i++) fleet.add(Map.of(), Fleets.past(20), Optional.of(Fleets.NIGHTS));
    fleet.timing = deadline(Duration.ofHours(4));
    Outlook outlook = fleet.outlook(RUNS);

    assertThat(outlook.completes()).isFalse();
    assertThat(outlook.good().held()).isEqualTo(RUNS);
    Outlook.Stage canary = outlook.stages().getFirst();
    assertThat(canary.missed()).isEqualTo(RUNS);
    assertThat(canary.passed()).isZero();
    assertThat(canary.why()).contains("5 devices");
    assertThat(outlook.advice())
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith("stage canary misses its deadline of 4h in 10 of 10 runs: "))
        .anySatisfy(line -> assertThat(line).contains(canary.gate() + ": " + canary.why()));
  }

  @Test
  void whoSleepsIsNamedWithWhenTheyWake() {
    fleet.devices.clear();
    fleet.at = Instant.parse("2026-03-02T23:00:00Z");
    for (int i = 0; i < 6; i++) fleet.add(Map.of(), Fleets.past(20), Optional.of(Fleets.NIGHTS));
    fleet.timing = deadline(Duration.ofHours(4));
    Outlook outlook = fleet.outlook(RUNS);

    assertThat(outlook.advice())
        .anySatisfy(
            line ->
                assertThat(line)
                    .endsWith("; of its 5 devices 5 sleep until 2026-03-03T06:00:00Z then"));
    assertThat(outlook.good().asleep()).isEqualTo(5);
    assertThat(outlook.good().without()).isEqualTo(6);
  }

  @Test
  void whoSleepsWhenItBeginsGetsItInTheMorning() {
    fleet.devices.clear();
    fleet.at = Instant.parse("2026-03-02T23:00:00Z");
    for (int i = 0; i < 6; i++) fleet.add(Map.of(), Fleets.past(20), Optional.of(Fleets.NIGHTS));
    fleet.stages = List.of(Fleets.stage("all", new RolloutSpec.Percent(100)));
    Outlook outlook = fleet.outlook(RUNS);

    assertThat(outlook.good().minutes()).isBetween(7 * 60.0 + SOAK, 7 * 60.0 + SOAK + SWITCH + 2);
  }

  @Test
  void whoWasNotHeardOfStaysAwayAndIsCounted() {
    fleet.devices.clear();
    fleet.usual(57);
    for (int i = 0; i < 3; i++) {
      fleet.add(
          Map.of(),
          Fleets.past(20),
          Optional.empty(),
          i == 0 ? Optional.empty() : Optional.of(Fleets.NOON.minus(Duration.ofHours(2))),
          DataSize.mib(10));
    }
    Outlook outlook = fleet.outlook(RUNS);

    assertThat(outlook.good().away()).isEqualTo(3);
    assertThat(outlook.good().without()).isGreaterThanOrEqualTo(3);
    assertThat(outlook.advice())
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith("3 of 60 devices have not been heard of for more than 3m"));
  }

  @Test
  void whoSleptWhenTheFleetWasRecordedIsNotAway() {
    fleet.devices.clear();
    fleet.at = Instant.parse("2026-03-03T01:00:00Z");
    for (int i = 0; i < 12; i++) {
      fleet.add(
          Map.of(),
          Fleets.past(20),
          Optional.of(Fleets.NIGHTS),
          Optional.of(Instant.parse("2026-03-02T21:59:00Z")),
          DataSize.mib(1));
    }

    assertThat(fleet.outlook(3).good().completed()).isEqualTo(3);
  }

  @Test
  void aFleetWithoutAPastWaitsUntilItHasOne() {
    fleet.devices.clear();
    for (int i = 0; i < 6; i++) fleet.add(Map.of(), halfADay(), Optional.empty());
    fleet.timing = deadline(Duration.ofHours(20));
    Outlook outlook = fleet.outlook(RUNS);

    assertThat(outlook.good().completed()).isGreaterThanOrEqualTo(RUNS - 1);
    assertThat(outlook.stages().getFirst().minutes())
        .isBetween(12 * 60.0 + SOAK, 12 * 60.0 + SOAK + SWITCH + 12);
    assertThat(outlook.advice())
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith(
                        "no baseline on 5 of 5 devices of stage canary: the stage is not ordered"
                            + " before 4 of them have one, about 12 hours from now"));
  }

  @Test
  void aDeadlineBeforeThatIsMissedByTheBaselineGate() {
    fleet.devices.clear();
    for (int i = 0; i < 6; i++) fleet.add(Map.of(), halfADay(), Optional.empty());
    fleet.timing = deadline(Duration.ofHours(6));
    Outlook outlook = fleet.outlook(RUNS);

    assertThat(outlook.stages().getFirst().missed()).isEqualTo(RUNS);
    assertThat(outlook.stages().getFirst().gate()).isEqualTo("baseline");
  }

  @Test
  void aFewWithoutAPastAreJudgedByLimitsAlone() {
    fleet.add(Map.of(), Baseline.NONE, Optional.empty());
    Outlook outlook = fleet.outlook(RUNS);

    assertThat(outlook.good().completed()).isEqualTo(RUNS);
    assertThat(outlook.advice())
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith("1 of 61 devices have nothing on record: each is taken"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("the gates with a ratio cannot judge them, only those with a limit"));
  }

  @Test
  void aChannelsFirstReleaseIsRehearsedOnAssumptionsAndSaysSo() {
    fleet.devices.clear();
    for (int i = 0; i < 6; i++) fleet.add(Map.of(), Baseline.NONE, Optional.empty());
    fleet.first = true;
    fleet.gates = List.of(Fleets.ERRORS);
    Outlook outlook = fleet.outlook(RUNS);

    assertThat(outlook.good().completed()).isGreaterThanOrEqualTo(RUNS - 1);
    assertThat(fault(outlook, Hypothesis.ERRORS20).stopped()).isEqualTo(RUNS);
    assertThat(outlook.advice()).anySatisfy(l -> assertThat(l).startsWith("nothing is on record"));
  }

  @Test
  void aSitesDevicesShareItsRate() {
    onOneSite(Optional.of(DataSize.kib(100)), Optional.empty(), OptionalInt.empty());
    // 60 MiB at 100 KiB a second.
    assertThat(fleet.outlook(3).good().minutes()).isBetween(10.2 + SOAK, 10.3 + SOAK + SWITCH + 4);
  }

  @Test
  void aSitesBudgetSpreadsTheBytesOverItsDays() {
    onOneSite(Optional.empty(), Optional.of(DataSize.mib(35)), OptionalInt.empty());
    // All begin at noon, so the second half comes with the next day.
    assertThat(fleet.outlook(3).good().minutes()).isBetween(12 * 60.0, 13 * 60.0 + SOAK);
  }

  @Test
  void whoMayNotFetchTogetherTakesTurns() {
    fleet.limits = Limits.NONE;
    onOneSite(Optional.of(DataSize.mib(1)), Optional.empty(), OptionalInt.of(1));
    double inTurn = fleet.outlook(3).good().minutes();
    onOneSite(Optional.of(DataSize.mib(1)), Optional.empty(), OptionalInt.empty());

    assertThat(inTurn).isGreaterThan(fleet.outlook(3).good().minutes());
  }

  @Test
  void aSwitchWaitsForItsWindowInTheDevicesZone() {
    fleet.devices.clear();
    for (int i = 0; i < 6; i++) {
      fleet.add(Map.of("zone", "Europe/Oslo"), Fleets.past(20), Optional.empty());
    }
    fleet.stages = List.of(Fleets.stage("all", new RolloutSpec.Percent(100)));
    fleet.delivery =
        delivered(false, Optional.of(new DailyWindow(LocalTime.of(15, 0), LocalTime.of(16, 0))));
    // 15:00 in Oslo is 14:00 in UTC, two hours after noon.
    assertThat(fleet.outlook(3).good().minutes())
        .isBetween(2 * 60.0 + SOAK, 2 * 60.0 + SOAK + SWITCH + 2);
  }

  @Test
  void aMeteredDeviceThatThePlanDoesNotWantNeverGetsIt() {
    fleet.add(Map.of("metered", "true"), Fleets.past(20), Optional.empty());
    fleet.delivery = delivered(true, Optional.empty());
    Outlook outlook = fleet.outlook(RUNS);

    assertThat(outlook.good().barred()).isEqualTo(1);
    assertThat(outlook.good().metered()).isZero();
    assertThat(outlook.advice())
        .anySatisfy(line -> assertThat(line).startsWith("1 of 61 devices have a metered link"));
  }

  @Test
  void bytesOverMeteredLinksAreTold() {
    fleet.add(Map.of("metered", "true"), Fleets.past(20), Optional.empty());

    assertThat(fleet.outlook(RUNS).good().metered()).isEqualTo(10L << 20);
  }

  @Test
  void aFreezeAndAHoldAreWaitedFor() {
    Instant end = Fleets.NOON.plus(Duration.ofHours(2));
    fleet.restraints.add(restraint(Restraint.Kind.FREEZE, Optional.empty(), end));
    Outlook frozen = fleet.outlook(3);
    assertThat(frozen.stages().getFirst().minutes()).isBetween(120 + SOAK, 120 + SOAK + SWITCH + 2);
    assertThat(frozen.advice())
        .contains(
            "a freeze is in force until 2026-03-02T14:00:00Z: nobody is ordered anything before");

    fleet.restraints.clear();
    for (RecordedDevice device : fleet.devices) {
      fleet.restraints.add(
          restraint(Restraint.Kind.HOLD, Optional.of(device.candidate().id()), end));
    }
    assertThat(fleet.outlook(3).stages().getFirst().minutes())
        .isBetween(120 + SOAK, 120 + SOAK + SWITCH + 2);
  }

  @Test
  void aControlIsHeldBackAndComparedWith() {
    fleet.control =
        Optional.of(
            new Control(
                new RolloutSpec.Count(12),
                List.of(new Name("third")),
                List.of(new Control.LatencyMargin(0.95, 1.5)),
                Control.DEFAULT_ALPHA));
    fleet.gates = List.of(Fleets.ERRORS);
    Outlook outlook = fleet.outlook(RUNS);

    assertThat(outlook.good().completed()).isGreaterThanOrEqualTo(RUNS - 1);
    Outlook.Fault slow = fault(outlook, Hypothesis.LATENCY2X);
    assertThat(slow.completed()).isZero();
    assertThat(slow.held()).isEqualTo(RUNS);
    assertThat(slow.mostDevices()).isEqualTo(18);
  }

  @Test
  void approvalsAreTakenAsGiven() {
    fleet.stages =
        List.of(
            new RolloutSpec.Stage(
                new Name("all"),
                new RolloutSpec.Percent(100),
                Duration.ofMinutes(30),
                RolloutSpec.Overrides.NONE,
                Optional.of(new Approval(2, Duration.ofHours(1)))));

    assertThat(fleet.outlook(3).good().completed()).isEqualTo(3);
  }

  @Test
  void patchesThatAreBeingMadeAreWaitedFor() {
    fleet.deltaWait = Duration.ofMinutes(10);

    assertThat(fleet.outlook(3).stages().getFirst().minutes())
        .isBetween(10 + SOAK, 10 + SOAK + SWITCH + 2);
  }

  @Test
  void aCostlyRunIsRunLessOften() {
    var rehearsal = new Rehearsal(fleet.recording(), 20, 1, Rehearsal.RATE, 30_000);
    Outlook outlook = rehearsal.outlook();

    assertThat(outlook.good().runs()).isBetween(4, 19);
    assertThat(fault(outlook, Hypothesis.CRASHLOOP).runs()).isEqualTo(20);
    assertThat(new Rehearsal(fleet.recording(), 20, 1, Rehearsal.RATE, 1).outlook().good().runs())
        .isEqualTo(3);
  }

  @Test
  void whatPlanningRefusesIsRefused() {
    fleet.stages = List.of(Fleets.stage("half", new RolloutSpec.Percent(50)));

    assertThatThrownBy(() -> fleet.outlook(1))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("the last stage leaves devices out");
  }

  @Test
  void runsAndRateHaveLimits() {
    Recording recording = fleet.recording();
    assertThatThrownBy(() -> new Rehearsal(recording, 0, 1, Rehearsal.RATE))
        .hasMessageContaining("number of runs");
    assertThatThrownBy(() -> new Rehearsal(recording, 10_001, 1, Rehearsal.RATE))
        .hasMessageContaining("number of runs");
    assertThatThrownBy(() -> new Rehearsal(recording, 1, 1, new DataSize(0)))
        .hasMessageContaining("rate");
  }

  private void onOneSite(
      Optional<DataSize> rate, Optional<DataSize> budget, OptionalInt downloads) {
    fleet.devices.clear();
    for (int i = 0; i < 6; i++) {
      fleet.add(Map.of("site", "oslo"), Fleets.past(20), Optional.empty());
    }
    fleet.stages = List.of(Fleets.stage("all", new RolloutSpec.Percent(100)));
    var site = new Limits.Site(downloads, rate, budget, Optional.empty(), 1);
    fleet.limits =
        new Limits(Limits.Server.NONE, Map.of("oslo", site), Limits.Site.NONE, Optional.empty());
  }

  static Baseline halfADay() {
    Baseline two = Fleets.past(20);
    return new Baseline(two.requests(), two.errors(), two.latency(), Duration.ofHours(12));
  }

  private static Delivery delivered(boolean unmetered, Optional<DailyWindow> activate) {
    return new Delivery(
        Delivery.DeltaUse.PREFER,
        true,
        unmetered,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        activate);
  }

  static Timing deadline(Duration most) {
    Timing d = Timing.DEFAULT;
    return new Timing(
        d.window(),
        d.heartbeat(),
        d.silence(),
        d.minRequests(),
        d.minReportingPercent(),
        d.baselineRequests(),
        d.baselineAge(),
        d.warmUp(),
        most,
        d.retryAfter(),
        d.deviceDeadline(),
        d.retries());
  }

  private static Restraint restraint(Restraint.Kind kind, Optional<DeviceId> device, Instant end) {
    return new Restraint(
        kind,
        Optional.empty(),
        device,
        Optional.empty(),
        Fleets.NOON.minus(Duration.ofHours(1)),
        Optional.of(end),
        "for a test");
  }

  private static Outlook.Fault fault(Outlook outlook, Hypothesis hypothesis) {
    return outlook.faults().stream()
        .filter(f -> f.hypothesis() == hypothesis)
        .findFirst()
        .orElseThrow();
  }
}
