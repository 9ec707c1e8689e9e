package dev.hatchery.rollout;

import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Window;
import java.time.Instant;

/**
 * What a device's warm windows have said since a comparison began, so that both sides of it are
 * measured over the same time.
 *
 * @param since when it began; a later one begins at nothing
 */
public record Concurrent(Instant since, long requests, long errors, LatencyHistogram latency) {
  public static final Concurrent NONE = new Concurrent(Instant.EPOCH, 0, 0, LatencyHistogram.EMPTY);

  /** This one, if it is of the comparison that began then, else nothing. */
  Concurrent from(Instant began) {
    return since.equals(began) ? this : new Concurrent(began, 0, 0, LatencyHistogram.EMPTY);
  }

  Concurrent plus(Window w) {
    return new Concurrent(
        since, requests + w.requests(), errors + w.errors(), latency.plus(w.latency()));
  }
}
