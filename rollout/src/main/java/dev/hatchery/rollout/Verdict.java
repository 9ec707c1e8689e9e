package dev.hatchery.rollout;

import java.util.OptionalDouble;

/**
 * What one gate says now.
 *
 * @param gate a limit ({@code errors:limit}, {@code latency-p95:ratio}, …), a rule on devices
 *     ({@code local-rollbacks}, {@code installs}, {@code silence}, {@code device-deadline}),
 *     whether enough was seen ({@code reporting}, {@code requests}, {@code soak}), and where it
 *     applies {@code baseline}, {@code deltas} and {@code deadline}
 * @param reason in plain words, with the figures and what is missing
 * @param e the e-value, where the gate has one
 * @param dryRun whether it is only told, and nothing acts on it
 */
public record Verdict(String gate, Kind kind, String reason, OptionalDouble e, boolean dryRun) {
  /**
   * PASS and NOT_APPLICABLE let a stage pass. NO_DATA: more has to be seen first. HOLD: something
   * is wrong and may clear. FAIL: aborts. NOT_APPLICABLE: a relative gate without a past to compare
   * with, where the spec has an absolute limit instead.
   */
  public enum Kind {
    PASS,
    FAIL,
    HOLD,
    NO_DATA,
    NOT_APPLICABLE
  }

  public Verdict(String gate, Kind kind, String reason, OptionalDouble e) {
    this(gate, kind, reason, e, false);
  }

  Verdict inDryRun() {
    return new Verdict(gate, kind, reason, e, true);
  }
}
