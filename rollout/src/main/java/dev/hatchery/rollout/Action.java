package dev.hatchery.rollout;

/** What an operator may do to a rollout. */
public sealed interface Action {
  /** Ends the stage as passed, whatever its soak; a FAIL cannot be promoted over. */
  record Promote() implements Action {}

  record Pause() implements Action {}

  record Resume() implements Action {}

  /** Latched, like a gate's. */
  record Abort(String reason) implements Action {}

  /** Gives members that went back alone a fresh trial at once. */
  record Retry() implements Action {}
}
