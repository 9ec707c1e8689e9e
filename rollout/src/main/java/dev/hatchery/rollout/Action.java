package dev.hatchery.rollout;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;

/** What an operator may do to a rollout. */
public sealed interface Action {
  /** Ends the stage as passed, whatever its soak; a FAIL cannot be promoted over. */
  record Promote() implements Action {}

  /** Evidence still counts and a gate still aborts; nothing is ordered or promoted. */
  record Pause() implements Action {}

  /** The stage gets its whole {@code maxWindow} again: the pause is not held against it. */
  record Resume() implements Action {}

  /**
   * Latched, like a gate's.
   *
   * @param reason in plain words, at most 512 characters; it goes into the record
   */
  record Abort(String reason) implements Action {
    private static final int MAX_REASON = 512;

    public Abort {
      if (reason.length() > MAX_REASON) {
        throw Refusal.of(Code.TOO_LARGE, "an abort's reason is too long")
            .expected("at most " + MAX_REASON + " characters")
            .got(reason.length());
      }
    }
  }

  /** Gives members that failed a fresh trial at once, those in quarantine too. */
  record Retry() implements Action {}
}
