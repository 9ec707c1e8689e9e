package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.rollout.Simulated.Merged;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How soon a release that is worse than its limit on all of 5 canaries is found. Fixed seeds. */
final class PowerTest {
  private static final int DEVICES = 5;
  private static final int RUNS = 300;
  private static final int GIVEN_UP = 5000;

  private static int[] sorted(String what, ToIntFunction<Random> found) {
    int[] trials = new int[RUNS];
    for (int run = 0; run < RUNS; run++) trials[run] = found.applyAsInt(new Random(70_000L + run));
    Arrays.sort(trials);
    Simulated.figure(
        "found, " + what, "median " + trials[RUNS / 2] + ", 90% " + trials[RUNS * 9 / 10]);
    return trials;
  }

  // Thinned requests per device, one a window (gates reference, section 3, instance C).
  @ParameterizedTest
  @CsvSource({"2, 25, 50", "3, 8, 12"})
  void aSlowReleaseIsFound(double factor, int median, int ninetyPercent) {
    var limit = new Limit.LatencyRatio("latency-p95", 0.95, 1.5, 0.01, 2000, Duration.ZERO);
    int[] found = sorted("latency x" + factor, random -> slow(random, limit, factor));
    assertThat(found[RUNS / 2]).isLessThanOrEqualTo(median);
    assertThat(found[RUNS * 9 / 10]).isLessThanOrEqualTo(ninetyPercent);
  }

  private static int slow(Random random, Limit.LatencyRatio limit, double factor) {
    Yardstick[] yardsticks = new Yardstick[DEVICES];
    double[] medians = new double[DEVICES];
    for (int d = 0; d < DEVICES; d++) {
      medians[d] = 0.010 * Math.exp(0.4 * random.nextGaussian());
      yardsticks[d] = limit.on(Simulated.past(random, medians[d], 2000)).orElseThrow();
    }
    var merged = Merged.of(DEVICES, 1 - limit.quantile());
    for (int trials = 1; trials < GIVEN_UP; trials++) {
      for (int d = 0; d < DEVICES; d++) {
        var window = Simulated.window(Simulated.latency(random, medians[d] * factor));
        Tally trial = yardsticks[d].trials().apply(window);
        merged.add(d, trial.n(), trial.k());
      }
      if (merged.reaches(limit.threshold(), DEVICES)) return trials;
    }
    return GIVEN_UP;
  }

  // Requests per device, limit 5%.
  @ParameterizedTest
  @CsvSource({"0.2, 40, 60", "0.1, 160, 270", "0.5, 10, 12"})
  void failingRequestsAreFound(double share, int median, int ninetyPercent) {
    int[] found = sorted("errors " + share, random -> failing(random, share, 0.05, 100));
    assertThat(found[RUNS / 2]).isLessThanOrEqualTo(median);
    assertThat(found[RUNS * 9 / 10]).isLessThanOrEqualTo(ninetyPercent);
  }

  // Two stages have passed with 4000 good requests a device; with the third, a fifth fails. What
  // all
  // trials together say would need hundreds.
  @Test
  void aFaultThatBeginsInTheThirdStageIsFoundByItsOwnTrials() {
    int[] found = sorted("errors 0.2 from stage 3 on", random -> late(random, true));
    int[] without = sorted("errors 0.2 from stage 3 on, all trials", random -> late(random, false));
    assertThat(found[RUNS / 2]).isLessThanOrEqualTo(60);
    assertThat(found[RUNS * 9 / 10]).isLessThanOrEqualTo(100);
    assertThat(without[RUNS / 2]).isGreaterThan(5 * found[RUNS / 2]);
  }

  private static int late(Random random, boolean mixed) {
    var merged = Merged.of(DEVICES, 0.05);
    for (int d = 0; d < DEVICES; d++) merged.add(d, 4000, Simulated.bad(random, 4000, 0.005));
    if (mixed) merged.stage(2, 4);
    for (int trials = 1; trials < GIVEN_UP; trials++) {
      for (int d = 0; d < DEVICES; d++) merged.add(d, 1, Simulated.bad(random, 1, 0.2));
      if (merged.reaches(100, DEVICES)) return trials;
    }
    return GIVEN_UP;
  }

  // Own past 1% of 2000; five times as many now (gates reference, section 3, instance B).
  @ParameterizedTest
  @CsvSource({"0.05, 500, 800", "0.2, 50, 80"})
  void moreErrorsThanItsOwnPastAreFound(double share, int median, int ninetyPercent) {
    var limit = new Limit.ErrorRatio(1.5, 0.01, 2000, Duration.ZERO);
    var past = new Baseline(2000, 20, LatencyHistogram.EMPTY, Duration.ofDays(1));
    double p0 = limit.on(past).orElseThrow().p0();
    int[] found =
        sorted(
            "errors " + share + " against 1%",
            random -> failing(random, share, p0, limit.threshold()));
    assertThat(found[RUNS / 2]).isLessThanOrEqualTo(median);
    assertThat(found[RUNS * 9 / 10]).isLessThanOrEqualTo(ninetyPercent);
  }

  private static int failing(Random random, double share, double p0, double threshold) {
    var merged = Merged.of(DEVICES, p0);
    for (int trials = 1; trials < GIVEN_UP; trials++) {
      for (int d = 0; d < DEVICES; d++) merged.add(d, 1, Simulated.bad(random, 1, share));
      if (merged.reaches(threshold, DEVICES)) return trials;
    }
    return GIVEN_UP;
  }
}
