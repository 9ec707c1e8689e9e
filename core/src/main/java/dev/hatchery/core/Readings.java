package dev.hatchery.core;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What one window read, one number a metric. What was not read is absent, never 0: a gate must be
 * able to see that it is missing.
 *
 * @param bins how the service's answers fell, once there were enough of them to be compared
 */
public record Readings(Map<Metric, Double> values, Map<Name, Bins> bins) {
  /** A report must stay small, whatever a service tells. */
  public static final int MAX = 32;

  public static final int BINS_MAX = 4;

  public static final Readings NONE = new Readings(Map.of());

  public Readings {
    if (values.size() > MAX) {
      throw Refusal.of(Code.TOO_LARGE, "a window reads too many metrics")
          .expected("at most " + MAX)
          .got(values.size());
    }
    if (bins.size() > BINS_MAX) {
      throw Refusal.of(Code.TOO_LARGE, "a window has too many kinds of bins")
          .expected("at most " + BINS_MAX)
          .got(bins.size());
    }
    bins = Collections.unmodifiableMap(new TreeMap<>(bins));
    values.forEach(
        (metric, value) -> {
          if (!metric.allows(value)) {
            throw Refusal.of(Code.BAD_INPUT, "a metric cannot have this value")
                .at(metric.name())
                .expected(metric.unit())
                .got(value);
          }
        });
    values = Collections.unmodifiableMap(new TreeMap<>(values));
    if (failed(values) > values.getOrDefault(Metric.GOLDEN, 0.0)) {
      throw Refusal.of(Code.BAD_INPUT, "more golden samples failed than were asked")
          .got(values.get(Metric.GOLDEN_FAILED));
    }
  }

  /** Readings of a service that has no bins. */
  public Readings(Map<Metric, Double> values) {
    this(values, Map.of());
  }

  public OptionalDouble of(Metric metric) {
    Double value = values.get(metric);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  public boolean isEmpty() {
    return values.isEmpty() && bins.isEmpty();
  }

  private static double failed(Map<Metric, Double> values) {
    return values.getOrDefault(Metric.GOLDEN_FAILED, 0.0);
  }
}
