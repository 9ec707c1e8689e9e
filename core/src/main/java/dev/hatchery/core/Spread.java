package dev.hatchery.core;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * How a metric's readings are spread, in buckets that grow by 2% away from zero on both sides;
 * bucket 0 holds what is smaller than a millionth. Merging loses nothing, and a value is wrong by
 * at most one bucket.
 *
 * @param counts bucket to number of readings; empty buckets are absent
 */
public record Spread(Map<Integer, Long> counts) {
  private static final double SMALLEST = 1e-6;
  private static final double GROWTH = 1.02;

  /** Holds 1e12, the largest reading there is. */
  static final int LAST = 2093;

  public static final Spread EMPTY = new Spread(Map.of());

  public Spread {
    counts.forEach(
        (bucket, n) -> {
          if (Math.abs(bucket) > LAST || n < 1) {
            throw Refusal.of(Code.BAD_INPUT, "this is not a spread of readings")
                .expected("buckets -" + LAST + " to " + LAST + " with counts of 1 or more")
                .got(bucket + ":" + n);
          }
        });
    counts = Collections.unmodifiableMap(new TreeMap<>(counts));
  }

  public static Spread of(double value) {
    return new Spread(Map.of(bucketOf(value), 1L));
  }

  /** The bucket that holds a value. */
  public static int bucketOf(double value) {
    double size = Math.abs(value);
    if (!(size > SMALLEST)) return 0;
    int bucket = (int) Math.ceil(Math.log(size / SMALLEST) / Math.log(GROWTH) - 1e-9);
    return (int) Math.signum(value) * Math.clamp(bucket, 1, LAST);
  }

  /** The largest value of a bucket. */
  public static double highest(int bucket) {
    if (bucket == 0) return SMALLEST;
    return bucket > 0 ? edge(bucket) : -edge(-bucket - 1);
  }

  /** The smallest value of a bucket. */
  public static double lowest(int bucket) {
    return -highest(-bucket);
  }

  private static double edge(int bucket) {
    return SMALLEST * Math.pow(GROWTH, bucket);
  }

  public Spread plus(Spread other) {
    Map<Integer, Long> sum = new TreeMap<>(counts);
    other.counts.forEach((bucket, n) -> sum.merge(bucket, n, Math::addExact));
    return new Spread(sum);
  }

  public long total() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How many readings were surely above this value: those of buckets that lie above it whole. */
  public long above(double value) {
    return counts.entrySet().stream()
        .filter(e -> lowest(e.getKey()) >= value)
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** How many were surely below it. */
  public long below(double value) {
    return counts.entrySet().stream()
        .filter(e -> highest(e.getKey()) <= value)
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** The bucket of the reading at this rank, counted from 1 in rising order. */
  public OptionalInt bucketAtRank(long rank) {
    long seen = 0;
    for (var entry : counts.entrySet()) {
      seen += entry.getValue();
      if (rank >= 1 && seen >= rank) return OptionalInt.of(entry.getKey());
    }
    return OptionalInt.empty();
  }
}
