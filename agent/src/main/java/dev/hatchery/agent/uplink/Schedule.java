package dev.hatchery.agent.uplink;

import dev.hatchery.core.DailyWindow;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;

/**
 * When an order's bytes may come, and when they may be put to use.
 *
 * @param clockAgrees whether the device's clock is known to be right; by one that is not, a window
 *     would open at any time, so it stays shut
 */
public record Schedule(Delivery delivery, Place place, boolean clockAgrees) {
  /** The next signed time comes with a heartbeat. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  /**
   * Why something waits.
   *
   * @param until absent when no passing of time alone ends it
   */
  public record Hold(String why, Optional<Instant> until) {}

  /** What holds the fetching of bytes now; empty when they may come. */
  public Optional<Hold> staging(Instant now) {
    if (delivery.unmeteredOnly() && place.metered()) {
      return Optional.of(
          new Hold("waits: this link is metered, and only unmetered ones may", Optional.empty()));
    }
    return before(now, delivery.stageFrom(), "is staged from")
        .or(() -> outside(now, delivery.stageWindow(), "is staged"));
  }

  /** What holds the switch to a bundle that is staged; empty when it may be made. */
  public Optional<Hold> activation(Instant now) {
    return before(now, delivery.activateFrom(), "staged; is activated from")
        .or(() -> outside(now, delivery.activateWindow(), "staged; is activated"));
  }

  private static Optional<Hold> before(Instant now, Optional<Instant> from, String what) {
    return from.filter(now::isBefore).map(at -> new Hold("waits: " + what + " " + at, from));
  }

  private Optional<Hold> outside(Instant now, Optional<DailyWindow> window, String what) {
    if (window.isEmpty()) return Optional.empty();
    if (!clockAgrees) {
      return Optional.of(
          new Hold(
              "waits: "
                  + what
                  + " in "
                  + window.get()
                  + ", but this device's clock does not agree with the server's (yet)",
              Optional.of(now.plus(LOOK_AGAIN))));
    }
    ZoneId zone;
    try {
      zone = place.here();
    } catch (Refusal noZone) {
      // A window in a guessed zone would open at a wrong time.
      return Optional.of(new Hold("waits: " + noZone.problem().line(), Optional.empty()));
    }
    ZonedDateTime here = now.atZone(zone);
    if (window.get().open(here)) return Optional.empty();
    ZonedDateTime opens = window.get().opensAfter(here);
    return Optional.of(
        new Hold(
            "waits: "
                + what
                + " in "
                + window.get()
                + " "
                + zone
                + ", next at "
                + opens.toInstant(),
            Optional.of(opens.toInstant())));
  }
}
