package dev.hatchery.core;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * How long requests took, in buckets that grow by a tenth: bucket i holds latencies in (bound(i-1),
 * bound(i)], with bound(i) = 0.1 ms × 1.1^i; the last bucket holds all that is longer. Merging
 * loses nothing, and a quantile is wrong by at most one bucket, so by at most 10%.
 *
 * @param counts bucket to number of requests; empty buckets are absent
 */
public record LatencyHistogram(Map<Integer, Long> counts) {
  public static final int BUCKETS = 147;
  private static final double FIRST_SECONDS = 1e-4;

  /** By how much a bucket's bound lies above the one before. */
  public static final double GROWTH = 1.1;

  public static final LatencyHistogram EMPTY = new LatencyHistogram(Map.of());

  public LatencyHistogram {
    counts.forEach(
        (bucket, n) -> {
          if (bucket < 0 || bucket >= BUCKETS || n < 1) {
            throw Refusal.of(Code.BAD_INPUT, "this is not a latency histogram")
                .expected("buckets 0 to " + (BUCKETS - 1) + " with counts of 1 or more")
                .got(bucket + ":" + n);
          }
        });
    counts = Collections.unmodifiableMap(new TreeMap<>(counts));
  }

  /** The upper bound of a bucket, in seconds; infinite for the last. */
  public static double bound(int bucket) {
    return bucket >= BUCKETS - 1
        ? Double.POSITIVE_INFINITY
        : FIRST_SECONDS * Math.pow(GROWTH, bucket);
  }

  /** The bucket that holds a latency. */
  public static int bucketOf(double seconds) {
    if (!(seconds > FIRST_SECONDS)) return 0;
    int near = (int) Math.ceil(Math.log(seconds / FIRST_SECONDS) / Math.log(GROWTH) - 1e-9);
    return Math.clamp(near, 0, BUCKETS - 1);
  }

  public LatencyHistogram plus(LatencyHistogram other) {
    Map<Integer, Long> sum = new TreeMap<>(counts);
    other.counts.forEach((bucket, n) -> sum.merge(bucket, n, Math::addExact));
    return new LatencyHistogram(sum);
  }

  public long total() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How many took longer; those of a bucket that straddles the limit are counted among them. */
  public long longerThan(double seconds) {
    long longer = 0;
    for (var entry : counts.entrySet())
      if (bound(entry.getKey()) > seconds) longer += entry.getValue();
    return longer;
  }

  /**
   * The bucket of the request at this rank, counted from 1 in rising order; empty when there are
   * fewer.
   */
  public OptionalInt bucketAtRank(long rank) {
    long seen = 0;
    for (var entry : counts.entrySet()) {
      seen += entry.getValue();
      if (rank >= 1 && seen >= rank) return OptionalInt.of(entry.getKey());
    }
    return OptionalInt.empty();
  }

  /**
   * The quantile in seconds, placed within its bucket as if the bucket were evenly full on the log
   * scale: an estimate, where {@link #quantile} is a bound. NaN when there is no request, infinite
   * in the last, open bucket.
   */
  public double estimate(double q) {
    double rank = q * total();
    double seen = 0;
    for (var entry : counts.entrySet()) {
      long n = entry.getValue();
      if (seen + n >= rank) {
        double within = Math.clamp((rank - seen) / n, 0, 1);
        return bound(entry.getKey()) * Math.pow(GROWTH, within - 1);
      }
      seen += n;
    }
    return Double.NaN;
  }

  /**
   * The upper bound, in seconds, of the bucket that holds the quantile; NaN when there is no
   * request.
   */
  public double quantile(double q) {
    var bucket = bucketAtRank(Math.max(1, (long) Math.ceil(q * total())));
    return bucket.isPresent() ? bound(bucket.getAsInt()) : Double.NaN;
  }
}
