package dev.hatchery.wire.api;

import java.util.OptionalDouble;

/**
 * What one gate says.
 *
 * @param reason in plain words
 * @param e the e-value, where the gate has one
 */
public record VerdictView(String gate, Kind kind, String reason, OptionalDouble e) {
  /** As in {@code dev.hatchery.rollout.Verdict}. */
  public enum Kind {
    PASS,
    FAIL,
    HOLD,
    NO_DATA,
    NOT_APPLICABLE
  }
}
