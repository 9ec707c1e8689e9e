package dev.hatchery.rollout;

import dev.hatchery.core.Control;
import dev.hatchery.core.DeviceId;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * A control that is kept after all others have passed: the last stage, which takes it, is ordered
 * that much later. Until then the rollout runs, its gates watch it, and the comparison goes on, so
 * what shows itself only after a day still takes all of it back.
 */
final class Keeping {
  private Keeping() {}

  /** Whether the running stage is the last, and the control is not told to switch yet. */
  static boolean on(Rollout rollout) {
    return time(rollout).isPresent()
        && rollout.stage() == rollout.spec().stages().size() - 1
        && waiting(rollout).stream().anyMatch(rollout.cohorts().control()::contains);
  }

  /** The devices of the running stage that are told to switch. */
  static int told(Rollout rollout) {
    return Cohort.of(rollout, rollout.stage()).size() - waiting(rollout).size();
  }

  /** Why the last stage is not ordered yet. */
  static Optional<Verdict> hold(Transition t) {
    Rollout rollout = t.rollout();
    if (!on(rollout)) return Optional.empty();
    Instant until = rollout.stageSince().plus(time(rollout).orElseThrow());
    if (!t.now.isBefore(until)) return Optional.empty();
    String reason =
        Words.devices(rollout.cohorts().control().size())
            + " held back to compare with until "
            + until.truncatedTo(ChronoUnit.SECONDS);
    return Optional.of(Judge.verdict(Comparing.KEPT, Kind.HOLD, reason));
  }

  private static Optional<Duration> time(Rollout rollout) {
    return rollout.cohorts().control().isEmpty()
        ? Optional.empty()
        : rollout.spec().control().flatMap(Control::keep);
  }

  private static List<DeviceId> waiting(Rollout rollout) {
    return Cohort.unordered(rollout, rollout.stage());
  }
}
