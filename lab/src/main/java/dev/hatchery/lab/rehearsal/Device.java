package dev.hatchery.lab.rehearsal;

import dev.hatchery.core.Event;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Window;
import dev.hatchery.lab.chance.Chance;
import dev.hatchery.rollout.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A device step by step: told to switch it fetches, waits until it may switch, tries and then runs
 * the target, or goes back alone; it sleeps by its duty and now and then loses its network.
 */
final class Device {
  /** Windows that are kept while nobody can be told. */
  private static final int PENDING_MAX = 60;

  /** Where it stands. */
  enum State {
    BEFORE,
    FETCHING,
    STAGED,
    TRIAL,
    ON_TARGET,
    WENT_BACK,
    /** It could not fetch. */
    STUCK
  }

  private final Cast.Role role;
  private final Course course;
  private final Hypothesis.Harm harm;
  private final Chance life;
  private final Service service;
  private final boolean flaky;
  private final boolean broken;
  private final boolean stuck;
  private final List<Window> pending = new ArrayList<>();
  private Tongue tongue;
  private State state = State.BEFORE;
  private State told = State.BEFORE;
  private long left;
  private int trials;
  private long index;
  private Instant until = Instant.MIN;
  private Instant confirmedAt = Instant.MIN;
  private Instant measuredUpTo = Instant.MIN;
  private Instant reportDue = Instant.MIN;
  private Instant lostUntil = Instant.MIN;
  private boolean slept;

  Device(Cast.Role role, Course course, Hypothesis hypothesis, long run, long seed) {
    this.role = role;
    this.course = course;
    left = role.record().bytes();
    life = new Chance(Chance.seed(seed, 2L * role.number()));
    harm = hypothesis.harm(run, life);
    flaky = life.happens(Assumed.FLAKY);
    broken = life.happens(Assumed.BROKEN);
    stuck = life.happens(Assumed.STUCK);
    service =
        new Service(role.workload(), harm, new Chance(Chance.seed(seed, 2L * role.number() + 1)));
    tongue = tongue("");
  }

  Cast.Role role() {
    return role;
  }

  State state() {
    return state;
  }

  /** Bytes that it has yet to fetch. */
  long left() {
    return left;
  }

  /** Told to switch, for the first time or again; what it has fetched it keeps. */
  void order(String commandId) {
    tongue = tongue(commandId);
    state = State.FETCHING;
    told = State.BEFORE;
    pending.clear();
  }

  private Tongue tongue(String commandId) {
    return new Tongue(course.slot(), course.before(), course.target(), commandId);
  }

  /** Whether it can be reached now. */
  boolean reachable(Clocks clocks) {
    if (role.away()) return false;
    if (clocks.asleep(role.record().duty())) {
      slept = true;
      return false;
    }
    double minutes = course.step().toMillis() / 60_000.0;
    if (life.happens(Assumed.LOST * minutes)) {
      int lost = 1 + life.below(Assumed.MAX_LOST_MINUTES);
      lostUntil = clocks.now().plus(Duration.ofMinutes(lost));
    }
    return !clocks.now().isBefore(lostUntil);
  }

  /** Whether the plan lets it fetch at all. */
  boolean barred() {
    return course.delivery().unmeteredOnly() && role.metered();
  }

  boolean fetching(Clocks clocks) {
    return state == State.FETCHING
        && left > 0
        && !stuck
        && !barred()
        && begun(course.delivery().stageFrom(), clocks)
        && clocks.open(course.delivery().stageWindow(), role.zone());
  }

  void fetched(long bytes) {
    left -= bytes;
  }

  private static boolean begun(Optional<Instant> from, Clocks clocks) {
    return from.isEmpty() || !clocks.now().isBefore(from.get());
  }

  /** One step of its life in which it can be reached. */
  void live(Clocks clocks) {
    Instant now = clocks.now();
    if (slept || measuredUpTo.equals(Instant.MIN)) measuredUpTo = now;
    slept = false;
    switch (state) {
      case FETCHING -> fetch(clocks);
      case STAGED -> activate(clocks);
      case TRIAL -> {
        measure(now);
        if (!now.isBefore(until)) prove(now);
      }
      case BEFORE, ON_TARGET -> measure(now);
      case WENT_BACK, STUCK -> {}
    }
  }

  private void fetch(Clocks clocks) {
    if (stuck) {
      state = State.STUCK;
      return;
    }
    if (left > 0 || !begun(course.delivery().stageFrom(), clocks)) return;
    state = State.STAGED;
    activate(clocks);
  }

  private void activate(Clocks clocks) {
    boolean may =
        begun(course.delivery().activateFrom(), clocks)
            && clocks.open(course.delivery().activateWindow(), role.zone());
    if (!may) return;
    state = State.TRIAL;
    trials++;
    Instant ready = clocks.now().plus(course.start());
    measuredUpTo = ready.plus(course.timing().warmUp());
    until =
        fails()
            ? clocks.now().plus(course.start().multipliedBy(course.trial().maxStarts()))
            : ready.plus(course.trial().minHealthy());
  }

  private boolean fails() {
    return harm == Hypothesis.Harm.CRASHES || broken || (flaky && trials == 1);
  }

  private void prove(Instant now) {
    state = fails() ? State.WENT_BACK : State.ON_TARGET;
    if (state == State.WENT_BACK) pending.clear();
    else confirmedAt = now;
  }

  private void measure(Instant now) {
    if (state != State.BEFORE && fails()) return;
    Duration length = course.timing().window();
    for (Instant end = measuredUpTo.plus(length); !end.isAfter(now); end = end.plus(length)) {
      if (pending.size() < PENDING_MAX) pending.add(window(measuredUpTo, length));
      measuredUpTo = end;
    }
  }

  // Without a control nobody reads the histogram, only the request drawn by lot.
  private Window window(Instant start, Duration length) {
    int requests = service.requests(length.toMillis() / 60_000.0);
    return new Window(
        course.slot(),
        state == State.BEFORE ? course.before() : course.target(),
        index++,
        start,
        length,
        true,
        requests,
        requests,
        service.errors(requests),
        0,
        course.compares() ? service.latency(requests) : LatencyHistogram.EMPTY,
        requests == 0 ? OptionalInt.empty() : OptionalInt.of(service.sample()));
  }

  /** What it has to say now: once a heartbeat, and at once where something has changed. */
  Optional<Observation> report(Instant now) {
    boolean changed = told != state;
    if (!changed && now.isBefore(reportDue)) return Optional.empty();
    List<Event> events =
        changed && state == State.ON_TARGET ? List.of(tongue.confirmed(confirmedAt)) : List.of();
    var said =
        new Observation(
            role.record().candidate().id(), now, "boot-1", tongue.say(state), events, pending);
    pending.clear();
    told = state;
    reportDue = now.plus(course.timing().heartbeat());
    return Optional.of(said);
  }
}
