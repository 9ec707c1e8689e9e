package dev.hatchery.lab.fleet;

/** What must never happen, whatever fails. */
public enum Violation {
  /** A stage advanced twice, or two servers both made one decision. */
  DOUBLE_ADVANCE("doubleAdvance"),
  /** A rollout that was aborted goes on, or leaves a device on its release. */
  LOST_ABORT("lostAbort"),
  /** A change that no state machine allows: of a rollout, a member, a counter, a slot. */
  ILLEGAL_TRANSITION("illegalTransition"),
  /** The server believes in a success that the device never had. */
  FALSE_SUCCESS("falseSuccess"),
  /** The faults have ended, and the fleet does not come to rest. */
  NOT_CONVERGED("notConverged");

  private final String label;

  Violation(String label) {
    this.label = label;
  }

  /** As JSON names it. */
  public String label() {
    return label;
  }
}
