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
 * @param dryRun whether it is only told, and nothing acts on it
 */
public record VerdictView(
    String gate,
    Kind kind,
    String reason,
    OptionalDouble e,
    Optional<Instant> since,
    boolean dryRun) {
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
    this(gate, kind, reason, e, Optional.empty(), false);
  }

  /** Whether it keeps a stage from passing. */
  public boolean open() {
    return !dryRun && !kind.passes();
  }

  public VerdictView since(Instant at) {
    return new VerdictView(gate, kind, reason, e, Optional.of(at), dryRun);
  }
}
