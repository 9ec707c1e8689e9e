package dev.hatchery.rollout;

import dev.hatchery.core.DailyWindow;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * When a device is awake, as its label declares it. Asleep it has neither passed nor failed: it is
 * not silent, gives no soak, and a stage of few devices waits for it.
 *
 * @param zone of the device's site
 */
public record Duty(DailyWindow awake, ZoneId zone) {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("EEE", Locale.ROOT);

  public boolean asleep(Instant now) {
    return !awake.open(now.atZone(zone));
  }

  /** When one that sleeps will wake, as its clock will show it: {@code 06:00 Europe/Oslo}. */
  String wakes(Instant now) {
    ZonedDateTime here = now.atZone(zone);
    ZonedDateTime wakes = awake.opensAfter(here);
    String day = wakes.isBefore(here.plusDays(1)) ? "" : DAY.format(wakes) + " ";
    return day + TIME.format(wakes) + " " + zone;
  }

  /** Whether it has had so long to be heard of since it woke. */
  boolean awakeFor(Duration time, Instant now) {
    return !asleep(now) && !asleep(now.minus(time));
  }
}
