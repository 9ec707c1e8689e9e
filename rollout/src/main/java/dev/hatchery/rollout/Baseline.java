package dev.hatchery.rollout;

import dev.hatchery.core.LatencyHistogram;
import java.time.Duration;

/**
 * A device's own past under one bundle: what warm windows have said.
 *
 * @param span from the first window's start to the last one's end
 */
public record Baseline(long requests, long errors, LatencyHistogram latency, Duration span) {
  public static final Baseline NONE = new Baseline(0, 0, LatencyHistogram.EMPTY, Duration.ZERO);
}
