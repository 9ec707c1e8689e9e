package dev.hatchery.rollout;

import dev.hatchery.core.DailyWindow;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A duty that a device's reports show: at the same time of day it is not heard of, day after day.
 *
 * <p>Each quarter of an hour of the local day is looked at over the last fourteen days. It is dark
 * when at least {@link #LEAST_DAYS} days count for it, and the device was silent in nine of ten of
 * those. The longest run of dark ones, of an hour or more, is when it sleeps; a quarter on either
 * side is given to it, in which it was heard for a part of the time. So it may pass midnight, and
 * is never longer than {@link #MOST_HOURS} hours: a device that is hardly ever heard of is broken.
 *
 * <p>A quarter in which the server did not listen throughout counts for nobody: its outages teach
 * nothing. A day on which the device was never heard of counts for none of its quarters: being off
 * for a week is no habit. And what happened while a rollout had the device counts neither way, so
 * that no release teaches the excuse for the silence that it brings.
 *
 * @param days for how many days at least it was so
 */
public record Habit(Duty duty, int days) {
  static final int LEAST_DAYS = 5;
  static final int MOST_HOURS = 20;

  /** So many of ten days it has to be silent. */
  private static final int SILENT_OF_TEN = 9;

  private static final int LEAST_RUN = 4;
  private static final int MOST_RUN = MOST_HOURS * 4;
  private static final int A_DAY = Heard.SLOTS_A_DAY;

  /** A time that counts neither way. */
  public record Trial(Instant from, Instant to) {}

  /** What one local day says of its quarters. */
  private record Day(BitSet silent, BitSet heard) {
    Day() {
      this(new BitSet(A_DAY), new BitSet(A_DAY));
    }
  }

  /** A run of quarters, which may pass midnight. */
  private record Run(int start, int length) {
    static final Run NONE = new Run(0, 0);
  }

  /** Whether it is worth looking closer: most devices are heard of all the time. */
  public static boolean maybe(Heard device, Instant now) {
    long known = Math.min(Heard.slot(now) - device.first(), Heard.DAYS * A_DAY);
    return known - device.count() >= (LEAST_DAYS - 1) * LEAST_RUN
        && known > (LEAST_DAYS - 1) * A_DAY;
  }

  /**
   * What the device's reports show by now.
   *
   * @param listening when the server took reports for all of a quarter
   * @param trials when rollouts had the device
   */
  public static Optional<Habit> of(
      Heard device, Heard listening, Collection<Trial> trials, ZoneId zone, Instant now) {
    Collection<Day> days = days(device, listening, trials, zone, now);
    int[] counted = new int[A_DAY];
    BitSet dark = new BitSet(A_DAY);
    for (int k = 0; k < A_DAY; k++) {
      int quarter = k;
      int silent = (int) days.stream().filter(d -> d.silent.get(quarter)).count();
      counted[k] = silent + (int) days.stream().filter(d -> d.heard.get(quarter)).count();
      dark.set(k, counted[k] >= LEAST_DAYS && silent * 10 >= counted[k] * SILENT_OF_TEN);
    }
    Run run = longest(dark);
    if (run.length < LEAST_RUN || run.length + 2 > MOST_RUN) return Optional.empty();
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < run.length; i++) {
      least = Math.min(least, counted[(run.start + i) % A_DAY]);
    }
    LocalTime sleeps = time(run.start - 1);
    LocalTime wakes = time(run.start + run.length + 1);
    return Optional.of(new Habit(new Duty(new DailyWindow(wakes, sleeps), zone), least));
  }

  // Those on which it was heard of at all. Where clocks are put back a quarter comes twice; heard
  // once is heard.
  private static Collection<Day> days(
      Heard device, Heard listening, Collection<Trial> trials, ZoneId zone, Instant now) {
    Map<LocalDate, Day> days = new HashMap<>();
    long end = Heard.slot(now);
    for (long s = Math.max(device.first(), end - Heard.DAYS * A_DAY); s < end; s++) {
      if (onTrial(s, trials)) continue;
      ZonedDateTime local = Heard.start(s).atZone(zone);
      Day day = days.computeIfAbsent(local.toLocalDate(), _ -> new Day());
      int quarter = local.toLocalTime().toSecondOfDay() / (int) Heard.SLOT.toSeconds();
      if (device.in(s)) day.heard.set(quarter);
      else if (listening.in(s)) day.silent.set(quarter);
    }
    days.values().forEach(day -> day.silent.andNot(day.heard));
    return List.copyOf(days.values().stream().filter(day -> !day.heard.isEmpty()).toList());
  }

  private static boolean onTrial(long slot, Collection<Trial> trials) {
    Instant start = Heard.start(slot);
    Instant end = start.plus(Heard.SLOT);
    return trials.stream().anyMatch(t -> t.from.isBefore(end) && t.to.isAfter(start));
  }

  // Over midnight, so the walk begins where it is light.
  private static Run longest(BitSet dark) {
    int light = dark.nextClearBit(0);
    if (light >= A_DAY) return Run.NONE;
    Run longest = Run.NONE;
    int length = 0;
    for (int i = 1; i <= A_DAY; i++) {
      int quarter = (light + i) % A_DAY;
      if (dark.get(quarter)) {
        length++;
        continue;
      }
      if (length > longest.length) longest = new Run((light + i - length) % A_DAY, length);
      length = 0;
    }
    return longest;
  }

  private static LocalTime time(int quarter) {
    return LocalTime.MIDNIGHT.plus(Heard.SLOT.multipliedBy(Math.floorMod(quarter, A_DAY)));
  }

  /** {@code sleeps 22:00-06:00 Europe/Oslo, learned from 9 days}. */
  @Override
  public String toString() {
    DailyWindow awake = duty.awake();
    return "sleeps "
        + awake.to()
        + "-"
        + awake.from()
        + " "
        + duty.zone()
        + ", learned from "
        + days
        + " days";
  }
}
