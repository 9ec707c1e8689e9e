package dev.hatchery.lab.rehearsal;

import dev.hatchery.core.DailyWindow;
import dev.hatchery.rollout.Duty;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the hour is everywhere: a fleet has few zones and few windows, so each is looked up once.
 */
final class Clocks {
  private final Map<Place, Boolean> open = new HashMap<>();
  private final Map<Duty, Boolean> asleep = new HashMap<>();
  private Instant now;

  private record Place(DailyWindow window, ZoneId zone) {}

  Clocks(Instant now) {
    this.now = now;
  }

  Instant now() {
    return now;
  }

  void set(Instant later) {
    now = later;
    open.clear();
    asleep.clear();
  }

  /** Whether a window is open; one in an unknown zone is shut. */
  boolean open(Optional<DailyWindow> window, Optional<ZoneId> zone) {
    if (window.isEmpty()) return true;
    if (zone.isEmpty()) return false;
    return open.computeIfAbsent(
        new Place(window.get(), zone.get()), place -> place.window.open(now.atZone(place.zone)));
  }

  boolean asleep(Optional<Duty> duty) {
    return duty.isPresent() && asleep.computeIfAbsent(duty.get(), d -> d.asleep(now));
  }
}
