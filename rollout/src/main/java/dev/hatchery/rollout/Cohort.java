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

  /** How many of so many devices have to be in order before a stage may pass; never none. */
  static int quorum(Rollout rollout, int devices) {
    return rollout.spec().quorum(rollout.stage(), devices);
  }
}
