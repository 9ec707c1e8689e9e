package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import java.util.List;

/** Who is in which stage of a running rollout. */
final class Cohort {
  private Cohort() {}

  /** The devices that have the target when the stage is full. */
  static List<DeviceId> of(Rollout rollout, int stage) {
    return rollout.cohorts().of(stage);
  }

  /** Those of the stage that have not been told to switch. */
  static List<DeviceId> unordered(Rollout rollout, int stage) {
    return of(rollout, stage).stream().filter(d -> !rollout.members().containsKey(d)).toList();
  }

  /** Those that a pin has kept from being told to switch. */
  static List<DeviceId> passedBy(Rollout rollout) {
    return rollout.members().values().stream()
        .filter(m -> m.state() == Member.State.PINNED && !m.touched())
        .map(Member::device)
        .toList();
  }

  /** How many of so many devices have to be in order before a stage may pass; never none. */
  static int quorum(Rollout rollout, int devices) {
    return rollout.spec().quorum(rollout.stage(), devices);
  }
}
