package dev.hatchery.rollout;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;

/** What an operator may do to a rollout. */
public sealed interface Action {
  /** Characters of a comment or reason. */
  int MAX_TEXT = 512;

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
    public Abort {
      requireShort(reason, "an abort's reason");
    }
  }

  /**
   * A person's yes to the stage that waits for it. The author's own does not count and is refused;
   * a second one by the same person replaces the first.
   *
   * @param by who says so, as the audit record names them
   * @param comment for the record, at most 512 characters; may be empty
   */
  record Approve(String by, String comment) implements Action {
    public Approve {
      requireShort(comment, "an approval's comment");
    }
  }

  /**
   * A person's no to the stage that waits: it aborts, since what nobody may have more of, nobody
   * should keep.
   */
  record Reject(String by, String reason) implements Action {
    public Reject {
      requireShort(reason, "a rejection's reason");
    }
  }

  /**
   * Takes back what a rollout that is over has come to: a completed one's head goes back, and one
   * that was rolled back orders its release again to those that had it confirmed. Done twice, all
   * is as it was before. Going back nothing keeps it from; where it goes forward, it orders nobody
   * who is held, and nobody in a freeze.
   */
  record Undo(String by, String reason, Restraints restraints) implements Action {
    public Undo {
      requireShort(reason, "an undo's reason");
    }

    public Undo(String by, String reason) {
      this(by, reason, Restraints.NONE);
    }
  }

  /**
   * Gives members that failed a fresh trial at once, those in quarantine too; whom an operator has
   * held or pinned not before they are let go, whom an interlock keeps from it not before that is
   * over, and nobody in a freeze.
   */
  record Retry(Restraints restraints) implements Action {
    public Retry() {
      this(Restraints.NONE);
    }
  }

  /** What a person approved counts no more: they are no operator any longer. */
  record Withdraw(String by) implements Action {}

  private static void requireShort(String text, String what) {
    if (text.length() <= MAX_TEXT) return;
    throw Refusal.of(Code.TOO_LARGE, what + " is too long")
        .expected("at most " + MAX_TEXT + " characters")
        .got(text.length());
  }
}
