package dev.hatchery.server.leases;

import dev.hatchery.core.DailyWindow;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.LeaseAnswer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Optional;

/** Whether an order lets its device fetch now: its start, its window, and the kind of link. */
final class Opening {
  // Looked at again before, since an operator may change the order or a label.
  private static final Duration LONGEST = Duration.ofMinutes(15);
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private Opening() {}

  /** Why it is closed, if it is. */
  static Optional<LeaseAnswer.Wait> closed(Delivery delivery, Labels labels, Instant now) {
    Optional<Instant> from = delivery.stageFrom().filter(now::isBefore);
    if (from.isPresent()) {
      return Optional.of(
          wait("the order is not to be fetched before " + from.get(), from.get(), now));
    }
    if (delivery.unmeteredOnly() && labels.metered()) {
      return Optional.of(wait("the order waits for a link that is not metered", Instant.MAX, now));
    }
    return delivery.stageWindow().flatMap(window -> closed(window, labels, now));
  }

  private static Optional<LeaseAnswer.Wait> closed(DailyWindow window, Labels labels, Instant now) {
    try {
      ZonedDateTime here = now.atZone(labels.zone());
      if (window.open(here)) return Optional.empty();
      ZonedDateTime opens = window.opensAfter(here);
      return Optional.of(
          wait(
              "the window %s is closed until %s".formatted(window, opens.toOffsetDateTime()),
              opens.toInstant(),
              now));
    } catch (Refusal zone) {
      // A window in a guessed zone would open at a wrong time.
      return Optional.of(wait(zone.problem().line(), Instant.MAX, now));
    }
  }

  private static LeaseAnswer.Wait wait(String reason, Instant until, Instant now) {
    boolean far = until.isAfter(now.plus(LONGEST));
    Duration left = far ? LONGEST : Duration.between(now, until);
    return new LeaseAnswer.Wait(left.compareTo(SHORTEST) < 0 ? SHORTEST : left, reason, false);
  }
}
