package dev.hatchery.rollout;

import java.util.Random;

/** Runs a check over many random cases; a failure names the seed that shows it again. */
final class ForAll {
  private static final long FIRST_SEED = 20260301;

  private ForAll() {}

  interface Check {
    void on(Random random);
  }

  static void cases(int n, Check check) {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + n; seed++) {
      try {
        check.on(new Random(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }
}
