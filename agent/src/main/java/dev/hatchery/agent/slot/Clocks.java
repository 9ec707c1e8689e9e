package dev.hatchery.agent.slot;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The two times: the wall's, which may jump and is only for people and documents, and the monotonic
 * one, which everything that waits is measured with (security reference, section 3).
 */
public record Clocks(InstantSource wall, LongSupplier monotonic) {
  public Instant now() {
    return wall.instant();
  }

  public long nanos() {
    return monotonic.getAsLong();
  }

  boolean passed(long since, Duration duration) {
    return nanos() - since >= duration.toNanos();
  }
}
