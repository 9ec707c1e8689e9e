package dev.hatchery.rollout;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * Whether devices that changed are worse than a control by less than a margin, each device being
 * one value (gates reference, section 4, L3): the mean of the changed less that of the control, and
 * its upper confidence bound by Welch's t, which does not ask for equal variances.
 *
 * @param estimate the difference of the means
 * @param changed the variance of a changed device's value; {@code control} likewise
 * @param miss how likely the truth lies above the bound
 */
record Noninferiority(
    double estimate,
    double changed,
    int changedDevices,
    double control,
    int controlDevices,
    double miss) {
  private static final int MOST = 1000;

  /**
   * The two sides.
   *
   * @param changedFloor what the variance is at least, since a few values that agree by chance, or
   *     because they were rounded, are no proof that devices do not differ
   */
  static Noninferiority of(
      double[] changed, double changedFloor, double[] control, double controlFloor, double miss) {
    return new Noninferiority(
        mean(changed) - mean(control),
        Math.max(changedFloor, variance(changed)),
        changed.length,
        Math.max(controlFloor, variance(control)),
        control.length,
        miss);
  }

  double bound() {
    return bound(changedDevices, controlDevices);
  }

  private double bound(int n, int m) {
    double a = changed / n;
    double b = control / m;
    double df = (a + b) * (a + b) / (a * a / (n - 1) + b * b / (m - 1));
    return estimate + Bounds.student(df, miss) * Math.sqrt(a + b);
  }

  /**
   * How many more changed devices would bring the bound below the margin, if nothing else changed;
   * empty where none would.
   */
  OptionalInt moreChanged(double margin) {
    if (!(bound(MOST, controlDevices) < margin)) return OptionalInt.empty();
    int n = changedDevices;
    while (!(bound(n, controlDevices) < margin)) n++;
    return OptionalInt.of(n - changedDevices);
  }

  /** The same, with as many more in the control. */
  OptionalInt moreOfBoth(double margin) {
    if (!(bound(MOST, MOST) < margin)) return OptionalInt.empty();
    int more = 0;
    while (!(bound(changedDevices + more, controlDevices + more) < margin)) more++;
    return OptionalInt.of(more);
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).sum() / values.length;
  }

  private static double variance(double[] values) {
    double mean = mean(values);
    double sum = 0;
    for (double v : values) sum += (v - mean) * (v - mean);
    return sum / (values.length - 1);
  }
}
