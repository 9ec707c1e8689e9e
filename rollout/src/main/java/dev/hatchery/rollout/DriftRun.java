package dev.hatchery.rollout;

/**
 * How a device's windows compare with its own past, for one drift gate.
 *
 * @param compared windows that were
 * @param inARow how many of the newest ones drift without a gap
 * @param last the newest measure
 */
public record DriftRun(long compared, int inARow, double last) {
  public static final DriftRun NONE = new DriftRun(0, 0, 0);

  DriftRun plus(double measure, boolean drifts) {
    return new DriftRun(compared + 1, drifts ? inARow + 1 : 0, measure);
  }
}
