package dev.hatchery.lab.fleet;

import dev.hatchery.agent.slot.Clocks;
import java.time.Duration;

/** A device's wall clock, which may be wrong, and its monotonic one, which is not. */
final class DeviceClock {
  private final Timeline time;
  private Duration error = Duration.ZERO;

  DeviceClock(Timeline time) {
    this.time = time;
  }

  /** The wall clock is off by so much from now on. */
  void off(Duration by) {
    error = by;
  }

  Clocks clocks() {
    return new Clocks(() -> time.instant().plus(error), time::nanos);
  }
}
