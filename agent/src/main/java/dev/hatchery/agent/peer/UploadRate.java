package dev.hatchery.agent.peer;

import dev.hatchery.core.DataSize;
import java.time.Duration;
import java.util.function.LongSupplier;

/** A token bucket that all uploads share: so many bytes a second, and half a second's at once. */
final class UploadRate {
  private final double nanosPerByte;
  private final long burst;
  private final LongSupplier nanos;
  // Guarded by this: when the bytes that were taken so far will have been paid for.
  private long paid;

  UploadRate(DataSize perSecond, LongSupplier nanos) {
    this.nanosPerByte = 1e9 / perSecond.bytes();
    this.burst = Duration.ofMillis(500).toNanos();
    this.nanos = nanos;
    this.paid = nanos.getAsLong() - burst;
  }

  /** Takes bytes; they may be sent after this. */
  synchronized Duration take(int bytes) {
    long now = nanos.getAsLong();
    // Differences only: the clock's numbers may pass from the largest to the smallest.
    long owed = Math.max(paid - now, -burst) + (long) (bytes * nanosPerByte);
    paid = now + owed;
    return Duration.ofNanos(Math.max(0, owed));
  }
}
