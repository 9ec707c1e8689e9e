package dev.hatchery.rollout;

import dev.hatchery.core.Code;
import dev.hatchery.core.RolloutSpec.Timing;
import java.time.Duration;
import java.time.Instant;

/**
 * Whether and when a member that failed gets a fresh trial. What may pass by itself (network, disk,
 * a trial that went wrong once) is tried again with a cooldown that doubles, so that a fleet does
 * not hammer what is down; what cannot pass, and what was tried often enough, is left in quarantine
 * until an operator says otherwise. Who cannot go back is told again without an end, less and less
 * often until it is once a day.
 */
final class Retry {
  private static final int DOUBLINGS = 10;
  private static final Duration DAY = Duration.ofDays(1);

  private final Timing timing;

  Retry(Timing timing) {
    this.timing = timing;
  }

  /** Where a member stands that has failed for this reason under its nth order. */
  Member.State after(Code code, int attempt) {
    boolean never = Blame.lasting(code) || attempt > timing.retries();
    return never ? Member.State.QUARANTINED : Member.State.FAILED;
  }

  boolean due(Member failed, Instant now) {
    return failed.state() == Member.State.FAILED
        && Duration.between(failed.since(), now).compareTo(cooldown(failed)) >= 0;
  }

  Duration cooldown(Member failed) {
    return doubled(failed.attempt());
  }

  /**
   * Whether a device that could not go back is told again. It is as often as that takes, since what
   * was aborted may still run there; so its wait has an end that is nearer.
   */
  boolean dueBack(Member member, Instant now) {
    return member.failure().isPresent()
        && Duration.between(member.since(), now).compareTo(cooldownBack(member)) >= 0;
  }

  private Duration cooldownBack(Member member) {
    Duration most = timing.retryAfter().compareTo(DAY) > 0 ? timing.retryAfter() : DAY;
    Duration wait = doubled(Math.max(1, member.toldBack()));
    return wait.compareTo(most) > 0 ? most : wait;
  }

  private Duration doubled(int times) {
    return timing.retryAfter().multipliedBy(1L << Math.min(DOUBLINGS, times - 1));
  }
}
