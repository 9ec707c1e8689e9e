package dev.hatchery.rollout;

import java.util.OptionalDouble;

/**
 * What one gate says now.
 *
 * @param gate for example {@code errors:limit}, {@code latency-p95:ratio}, {@code local-rollbacks},
 *     {@code soak}
 * @param reason in plain words, with the figures and what is missing
 * @param e the e-value, where the gate has one
 */
public record Verdict(String gate, Kind kind, String reason, OptionalDouble e) {
  /**
   * NOT_APPLICABLE: a relative gate without a past to compare with, where the spec has an absolute
   * limit instead.
   */
  public enum Kind {
    PASS,
    FAIL,
    HOLD,
    NO_DATA,
    NOT_APPLICABLE
  }
}
