package dev.hatchery.rollout;

/**
 * Where a rollout stands. A HOLD is no phase: it is the verdict that keeps a RUNNING rollout where
 * it is.
 */
public enum Phase {
  RUNNING,
  PAUSED,
  /** Aborted, latched; devices that were touched are on their way back. */
  ROLLING_BACK,
  /** The last stage has passed; the channel's head has moved. */
  COMPLETED,
  /**
   * Every device that was touched has proved that it is back; or, in a channel's first rollout,
   * there was nothing to go back to.
   */
  ROLLED_BACK;

  public boolean active() {
    return this == RUNNING || this == PAUSED;
  }

  public boolean over() {
    return this == COMPLETED || this == ROLLED_BACK;
  }
}
