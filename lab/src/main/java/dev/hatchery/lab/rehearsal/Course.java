package dev.hatchery.lab.rehearsal;

import dev.hatchery.core.Delivery;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.RolloutSpec.Timing;
import dev.hatchery.rollout.Rollout;
import java.time.Duration;

/**
 * What is the same for every device of a rehearsed rollout.
 *
 * @param compares whether devices are held back to compare with
 */
record Course(
    Name slot,
    Digest target,
    Digest before,
    Timing timing,
    Order.Trial trial,
    Delivery delivery,
    boolean compares) {
  private static final Digest NOTHING = new Digest("0".repeat(64));
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  static Course of(Recording recording) {
    var spec = recording.spec();
    return new Course(
        spec.slot(),
        recording.target(),
        recording.previous().map(Rollout.Previous::manifest).orElse(NOTHING),
        spec.timing(),
        spec.trial(),
        spec.delivery(),
        spec.control().isPresent());
  }

  /** How far virtual time goes at once: nothing is told more often than by a heartbeat. */
  Duration step() {
    Duration heartbeat = timing.heartbeat();
    if (heartbeat.compareTo(SHORTEST) < 0) return SHORTEST;
    return heartbeat.compareTo(LONGEST) > 0 ? LONGEST : heartbeat;
  }

  Duration start() {
    Duration ready = trial.readyWithin();
    return ready.compareTo(Assumed.START) < 0 ? ready : Assumed.START;
  }
}
