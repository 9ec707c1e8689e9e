package dev.hatchery.core;

import java.time.Duration;

/**
 * A rollout's first stage as an experiment: its devices run the release for a set time, those of
 * the control the one before, and at its end each metric has a verdict.
 *
 * @param length how long both sides are measured
 */
public record Experiment(Duration length, Then then) {
  private static final Duration MAX_LENGTH = Duration.ofDays(90);

  /** What follows its end. */
  public enum Then {
    /** The devices go back, whatever it has shown. */
    BACK,
    /** The rollout goes on if some metric is better and none worse; else the devices go back. */
    PROMOTE
  }

  public Experiment {
    if (!length.isPositive() || length.compareTo(MAX_LENGTH) > 0) {
      throw Refusal.of(Code.BAD_SPEC, "an experiment has a wrong length")
          .at("experiment")
          .expected("above 0, at most " + Durations.format(MAX_LENGTH))
          .got(length);
    }
  }
}
