package dev.hatchery.server;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The real time, until a test moves it. */
final class ShiftedClock implements InstantSource {
  private volatile Duration shift = Duration.ZERO;

  void advance(Duration by) {
    shift = shift.plus(by);
  }

  @Override
  public Instant instant() {
    return Clock.systemUTC().instant().plus(shift);
  }
}
