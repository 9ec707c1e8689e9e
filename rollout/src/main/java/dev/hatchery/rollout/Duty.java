package dev.hatchery.rollout;

import dev.hatchery.core.DailyWindow;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/**
 * When a device is awake, as its label declares it. Asleep it has neither passed nor failed: it is
 * not silent, gives no soak, and a stage of few devices waits for it.
 *
 * @param zone of the device's site
 */
public record Duty(DailyWindow awake, ZoneId zone) {
  public boolean asleep(Instant now) {
    return !awake.open(now.atZone(zone));
  }

  /** Whether it has had so long to be heard of since it woke. */
  boolean awakeFor(Duration time, Instant now) {
    return !asleep(now) && !asleep(now.minus(time));
  }
}
