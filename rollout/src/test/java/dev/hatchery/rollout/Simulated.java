package dev.hatchery.rollout;

import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Window;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.commons.statistics.distribution.BetaDistribution;

/** What devices would measure, by fixed seeds: binomial errors, log-normal latencies. */
final class Simulated {
  /** Spread of a device's latencies, on the log scale (gates reference, section 3). */
  static final double SIGMA = 0.3;

  private Simulated() {}

  /** The share of runs in which the thing happens. */
  static double rate(int runs, Predicate<Random> happens) {
    int times = 0;
    for (int run = 0; run < runs; run++) if (happens.test(new Random(900_000L + run))) times++;
    return times / (double) runs;
  }

  /** Shows a measured figure where the build is run with {@code -Dfigures=true}. */
  static void figure(String what, Object value) {
    if (Boolean.getBoolean("figures")) System.out.println(what + ": " + value);
  }

  static long bad(Random random, int n, double share) {
    long k = 0;
    for (int i = 0; i < n; i++) if (random.nextDouble() < share) k++;
    return k;
  }

  /** A device's own share, where devices differ with this intra-class correlation. */
  static double ownShare(Random random, double mean, double icc) {
    if (icc == 0) return mean;
    double scale = (1 - icc) / icc;
    return BetaDistribution.of(mean * scale, (1 - mean) * scale)
        .inverseCumulativeProbability(Math.max(1e-9, random.nextDouble()));
  }

  static double latency(Random random, double median) {
    return median * Math.exp(SIGMA * random.nextGaussian());
  }

  static Baseline past(Random random, double median, int n) {
    Map<Integer, Long> buckets = new TreeMap<>();
    for (int i = 0; i < n; i++) {
      buckets.merge(LatencyHistogram.bucketOf(latency(random, median)), 1L, Long::sum);
    }
    return new Baseline(n, 0, new LatencyHistogram(buckets), Duration.ofDays(1));
  }

  /** A window whose one sampled request took so long. */
  static Window window(double seconds) {
    return new Window(
        Specs.SLOT,
        Specs.NEW,
        0,
        Specs.T0,
        Duration.ofSeconds(2),
        true,
        20,
        20,
        0,
        0,
        LatencyHistogram.EMPTY,
        OptionalInt.of(LatencyHistogram.bucketOf(seconds)));
  }

  /** Devices' e-processes, merged. */
  static final class Merged {
    private final EProcess[] processes;
    private final Tally[] tallies;
    private final Tally[] inStage;
    private Optional<Mixture> mixture = Optional.empty();

    Merged(double... p0) {
      inStage = new Tally[p0.length];
      Arrays.fill(inStage, Tally.NONE);
      processes = Arrays.stream(p0).mapToObj(EProcess::new).toArray(EProcess[]::new);
      tallies = new Tally[p0.length];
      Arrays.fill(tallies, Tally.NONE);
    }

    static Merged of(int devices, double p0) {
      double[] all = new double[devices];
      Arrays.fill(all, p0);
      return new Merged(all);
    }

    void add(int device, long n, long k) {
      tallies[device] = tallies[device].plus(n, k);
      inStage[device] = inStage[device].plus(n, k);
    }

    /** From now on this stage runs, and its own trials count beside all of them. */
    void stage(int stage, int stages) {
      mixture = Optional.of(new Mixture(stage, stages));
      Arrays.fill(inStage, Tally.NONE);
    }

    private double logE(int d) {
      double all = processes[d].logE(tallies[d]);
      return mixture.map(m -> m.logE(all, processes[d].logE(inStage[d]))).orElse(all);
    }

    /** Whether the mean without the worst so many has reached the threshold. */
    boolean reachesWithout(int worst, double threshold) {
      double[] logs = new double[tallies.length];
      for (int d = 0; d < logs.length; d++) logs[d] = logE(d);
      return EProcess.logMean(logs, worst) >= Math.log(threshold);
    }

    /** Whether the mean over the first so many devices has reached the threshold. */
    boolean reaches(double threshold, int devices) {
      double[] logs = new double[devices];
      for (int d = 0; d < devices; d++) logs[d] = logE(d);
      return EProcess.logMean(logs) >= Math.log(threshold);
    }
  }
}
