package dev.hatchery.lab.rehearsal;

import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.lab.chance.Chance;
import java.util.Map;
import java.util.TreeMap;

/** What a device's service does on the target: its workload, and the harm that the release does. */
final class Service {
  private static final double FIFTH = 0.2;

  /** Intra-class correlation of the harmed devices' shares of errors, as in docs/gates.md. */
  private static final double ICC = 0.01;

  /** Requests of a window that are drawn one by one. */
  private static final int DRAWN = 50;

  /** So many buckets are twice as long. */
  private static final double TWICE = Math.log(2) / Math.log(1.1);

  private final Workload workload;
  private final Chance chance;
  private final double errors;
  private final boolean slow;

  Service(Workload workload, Hypothesis.Harm harm, Chance chance) {
    this.workload = workload;
    this.chance = chance;
    double own = workload.errorShare(chance);
    slow = harm == Hypothesis.Harm.SLOW;
    errors =
        switch (harm) {
          case NONE, SLOW, CRASHES -> own;
          case ERRORS -> 1 - (1 - own) * (1 - chance.beta(FIFTH, ICC));
        };
  }

  int requests(double minutes) {
    double mean = workload.requestsPerMinute() * minutes;
    return (int) Math.min(Integer.MAX_VALUE, chance.poisson(mean));
  }

  int errors(int requests) {
    return chance.binomial(requests, errors);
  }

  /** Of all requests of a window; of many, each drawn one stands for several. */
  LatencyHistogram latency(int requests) {
    Map<Integer, Long> counts = new TreeMap<>();
    int each = Math.ceilDiv(Math.max(1, requests), DRAWN);
    for (int left = requests; left > 0; left -= each) {
      counts.merge(sample(), (long) Math.min(each, left), Long::sum);
    }
    return new LatencyHistogram(counts);
  }

  /** The latency bucket of one request drawn by lot. */
  int sample() {
    int bucket = workload.bucket(chance);
    if (!slow) return bucket;
    // Where in its bucket a latency lies is not on record.
    double longer = bucket - chance.share() + TWICE;
    return Math.clamp((long) Math.ceil(longer), 0, LatencyHistogram.BUCKETS - 1);
  }
}
