package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import java.util.Collection;
import java.util.List;

/** Who is in which stage of a running rollout. */
final class Cohort {
  private Cohort() {}

  /** The devices that have the target when the stage is full. */
  static List<DeviceId> of(Rollout rollout, int stage) {
    return rollout.cohorts().of(stage);
  }

  /**
   * Those of the stage that have not been told what the stage tells: to switch, also where they
   * have run a shadow, or in a shadow stage to run one.
   */
  static List<DeviceId> unordered(Rollout rollout, int stage) {
    boolean real = !rollout.spec().shadows(stage);
    return of(rollout, stage).stream()
        .filter(
            d -> {
              Member known = rollout.members().get(d);
              return known == null || (real && known.touched() && rollout.shadows(known));
            })
        .toList();
  }

  /**
   * The members that gates judge. Shadows are judged until the first device was told to switch;
   * from then on nothing that they show counts for those that did, or against them.
   */
  static List<Member> judged(Rollout rollout) {
    Collection<Member> all = rollout.members().values();
    boolean switched = all.stream().anyMatch(m -> m.touched() && !rollout.shadows(m));
    return all.stream().filter(m -> !switched || !m.touched() || !rollout.shadows(m)).toList();
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
