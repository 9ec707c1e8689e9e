package dev.hatchery.agent.config;

import dev.hatchery.core.DeviceFacts;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The device's facts as they are now, read anew once a minute at most: a driver or a library is
 * upgraded without a restart of the agent, and the server has to know. Any thread may ask.
 */
public final class Lookout implements Supplier<DeviceFacts> {
  private static final long FRESH = Duration.ofMinutes(1).toNanos();

  private final Supplier<DeviceFacts> look;
  private final LongSupplier nanos;
  private DeviceFacts known;
  private long lookedAt;

  /**
   * Looks once, now.
   *
   * @param look reads the facts
   * @param nanos the monotonic clock
   */
  public Lookout(Supplier<DeviceFacts> look, LongSupplier nanos) {
    this.look = look;
    this.nanos = nanos;
    this.known = look.get();
    this.lookedAt = nanos.getAsLong();
  }

  @Override
  public synchronized DeviceFacts get() {
    if (nanos.getAsLong() - lookedAt >= FRESH) {
      known = look.get();
      lookedAt = nanos.getAsLong();
    }
    return known;
  }
}
