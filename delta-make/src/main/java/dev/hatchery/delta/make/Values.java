package dev.hatchery.delta.make;

import dev.hatchery.delta.Lane;

/**
 * The numbers of a piece of a tensor, old and new, for fitting predictors. What is no number (an
 * infinity, a NaN) is 0 on both sides.
 */
final class Values {
  private final double[] old;
  private final double[] now;
  private final int width;
  private final Lane lane;

  Values(double[] old, double[] now, int width, Lane lane) {
    this.old = old;
    this.now = now;
    this.width = width;
    this.lane = lane;
  }

  double[] old() {
    return old;
  }

  double[] now() {
    return now;
  }

  int width() {
    return width;
  }

  Lane lane() {
    return lane;
  }

  static Values of(
      Mapped oldFile, long oldAt, Mapped newFile, long newAt, Lane lane, int lanes, int width) {
    int[] before = Lanes.read(oldFile, lane, oldAt, lanes);
    int[] after = Lanes.read(newFile, lane, newAt, lanes);
    double[] old = new double[lanes];
    double[] now = new double[lanes];
    for (int i = 0; i < lanes; i++) {
      old[i] = lane.value(before[i]);
      now[i] = lane.value(after[i]);
      if (!Double.isFinite(old[i]) || !Double.isFinite(now[i])) {
        old[i] = 0;
        now[i] = 0;
      }
    }
    return new Values(old, now, width, lane);
  }

  int rows() {
    return (now.length + width - 1) / width;
  }

  /** The square of the error that rounding to a lane makes; for floats nothing. */
  double noise() {
    return lane.isFloat() ? 0 : 1 / 12.0;
  }

  /** Integers at the ends of their range are cut off there and say nothing of a ratio. */
  boolean saturated(int index) {
    return switch (lane) {
      case I8 -> Math.abs(now[index]) >= 127 || Math.abs(old[index]) >= 127;
      case U8 -> now[index] >= 255 || now[index] <= 0;
      case U4, I4, I32, F16, BF16, F32 -> false;
    };
  }
}
