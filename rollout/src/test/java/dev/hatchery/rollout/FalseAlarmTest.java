package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.rollout.Simulated.Merged;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How often a rollout would be aborted although no device is worse than its limit: at most alpha,
 * however often it is looked at (gates reference, section 7). Fixed seeds; 5 canaries, 20 requests
 * each per look, 60 looks, as there.
 */
final class FalseAlarmTest {
  private static final int DEVICES = 5;
  private static final int LOOKS = 60;
  private static final int PER_LOOK = 20;
  private static final int LATENCY_LOOKS = 300;

  /** Three standard errors above alpha, since the rate is an estimate. */
  private static void assertAtMost(double alpha, String what, int runs, double rate) {
    Simulated.figure("false alarms, " + what, rate + " of " + runs);
    assertThat(rate).isLessThanOrEqualTo(alpha + 3 * Math.sqrt(alpha * (1 - alpha) / runs));
  }

  private static boolean alarms(Random random, double[] truth, double[] p0, double threshold) {
    var merged = new Merged(p0);
    for (int look = 0; look < LOOKS; look++) {
      for (int d = 0; d < truth.length; d++) {
        merged.add(d, PER_LOOK, Simulated.bad(random, PER_LOOK, truth[d]));
      }
      if (merged.reaches(threshold, truth.length)) return true;
    }
    return false;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.05})
  void devicesExactlyAtTheErrorLimitRarelyAbort(double alpha) {
    int runs = 1000;
    double[] limit = {0.05, 0.05, 0.05, 0.05, 0.05};
    double rate = Simulated.rate(runs, r -> alarms(r, limit, limit, 1 / alpha));
    assertAtMost(alpha, "5% errors at limit 5%, alpha " + alpha, runs, rate);
  }

  // What the e-process is for: the usual test, looked at as often, is wrong far more often.
  @Test
  void theUsualTestLookedAtAsOftenIsWrongFarMoreOften() {
    int runs = 1000;
    double rate =
        Simulated.rate(
            runs,
            random -> {
              long n = 0;
              long k = 0;
              for (int look = 0; look < LOOKS; look++) {
                n += DEVICES * PER_LOOK;
                k += Simulated.bad(random, DEVICES * PER_LOOK, 0.05);
                if ((k - 0.05 * n) / Math.sqrt(n * 0.05 * 0.95) > 2.326) return true;
              }
              return false;
            });
    Simulated.figure("false alarms, naive z-test, alpha 0.01", rate + " of " + runs);
    assertThat(rate).isGreaterThan(0.05);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.05})
  void devicesThatJoinWithLaterStagesDoNotSpoilIt(double alpha) {
    int runs = 1000;
    double rate = Simulated.rate(runs, random -> alarmsInStages(random, 1 / alpha));
    assertAtMost(alpha, "5% errors at limit 5% in stages, alpha " + alpha, runs, rate);
  }

  // As many as may be broken whatever the release; all others lie exactly on the limit.
  @Test
  void theFewBrokenDevicesOfALargeStageDoNotAbort() {
    int runs = 200;
    int devices = 100;
    int broken = FleetRules.allowed(devices);
    double rate =
        Simulated.rate(
            runs,
            random -> {
              var merged = Merged.of(devices, 0.05);
              for (int look = 0; look < LOOKS; look++) {
                for (int d = 0; d < devices; d++) {
                  double share = d < broken ? 0.5 : 0.05;
                  merged.add(d, PER_LOOK, Simulated.bad(random, PER_LOOK, share));
                }
                if (merged.reachesWithout(broken, 100)) return true;
              }
              return false;
            });
    assertAtMost(0.01, "2 of 100 broken, the others at the limit", runs, rate);
  }

  private static boolean alarmsInStages(Random random, double threshold) {
    var merged = Merged.of(40, 0.05);
    int[] sizes = {5, 10, 20, 40};
    for (int stage = 0; stage < sizes.length; stage++) {
      int size = sizes[stage];
      merged.stage(stage, sizes.length);
      for (int look = 0; look < 15; look++) {
        for (int d = 0; d < size; d++) {
          merged.add(d, PER_LOOK, Simulated.bad(random, PER_LOOK, 0.05));
        }
        if (merged.reaches(threshold, size)) return true;
      }
    }
    return false;
  }

  // Devices differ: each has a share of its own. Against its own past that does no harm, at the
  // boundary included (gates reference, section 2).
  @ParameterizedTest
  @CsvSource({"0, 1", "0.01, 1", "0.05, 1", "0, 1.5", "0.01, 1.5", "0.05, 1.5"})
  void devicesThatDifferDoNotAbortAgainstTheirOwnPast(double icc, double factor) {
    int runs = 300;
    var limit = new Limit.ErrorRatio(1.5, 0.01, 2000, Duration.ZERO);
    double rate =
        Simulated.rate(
            runs,
            random -> {
              double[] truth = new double[DEVICES];
              double[] p0 = new double[DEVICES];
              for (int d = 0; d < DEVICES; d++) {
                double own = Simulated.ownShare(random, 0.02, icc);
                long errors = Simulated.bad(random, 2000, own);
                var past = new Baseline(2000, errors, LatencyHistogram.EMPTY, Duration.ofDays(1));
                p0[d] = limit.on(past).orElseThrow().p0();
                truth[d] = factor * own;
              }
              return alarms(random, truth, p0, limit.threshold());
            });
    assertAtMost(0.01, "errors x" + factor + " of own past, ICC " + icc, runs, rate);
  }

  // At 1.5 the new p95 lies exactly on the limit, estimated past and buckets included.
  @ParameterizedTest
  @ValueSource(doubles = {1, 1.3, 1.5})
  void latencyWithinTheRatioDoesNotAbort(double factor) {
    int runs = 400;
    var limit = new Limit.LatencyRatio("latency-p95", 0.95, 1.5, 0.01, 2000, Duration.ZERO);
    double rate = Simulated.rate(runs, random -> slowAlarms(random, limit, factor, 0));
    assertAtMost(0.01, "latency x" + factor + " of own past at ratio 1.5", runs, rate);
  }

  @Test
  void latencyThatJittersFromWindowToWindowDoesNotAbort() {
    int runs = 400;
    var limit = new Limit.LatencyRatio("latency-p95", 0.95, 1.5, 0.01, 2000, Duration.ZERO);
    double rate = Simulated.rate(runs, random -> slowAlarms(random, limit, 1, 0.2));
    assertAtMost(0.01, "latency unchanged, jitter 20% a window", runs, rate);
  }

  private static boolean slowAlarms(
      Random random, Limit.LatencyRatio limit, double factor, double jitter) {
    double[] medians = new double[DEVICES];
    Yardstick[] yardsticks = new Yardstick[DEVICES];
    for (int d = 0; d < DEVICES; d++) {
      medians[d] = 0.010 * Math.exp(0.4 * random.nextGaussian());
      yardsticks[d] = limit.on(Simulated.past(random, medians[d], 2000)).orElseThrow();
    }
    var merged = Merged.of(DEVICES, 1 - limit.quantile());
    for (int look = 0; look < LATENCY_LOOKS; look++) {
      for (int d = 0; d < DEVICES; d++) {
        double median = medians[d] * factor * Math.exp(jitter * random.nextGaussian());
        var window = Simulated.window(Simulated.latency(random, median));
        Tally trial = yardsticks[d].trials().apply(window);
        merged.add(d, trial.n(), trial.k());
      }
      if (merged.reaches(limit.threshold(), DEVICES)) return true;
    }
    return false;
  }
}
