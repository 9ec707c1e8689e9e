package dev.hatchery.lab.gates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The goals for the gates, over many rollouts; three standard errors are granted to chance. */
@Tag("slow")
final class GateGoalsTest {
  private static final long SEED = 42;
  private static final int RUNS = 1000;

  /** Whole rollouts to a thousand devices take the more time, and say the less about each. */
  private static final int GOOD_RUNS = 300;

  private final List<String> wrong = new ArrayList<>();
  private final GateLab lab = new GateLab(SEED, wrong::add);

  private static double slack(double share, int runs) {
    return 3 * Math.sqrt(share * (1 - share) / runs);
  }

  private void assertAtMost(double share, int count, int runs) {
    assertThat(count / (double) runs)
        .as("%s", wrong)
        .isLessThanOrEqualTo(share + slack(share, runs));
  }

  private void assertAtLeast(double share, int count, int runs) {
    assertThat(count / (double) runs)
        .as("%s", wrong)
        .isGreaterThanOrEqualTo(share - slack(share, runs));
  }

  @Test
  void aHealthyReleaseIsRarelyAborted() {
    Row row = lab.measure(Scenario.HEALTHY, Kind.HATCHERY, GOOD_RUNS);

    assertAtMost(0.01, row.aborted(), GOOD_RUNS);
    assertAtLeast(0.98, row.completed(), GOOD_RUNS);
  }

  @ParameterizedTest
  @EnumSource(
      value = Scenario.class,
      mode = Mode.INCLUDE,
      names = {"DUTYCYCLE", "DIURNAL", "HETEROGENEOUS", "AUTOCORRELATED"})
  void aGoodReleaseCompletesOnDifficultFleets(Scenario scenario) {
    int runs = GOOD_RUNS / 3;
    Row row = lab.measure(scenario, Kind.HATCHERY, runs);

    assertAtLeast(0.98, row.completed(), runs);
  }

  @Test
  void twiceTheLatencyIsFoundInFewSamples() {
    Row row = lab.measure(Scenario.LATENCY2X, Kind.HATCHERY, RUNS);

    assertAtLeast(0.99, row.aborted(), RUNS);
    assertThat(row.requestsPerDevice()).isLessThanOrEqualTo(25);
  }

  @Test
  void aFifthOfErrorsIsFoundInFewRequests() {
    Row row = lab.measure(Scenario.ERRORS20, Kind.HATCHERY, RUNS);

    assertAtLeast(0.99, row.aborted(), RUNS);
    assertThat(row.requests()).isLessThanOrEqualTo(200);
  }

  @ParameterizedTest
  @EnumSource(
      value = Scenario.class,
      mode = Mode.INCLUDE,
      names = {"CRASHLOOP", "SILENT"})
  void aReleaseThatFailsEverywhereNeverLeavesTheCanary(Scenario scenario) {
    Row row = lab.measure(scenario, Kind.HATCHERY, RUNS);

    assertThat(row.aborted()).isEqualTo(RUNS);
    assertThat(row.devicesOnBadRelease()).isLessThanOrEqualTo(row.canaries());
  }

  @Test
  void aFaultOnATenthIsStoppedBeforeTheLastStage() {
    Row row = lab.measure(Scenario.FAULT_TENTH, Kind.HATCHERY, GOOD_RUNS);

    assertAtLeast(0.99, row.stoppedByStage().getOrDefault("30", 0), GOOD_RUNS);
  }
}
