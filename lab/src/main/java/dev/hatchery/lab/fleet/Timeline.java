package dev.hatchery.lab.fleet;

import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;

/** Virtual time, and what is to happen in it: one thread, one order. */
final class Timeline {
  /** When every simulation begins. */
  static final Instant BEGIN = Instant.parse("2026-01-05T00:00:00Z");

  private final PriorityQueue<Event> queue = new PriorityQueue<>();
  private long now;
  private long made;
  private long steps;

  /** Something that is to happen, and can be moved or called off. */
  final class Alarm {
    private final Runnable action;
    private long due = Long.MAX_VALUE;
    private long number;

    private Alarm(Runnable action) {
      this.action = action;
    }

    /** It happens after this time, and not when it was to happen before. */
    void in(Duration wait) {
      set(now + Math.max(0, wait.toNanos()));
    }

    /** It happens now, unless it does already. */
    void atOnce() {
      if (due > now) set(now);
    }

    /** It happens after this time, unless it happens sooner. */
    void notAfter(Duration wait) {
      if (due > now + wait.toNanos()) in(wait);
    }

    void off() {
      due = Long.MAX_VALUE;
    }

    private void set(long at) {
      due = at;
      number = made++;
      queue.add(new Event(at, number, this));
    }
  }

  private record Event(long at, long number, Alarm alarm) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int c = Long.compare(at, other.at);
      return c == 0 ? Long.compare(number, other.number) : c;
    }

    boolean stands() {
      return alarm.due == at && alarm.number == number;
    }
  }

  Alarm alarm(Runnable action) {
    return new Alarm(action);
  }

  /** Something that happens once. */
  void once(Duration wait, Runnable action) {
    alarm(action).in(wait);
  }

  /** Lets everything happen that is due until then. */
  void runUntil(long end) {
    for (Event next = queue.peek(); next != null && next.at <= end; next = queue.peek()) {
      queue.remove();
      if (!next.stands()) continue;
      now = next.at;
      next.alarm.due = Long.MAX_VALUE;
      steps++;
      next.alarm.action.run();
    }
    now = Math.max(now, end);
  }

  /** A message or a crash: what is counted besides timers. */
  void step() {
    steps++;
  }

  long steps() {
    return steps;
  }

  long nanos() {
    return now;
  }

  /** The true time, which servers go by. */
  Instant instant() {
    return BEGIN.plusNanos(now);
  }
}
