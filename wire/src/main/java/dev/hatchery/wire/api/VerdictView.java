package dev.hatchery.wire.api;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What one gate says.
 *
 * @param reason in plain words
 * @param e the e-value, where the gate has one
 * @param since since when it says so, with whatever figures; absent where that is not known
 */
public record VerdictView(
    String gate, Kind kind, String reason, OptionalDouble e, Optional<Instant> since) {
  /** As in {@code dev.hatchery.rollout.Verdict}. */
  public enum Kind {
    PASS,
    FAIL,
    HOLD,
    NO_DATA,
    NOT_APPLICABLE;

    /** Whether a stage may pass with it. */
    public boolean passes() {
      return this == PASS || this == NOT_APPLICABLE;
    }
  }

  public VerdictView(String gate, Kind kind, String reason, OptionalDouble e) {
    this(gate, kind, reason, e, Optional.empty());
  }

  public VerdictView since(Instant at) {
    return new VerdictView(gate, kind, reason, e, Optional.of(at));
  }
}
