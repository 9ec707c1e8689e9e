package dev.hatchery.pipeline.optimise;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.pipeline.data.Samples;
import dev.hatchery.pipeline.graph.Model;
import dev.hatchery.runner.ort.Computation;
import dev.hatchery.runner.ort.Values;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Between which numbers the activations of a model lie on calibration data. */
final class Ranges {
  private static final int BINS = 2048;

  private final Map<String, Range> ranges;

  /** Where one activation lies. */
  record Range(float least, float most) {}

  private Ranges(Map<String, Range> ranges) {
    this.ranges = ranges;
  }

  Range of(String value) {
    Range range = ranges.get(value);
    if (range == null) throw new IllegalArgumentException("not calibrated: " + value);
    return range;
  }

  /**
   * Runs the model on each sample, one at a time.
   *
   * @param values inputs, and outputs of nodes, that are tensors of floats
   * @throws Refusal with {@link Code#BAD_INPUT} where an activation is not finite
   */
  static Ranges measure(Model model, Set<String> values, Samples samples, Calibration how) {
    Model revealing = model.copy();
    Set<String> given = new HashSet<>();
    revealing.inputs().forEach(port -> given.add(port.name()));
    values.stream().filter(v -> !given.contains(v)).sorted().forEach(revealing::reveal);
    try (Computation computation = Computation.load(revealing.bytes())) {
      Map<String, Ends> ends = new HashMap<>();
      values.forEach(value -> ends.put(value, new Ends()));
      each(computation, samples, values, (value, seen) -> known(ends, value).widen(value, seen));
      if (how == Calibration.MIN_MAX) return new Ranges(ranges(ends));
      Map<String, Histogram> histograms = new HashMap<>();
      ranges(ends).forEach((value, range) -> histograms.put(value, new Histogram(range)));
      each(computation, samples, values, (value, seen) -> known(histograms, value).add(seen));
      Map<String, Range> inner = new HashMap<>();
      histograms.forEach((value, histogram) -> inner.put(value, histogram.inner()));
      return new Ranges(inner);
    }
  }

  private static <T> T known(Map<String, T> values, String value) {
    return Objects.requireNonNull(values.get(value));
  }

  @FunctionalInterface
  private interface Use {
    void on(String value, float[] seen);
  }

  private static void each(Computation computation, Samples samples, Set<String> values, Use use) {
    for (int i = 0; i < samples.count(); i++) {
      Map<String, Values> sample = samples.sample(i);
      Map<String, Values> answer = computation.run(sample);
      for (String value : values) {
        Optional<Values> seen =
            Optional.ofNullable(sample.get(value)).or(() -> Optional.ofNullable(answer.get(value)));
        seen.flatMap(Values::floats).ifPresent(floats -> use.on(value, floats));
      }
    }
  }

  private static Map<String, Range> ranges(Map<String, Ends> ends) {
    Map<String, Range> ranges = new HashMap<>();
    ends.forEach((value, e) -> ranges.put(value, new Range(e.least, e.most)));
    return ranges;
  }

  /** The least and most so far; zero is always between them. */
  private static final class Ends {
    float least;
    float most;

    void widen(String value, float[] seen) {
      for (float x : seen) {
        if (!Float.isFinite(x)) {
          throw Refusal.of(Code.BAD_INPUT, "the model gives no number on calibration data")
              .at(value)
              .expected("finite numbers")
              .got(x);
        }
        least = Math.min(least, x);
        most = Math.max(most, x);
      }
    }
  }

  /** How often which value was seen, in bins of one width. */
  private static final class Histogram {
    private static final double OUTSIDE = 1e-4;
    private final Range range;
    private final long[] counts = new long[BINS];
    private long total;

    Histogram(Range range) {
      this.range = range;
    }

    private double width() {
      return ((double) range.most - range.least) / BINS;
    }

    void add(float[] seen) {
      for (float x : seen) {
        int bin = width() == 0 ? 0 : (int) ((x - range.least) / width());
        counts[Math.clamp(bin, 0, BINS - 1)]++;
      }
      total += seen.length;
    }

    // Half of what is left out at either end, and zero stays inside.
    Range inner() {
      double cut = total * OUTSIDE / 2;
      int low = 0;
      for (double below = counts[0]; below <= cut && low < BINS - 1; below += counts[++low]) {}
      int high = BINS - 1;
      for (double above = counts[high]; above <= cut && high > low; above += counts[--high]) {}
      float least = (float) (range.least + low * width());
      float most = (float) (range.least + (high + 1) * width());
      return new Range(Math.min(0, least), Math.max(0, most));
    }
  }

  /** The names for which there are ranges. */
  List<String> names() {
    return ranges.keySet().stream().sorted().toList();
  }
}
