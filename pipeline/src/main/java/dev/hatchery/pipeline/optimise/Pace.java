package dev.hatchery.pipeline.optimise;

import dev.hatchery.runner.ort.Computation;
import dev.hatchery.runner.ort.Values;
import java.util.Arrays;
import java.util.Map;

/**
 * How long two models take for the same input, measured in turn (reference, section 6), so that
 * what else the machine does slows both. It says nothing of another kind of processor.
 *
 * @param beforeNanos and {@code afterNanos}: medians
 */
public record Pace(long beforeNanos, long afterNanos) {
  private static final int WARM_UP = 20;
  private static final int TIMED = 100;

  static Pace of(Computation before, Computation after, Map<String, Values> sample) {
    long[] one = new long[TIMED];
    long[] other = new long[TIMED];
    for (int i = -WARM_UP; i < TIMED; i++) {
      long left = nanos(before, sample);
      long right = nanos(after, sample);
      if (i < 0) continue;
      one[i] = left;
      other[i] = right;
    }
    return new Pace(median(one), median(other));
  }

  private static long nanos(Computation model, Map<String, Values> sample) {
    long from = System.nanoTime();
    model.run(sample);
    return System.nanoTime() - from;
  }

  private static long median(long[] times) {
    Arrays.sort(times);
    return times[times.length / 2];
  }

  /** Below 1 the model has become faster. */
  public double ratio() {
    return (double) afterNanos / Math.max(1, beforeNanos);
  }
}
