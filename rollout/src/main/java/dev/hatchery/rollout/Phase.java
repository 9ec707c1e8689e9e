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
  /** Every device runs the target; the channel's head has moved. */
  COMPLETED,
  /** Every device that was touched has proved that it is back. */
  ROLLED_BACK;

  public boolean active() {
    return this == RUNNING || this == PAUSED;
  }

  public boolean over() {
    return this == COMPLETED || this == ROLLED_BACK;
  }
}
