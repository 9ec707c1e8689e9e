package dev.hatchery.rollout;

import dev.hatchery.core.Bins;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Metric;
import dev.hatchery.core.Name;
import dev.hatchery.core.Spread;
import java.time.Duration;
import java.util.Map;

/**
 * A device's own past under one bundle: what warm windows have said.
 *
 * @param span from the first window's start to the last one's end
 * @param bins how the service's answers fell
 * @param readings one value a window in which the service was asked something
 */
public record Baseline(
    long requests,
    long errors,
    LatencyHistogram latency,
    Duration span,
    Map<Metric, Spread> readings,
    Map<Name, Bins> bins) {
  public static final Baseline NONE = new Baseline(0, 0, LatencyHistogram.EMPTY, Duration.ZERO);

  public Baseline {
    readings = Map.copyOf(readings);
    bins = Map.copyOf(bins);
  }

  /** A past that read nothing beside requests and latency. */
  public Baseline(long requests, long errors, LatencyHistogram latency, Duration span) {
    this(requests, errors, latency, span, Map.of(), Map.of());
  }

  /** One of a service without bins. */
  public Baseline(
      long requests,
      long errors,
      LatencyHistogram latency,
      Duration span,
      Map<Metric, Spread> readings) {
    this(requests, errors, latency, span, readings, Map.of());
  }

  Spread of(Metric metric) {
    return readings.getOrDefault(metric, Spread.EMPTY);
  }
}
