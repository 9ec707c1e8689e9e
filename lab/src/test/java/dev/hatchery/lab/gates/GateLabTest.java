package dev.hatchery.lab.gates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Which way each scenario goes, over so many rollouts as a fast test has time for. */
final class GateLabTest {
  private static final long SEED = 20260301;
  private static final int BAD_RUNS = 100;
  private static final int GOOD_RUNS = 4;

  private final List<String> wrong = new ArrayList<>();
  private final GateLab lab = new GateLab(SEED, wrong::add);

  @ParameterizedTest
  @EnumSource(
      value = Scenario.class,
      names = {"LATENCY2X", "ERRORS10", "ERRORS20", "CRASHLOOP", "SILENT"})
  void aReleaseThatFailsOnAllDevicesIsStoppedInTheCanary(Scenario scenario) {
    Row row = lab.measure(scenario, Kind.HATCHERY, BAD_RUNS);

    assertThat(wrong).isEmpty();
    assertThat(row.aborted()).isEqualTo(BAD_RUNS);
    assertThat(row.devicesOnBadRelease()).isEqualTo(5);
    assertThat(row.stoppedByStage()).containsEntry("0.5", BAD_RUNS).containsEntry("30", BAD_RUNS);
  }

  @Test
  void aFaultOnATenthIsStoppedBeforeMostDevicesHaveIt() {
    Row row = lab.measure(Scenario.FAULT_TENTH, Kind.HATCHERY, BAD_RUNS / 4);

    assertThat(wrong).isEmpty();
    assertThat(row.stoppedByStage()).containsEntry("30", BAD_RUNS / 4);
    assertThat(row.devicesOnBadRelease()).isLessThanOrEqualTo(300);
  }

  @ParameterizedTest
  @EnumSource(
      value = Scenario.class,
      mode = Mode.INCLUDE,
      names = {"HEALTHY", "DUTYCYCLE", "DIURNAL", "HETEROGENEOUS", "AUTOCORRELATED"})
  void aGoodReleaseReachesEveryDevice(Scenario scenario) {
    Row row = lab.measure(scenario, Kind.HATCHERY, GOOD_RUNS);

    assertThat(wrong).isEmpty();
    assertThat(row.completed()).isEqualTo(GOOD_RUNS);
    assertThat(row.devicesOnBadRelease()).isZero();
  }

  @Test
  void aSlowReleaseIsFoundInFewSamples() {
    Row row = lab.measure(Scenario.LATENCY2X, Kind.HATCHERY, BAD_RUNS);

    assertThat(row.requestsPerDevice()).isLessThanOrEqualTo(25);
    assertThat(row.rawRequestsPerDevice()).isGreaterThan(10 * row.requestsPerDevice());
  }

  @Test
  void theOtherGatesWatchTheSameDevices() {
    Fleet fleet = Fleet.of(Scenario.HEALTHY, SEED, 3);
    Device one = fleet.device(17);
    Device same = fleet.device(17);

    assertThat(same.past()).isEqualTo(one.past());
    assertThat(same.measure(30)).isEqualTo(one.measure(30));
  }

  // Requests pooled over devices that differ, looked at every minute: what the engine is there to
  // avoid.
  @Test
  void aNaiveTestAbortsManyGoodReleases() {
    Row naive = lab.measure(Scenario.HEALTHY, Kind.NAIVE_Z, BAD_RUNS);

    assertThat(naive.aborted()).isGreaterThan(BAD_RUNS / 20);
  }

  @Test
  void aGateThatReadsMetricsAloneDoesNotSeeACrashLoop() {
    Row threshold = lab.measure(Scenario.CRASHLOOP, Kind.THRESHOLD, 10);

    assertThat(threshold.heldToDeadline()).isEqualTo(10);
    assertThat(threshold.aborted()).isZero();
  }

  @Test
  void aRunIsTheSameWheneverItIsRun() {
    List<String> once = new ArrayList<>();
    List<String> again = new ArrayList<>();
    new GateLab(SEED, once::add).replay(Scenario.ERRORS20, Kind.HATCHERY, 12);
    new GateLab(SEED, again::add).replay(Scenario.ERRORS20, Kind.HATCHERY, 12);

    assertThat(again).isEqualTo(once);
    assertThat(once.getLast()).contains("--scenario errors20 --seed " + SEED + " --replay 12");
  }
}
