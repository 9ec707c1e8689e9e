package dev.hatchery.core;

import java.time.Duration;

/**
 * How many people have to say yes before a stage begins, beside the one who started the rollout.
 *
 * @param count of different people
 * @param expires how long one person's yes counts
 */
public record Approval(int count, Duration expires) {
  public static final int DEFAULT_COUNT = 1;
  public static final Duration DEFAULT_EXPIRES = Duration.ofHours(24);

  /** Longer than that, nobody remembers what they looked at. */
  private static final Duration EXPIRES_MAX = Duration.ofDays(30);

  private static final int COUNT_MAX = 16;

  public Approval {
    if (count < 1 || count > COUNT_MAX) {
      throw Refusal.of(Code.BAD_SPEC, "an approval needs another number of people")
          .expected("1 to " + COUNT_MAX)
          .got(count);
    }
    if (expires.isNegative() || expires.isZero() || expires.compareTo(EXPIRES_MAX) > 0) {
      throw Refusal.of(Code.BAD_SPEC, "an approval counts for a wrong time")
          .expected("more than nothing, at most " + Durations.format(EXPIRES_MAX))
          .got(Durations.format(expires));
    }
  }
}
