package dev.hatchery.agent.uplink;

import dev.hatchery.core.DataSize;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A token bucket that may go into debt: whoever takes more than is there has to wait until it is
 * paid back, so the rate holds over time whatever the size of a read. What was not used is kept for
 * a quarter of a second only.
 *
 * <p>Not thread-safe.
 */
final class RateLimit {
  private static final double KEPT_SECONDS = 0.25;
  private static final double NANOS = 1e9;

  private final LongSupplier nanos;
  private double perSecond;
  private double tokens;
  private long filledAt;

  RateLimit(DataSize perSecond, LongSupplier nanos) {
    this.nanos = nanos;
    this.perSecond = perSecond.bytes();
    this.tokens = this.perSecond * KEPT_SECONDS;
    this.filledAt = nanos.getAsLong();
  }

  /** From now on; what was gathered or is owed stays. */
  void change(DataSize bytesPerSecond) {
    fill();
    perSecond = Math.max(1, bytesPerSecond.bytes());
  }

  /** How long to wait before the next read; zero when it may be now. */
  Duration pause() {
    fill();
    if (tokens > 0) return Duration.ZERO;
    return Duration.ofNanos((long) Math.ceil((1 - tokens) / perSecond * NANOS));
  }

  void took(long bytes) {
    fill();
    tokens -= bytes;
  }

  /** What may come in a time, at most. */
  long within(Duration time) {
    return (long) (perSecond * time.toNanos() / NANOS);
  }

  private void fill() {
    long now = nanos.getAsLong();
    tokens = Math.min(perSecond * KEPT_SECONDS, tokens + (now - filledAt) / NANOS * perSecond);
    filledAt = now;
  }
}
