package dev.hatchery.rollout;

import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The patches that a rollout's devices will need. A device that is ordered before its patch is made
 * would fetch the whole file, so the first stage waits for them, but not for ever: a patch saves
 * bytes, it is no condition. Later stages and the way back never wait.
 *
 * @param done how many are made, or cannot be
 * @param of how many there are
 * @param until then the stage begins without the rest
 */
public record Preparing(int done, int of, Instant until) {
  public static final Preparing NOTHING = new Preparing(0, 0, Instant.EPOCH);

  static final String GATE = "deltas";

  /** The hold that keeps the first stage from being ordered; empty when it may be. */
  Optional<Verdict> hold(Rollout rollout, Instant now) {
    if (done >= of || !rollout.members().isEmpty() || !now.isBefore(until)) return Optional.empty();
    String reason =
        "deltas are being made: "
            + done
            + " of "
            + of
            + "; the stage begins without the rest in "
            + Words.time(Duration.between(now, until));
    return Optional.of(Judge.verdict(GATE, Kind.HOLD, reason));
  }
}
