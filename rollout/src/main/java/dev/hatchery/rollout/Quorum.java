package dev.hatchery.rollout;

import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/**
 * How many of a stage's devices have to be in order before it may pass: the share that must report.
 * A large stage does not wait for those that sleep or were disturbed, as long as half of it is
 * awake or in order; a small one does, since each of its devices was chosen to be seen. Nobody
 * waits for a pinned one.
 */
final class Quorum {
  static final int LARGE = 10;
  private static final double LEAST = 0.5;

  private final Rollout rollout;
  private final List<Member> members;
  private final Instant now;
  private final int all;

  Quorum(Rollout rollout, List<Member> members, Instant now) {
    this.rollout = rollout;
    this.members = members;
    this.now = now;
    all = all(rollout, rollout.stage());
  }

  static int all(Rollout rollout, int stage) {
    long pinned =
        rollout.members().values().stream().filter(m -> m.state() == Member.State.PINNED).count();
    return Cohort.of(rollout, stage).size() - (int) pinned;
  }

  /** The stage's devices, asleep or not; pinned ones are none of them. */
  int all() {
    return all;
  }

  int need(Predicate<Member> fulfils) {
    return need(fulfils, this::excused);
  }

  /** How many have to be compared with their own past, which a disturbed one has lost for good. */
  int needCompared(Predicate<Member> fulfils) {
    return need(fulfils, m -> excused(m) || m.disturbance().isPresent());
  }

  private boolean excused(Member member) {
    return asleep(member, now) || Interlock.waits(member, now);
  }

  private int need(Predicate<Member> fulfils, Predicate<Member> excusable) {
    if (all < LARGE) return Cohort.quorum(rollout, all);
    long excused = members.stream().filter(m -> excusable.test(m) && !fulfils.test(m)).count();
    int counted = Math.max((int) Math.ceil(LEAST * all), all - (int) excused);
    return Cohort.quorum(rollout, counted);
  }

  static boolean asleep(Member member, Instant now) {
    return member.duty().isPresent() && member.duty().get().asleep(now);
  }
}
