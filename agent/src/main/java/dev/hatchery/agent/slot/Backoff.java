package dev.hatchery.agent.slot;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait after the n-th failure in a row: full jitter, {@code U(0, min(max, min × 2^n))}
 * (durability reference, section 9), so that a fleet does not come back all at once.
 *
 * <p>Not thread-safe.
 */
public final class Backoff {
  private final Duration min;
  private final Duration max;
  private final RandomGenerator random;
  private int failures;

  public Backoff(Duration min, Duration max, RandomGenerator random) {
    this.min = min;
    this.max = max;
    this.random = random;
  }

  public Duration next() {
    long ceiling = min.toNanos();
    for (int i = 0; i < failures && ceiling < max.toNanos(); i++) ceiling *= 2;
    failures = Math.min(failures + 1, 62);
    return Duration.ofNanos(random.nextLong(1 + Math.min(ceiling, max.toNanos())));
  }

  public void reset() {
    failures = 0;
  }
}
