package dev.hatchery.lab.rehearsal;

import dev.hatchery.rollout.Duty;
import java.time.Instant;
import java.util.Optional;

/** Who does not run the target when a run ends, as it is counted. */
final class LeftTally {
  private final Clocks clocks;
  private int away;
  private int asleep;
  private int barred;
  private int waiting;
  private int failed;
  private Optional<Instant> wakes = Optional.empty();

  LeftTally(Clocks clocks) {
    this.clocks = clocks;
  }

  /**
   * Counts one.
   *
   * @param device absent where it was never told to switch
   */
  void count(Cast.Role role, Optional<Device> device) {
    Device.State state = device.map(Device::state).orElse(Device.State.BEFORE);
    switch (state) {
      case ON_TARGET -> {}
      case WENT_BACK, STUCK -> failed++;
      case BEFORE, FETCHING, STAGED, TRIAL -> wait(role, device);
    }
  }

  private void wait(Cast.Role role, Optional<Device> device) {
    if (role.away()) {
      away++;
    } else if (device.filter(Device::barred).isPresent()) {
      barred++;
    } else if (clocks.asleep(role.record().duty())) {
      asleep++;
      role.record().duty().ifPresent(this::wakes);
    } else {
      waiting++;
    }
  }

  private void wakes(Duty duty) {
    Instant next = duty.awake().opensAfter(clocks.now().atZone(duty.zone())).toInstant();
    if (wakes.isEmpty() || next.isBefore(wakes.get())) wakes = Optional.of(next);
  }

  Ending.Left done() {
    return new Ending.Left(away, asleep, barred, waiting, failed, wakes);
  }
}
