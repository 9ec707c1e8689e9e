package dev.hatchery.lab.gates;

import dev.hatchery.core.DailyWindow;
import dev.hatchery.core.DeviceId;
import dev.hatchery.lab.chance.Chance;
import dev.hatchery.rollout.Baseline;
import dev.hatchery.rollout.Duty;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * A device minute by minute: told to switch it fetches, tries and then runs the target, or goes
 * back alone; it sleeps, loses its network or falls silent. What it measures has a chance of its
 * own, so every gate sees the same windows from it.
 */
final class Device {
  private static final int MAX_FETCH = 4;
  private static final int CRASHES_TAKE = 3;
  private static final int MAX_LOST = 10;
  private static final int SILENT_WITHIN = 20;
  private static final int DAY = 24 * 60;

  /** Where it stands. */
  enum State {
    BEFORE,
    FETCHING,
    TRIAL,
    ON_TARGET,
    WENT_BACK,
    /** It could not fetch. */
    STUCK
  }

  private final int number;
  private final Traits traits;
  private final Fault fault;
  private final boolean flaky;
  private final boolean broken;
  private final boolean stuck;
  private final Chance life;
  private final Nature nature;
  private final Optional<Nights> nights;
  private State state = State.BEFORE;
  private int trials;
  private long until;
  private long lostUntil;
  private long silentFrom = Long.MAX_VALUE;

  /** When it sleeps, in minutes of the day: from the evening to the morning. */
  record Nights(int from, int to) {
    boolean asleep(long minuteOfDay) {
      return minuteOfDay >= from || minuteOfDay < to;
    }
  }

  Device(int number, Scenario scenario, long run, long seed) {
    this.number = number;
    traits = scenario.traits();
    life = new Chance(Chance.seed(seed, 2L * number));
    fault = scenario.fault(run, life);
    flaky = life.happens(Traits.FLAKY);
    broken = life.happens(Traits.BROKEN);
    stuck = life.happens(Traits.STUCK);
    nights =
        life.happens(traits.sleepers())
            ? Optional.of(new Nights((20 + life.below(4)) * 60, (5 + life.below(4)) * 60))
            : Optional.empty();
    nature = new Nature(traits, fault, new Chance(Chance.seed(seed, 2L * number + 1)));
  }

  int number() {
    return number;
  }

  DeviceId id() {
    return Setting.NAMES.get(number);
  }

  State state() {
    return state;
  }

  Baseline past() {
    return nature.past();
  }

  /** Told to switch, for the first time or again; what it has fetched it keeps. */
  void order(long minute) {
    state = State.FETCHING;
    until = minute + (trials == 0 ? 1 + life.below(MAX_FETCH) : 1);
  }

  /**
   * One minute of its life.
   *
   * @return whether it is heard of
   */
  boolean tick(long minute) {
    if (asleep(minute) || minute >= silentFrom) return false;
    step(minute);
    if (life.happens(Traits.LOST)) lostUntil = minute + 1 + life.below(MAX_LOST);
    return minute >= lostUntil;
  }

  /** As it is declared. */
  Optional<Duty> duty() {
    return nights.map(
        n ->
            new Duty(
                new DailyWindow(LocalTime.of(n.to / 60, 0), LocalTime.of(n.from / 60, 0)),
                ZoneOffset.UTC));
  }

  boolean asleep(long minute) {
    return nights.isPresent() && nights.get().asleep(minute % DAY);
  }

  private void step(long minute) {
    switch (state) {
      case FETCHING -> {
        if (minute < until) return;
        state = stuck ? State.STUCK : State.TRIAL;
        trials++;
        until = minute + (fault == Fault.CRASH_LOOP ? 1 + life.below(CRASHES_TAKE) : 1);
      }
      case TRIAL -> {
        if (minute < until) return;
        boolean fails = fault == Fault.CRASH_LOOP || broken || (flaky && trials == 1);
        state = fails ? State.WENT_BACK : State.ON_TARGET;
        if (fault == Fault.SILENT) silentFrom = minute + life.below(SILENT_WITHIN);
      }
      case BEFORE, ON_TARGET, WENT_BACK, STUCK -> {}
    }
  }

  /** What it measures in this minute on the target. */
  Reading measure(long minute) {
    return nature.measure(minute % DAY);
  }
}
