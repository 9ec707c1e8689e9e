package dev.hatchery.lab.rehearsal;

import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.lab.chance.Chance;
import dev.hatchery.rollout.Baseline;
import dev.hatchery.rollout.Duty;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a device has to do, as its past says: how often, how well and how fast. */
final class Workload {
  private static final int HOURS = 7 * 24;

  /** Buckets further than so many deviations from the median are empty. */
  private static final double FARTHEST = 4;

  private static final long ASSUMED_TOTAL = 10_000;

  private final double requestsPerMinute;
  private final long requests;
  private final long errors;
  private final int[] buckets;
  private final long[] upTo;

  private Workload(double requestsPerMinute, long requests, long errors, LatencyHistogram latency) {
    this.requestsPerMinute = requestsPerMinute;
    this.requests = requests;
    this.errors = errors;
    buckets = latency.counts().keySet().stream().mapToInt(Integer::intValue).toArray();
    upTo = latency.counts().values().stream().mapToLong(Long::longValue).toArray();
    Arrays.parallelPrefix(upTo, Long::sum);
  }

  /**
   * Of a device with this past.
   *
   * @param awake the share of the week in which the device is awake: its requests came then
   */
  static Workload of(Baseline past, double awake) {
    double minutes = past.span().toMillis() / 60_000.0;
    return new Workload(
        past.requests() / (minutes * awake), past.requests(), past.errors(), past.latency());
  }

  /** Whether a past says enough to be a workload. */
  static boolean says(Baseline past) {
    return past.requests() > 0 && past.latency().total() > 0 && past.span().isPositive();
  }

  /** Where nothing is known of any device. */
  static Workload assumed() {
    Map<Integer, Long> counts = new TreeMap<>();
    double below = 0;
    int first = LatencyHistogram.bucketOf(Assumed.MEDIAN * Math.exp(-FARTHEST * Assumed.SIGMA));
    int last = LatencyHistogram.bucketOf(Assumed.MEDIAN * Math.exp(FARTHEST * Assumed.SIGMA));
    for (int i = first; i <= last; i++) {
      double z = Math.log(LatencyHistogram.bound(i) / Assumed.MEDIAN) / Assumed.SIGMA;
      long n = Math.round(ASSUMED_TOTAL * (Chance.below(z) - below));
      if (n > 0) counts.put(i, n);
      below = Chance.below(z);
    }
    var latency = new LatencyHistogram(counts);
    long total = latency.total();
    return new Workload(Assumed.REQUESTS, total, Math.round(total * Assumed.ERRORS), latency);
  }

  /** The share of the week in which a device is awake. */
  static double awake(Optional<Duty> duty, Instant from) {
    if (duty.isEmpty()) return 1;
    int hours = 0;
    for (int hour = 0; hour < HOURS; hour++) {
      Instant at = from.plus(Duration.ofMinutes(60L * hour + 30));
      if (!duty.get().asleep(at)) hours++;
    }
    return Math.max(1, hours) / (double) HOURS;
  }

  double requestsPerMinute() {
    return requestsPerMinute;
  }

  /** The share that fails, as far as so many requests can tell it: Jeffreys' posterior. */
  double errorShare(Chance chance) {
    return chance.beta((errors + 0.5) / (requests + 1.0), 1 / (requests + 2.0));
  }

  /** The latency bucket of one request. */
  int bucket(Chance chance) {
    long rank = 1 + (long) (chance.share() * upTo[upTo.length - 1]);
    int found = Arrays.binarySearch(upTo, rank);
    return buckets[found >= 0 ? found : -found - 1];
  }

  /**
   * A past that has gone on under the release before.
   *
   * @param known what is on record of the device itself
   * @param awake for how long it has worked since
   */
  Baseline grown(Baseline known, Duration awake, Duration elapsed) {
    long more = Math.round(requestsPerMinute * awake.toMillis() / 60_000.0);
    if (more == 0) return known;
    double factor = (known.requests() + more) / (double) requests;
    Map<Integer, Long> counts = new TreeMap<>();
    long total = 0;
    for (int i = 0; i < buckets.length; i++) {
      long n = Math.round(factor * (upTo[i] - (i == 0 ? 0 : upTo[i - 1])));
      if (n > 0) counts.put(buckets[i], n);
      total += n;
    }
    long failed = Math.min(total, Math.round(factor * errors));
    return new Baseline(total, failed, new LatencyHistogram(counts), known.span().plus(elapsed));
  }
}
