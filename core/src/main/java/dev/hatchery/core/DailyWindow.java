package dev.hatchery.core;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.zone.ZoneRules;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A time of day that comes back, in the zone of whoever it is asked for: {@code 22:00-05:00},
 * {@code Mon-Fri 22:00-05:00}. It begins with {@code from} and ends before {@code to}; one that
 * passes midnight belongs to the day on which it begins.
 *
 * <p>Where clocks are put forward, a bound that does not exist is the first instant after the gap:
 * a window that begins in the gap begins at its end, and one that lies in it does not open that
 * day. Where they are put back, a bound that comes twice is its first occurrence, so a window opens
 * once a day.
 */
public record DailyWindow(LocalTime from, LocalTime to, Set<DayOfWeek> days) {
  private static final Set<DayOfWeek> EVERY_DAY = EnumSet.allOf(DayOfWeek.class);

  // No zone puts its clocks forward at one hour of one weekday two months long.
  private static final int DAYS_AHEAD = 60;

  /** One day's window on the line of time; empty when {@code end} is not after {@code start}. */
  private record Span(Instant start, Instant end) {
    boolean holds(Instant at) {
      return !at.isBefore(start) && at.isBefore(end);
    }
  }

  public DailyWindow {
    if (from.equals(to)) {
      throw Refusal.of(Code.BAD_SPEC, "a window must end at another time than it begins")
          .got(from + "-" + to);
    }
    if (!from.equals(from.withSecond(0).withNano(0)) || !to.equals(to.withSecond(0).withNano(0))) {
      throw Refusal.of(Code.BAD_SPEC, "a window is given in whole minutes").got(from + "-" + to);
    }
    if (days.isEmpty()) throw Refusal.of(Code.BAD_SPEC, "a window needs a day");
    days = Collections.unmodifiableSet(EnumSet.copyOf(days));
  }

  /** On every day. */
  public DailyWindow(LocalTime from, LocalTime to) {
    this(from, to, EVERY_DAY);
  }

  /** Reads {@code [days ]HH:mm-HH:mm}; days as in {@code Mon-Fri} or {@code Sat,Sun}. */
  public static DailyWindow parse(String text) {
    return WindowText.parse(text);
  }

  /** Whether {@code at} lies in the window, in {@code at}'s own zone. */
  public boolean open(ZonedDateTime at) {
    // Yesterday's may still be open; a skipped date can put one more day between.
    return Stream.iterate(at.toLocalDate().minusDays(2), day -> day.plusDays(1))
        .limit(4)
        .flatMap(day -> spans(day, at.getZone()))
        .anyMatch(span -> span.holds(at.toInstant()));
  }

  /**
   * The first moment from {@code at} on in which the window is open; {@code at} itself if it is.
   */
  public ZonedDateTime opensAfter(ZonedDateTime at) {
    if (open(at)) return at;
    Instant now = at.toInstant();
    LocalDate day = at.toLocalDate().minusDays(1);
    for (int i = 0; i < DAYS_AHEAD; i++) {
      Optional<Instant> next =
          spans(day.plusDays(i), at.getZone())
              .filter(span -> span.start.isBefore(span.end) && span.start.isAfter(now))
              .map(Span::start)
              .min(Instant::compareTo);
      if (next.isPresent()) return next.get().atZone(at.getZone());
    }
    throw new AssertionError("a window that never opens: " + this + " in " + at.getZone());
  }

  private Stream<Span> spans(LocalDate day, ZoneId zone) {
    if (!days.contains(day.getDayOfWeek())) return Stream.empty();
    LocalDate last = from.isBefore(to) ? day : day.plusDays(1);
    ZoneRules rules = zone.getRules();
    return Stream.of(new Span(instant(day.atTime(from), rules), instant(last.atTime(to), rules)));
  }

  private static Instant instant(LocalDateTime local, ZoneRules rules) {
    // The offset of before a change is that of the first occurrence.
    var offsets = rules.getValidOffsets(local);
    return offsets.isEmpty()
        ? rules.getTransition(local).getInstant()
        : local.toInstant(offsets.getFirst());
  }

  /** The text form; {@link #parse} reads it back. */
  @Override
  public String toString() {
    return WindowText.format(this);
  }
}
