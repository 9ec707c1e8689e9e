package dev.hatchery.delta.make;

import dev.hatchery.delta.Op;
import java.util.Arrays;
import java.util.Optional;

/**
 * Fits a ratio to each channel by least squares: a folded batch norm, a weight decay or a changed
 * scale moves all weights of a channel together. A ratio is sent as a whole number of steps, and
 * the step is as coarse as the fit's own uncertainty; where it gains less than it costs it is 1.
 */
final class Ratios {
  private static final double LOG2 = Math.log(2);

  /** About what one ratio costs, in bits. */
  private static final double COST = 9;

  private final Values values;
  private final boolean columns;
  private final int channels;
  private final double[] xy;
  private final double[] xx;
  private final double[] before;
  private final int[] counts;

  /** What was found: the scaling, and each channel's number of steps. */
  static final class Fit {
    private final Op.Channels scaling;
    private final int[] steps;

    Fit(Op.Channels scaling, int[] steps) {
      this.scaling = scaling;
      this.steps = steps;
    }

    Op.Channels scaling() {
      return scaling;
    }

    int[] steps() {
      return steps;
    }

    double ratio(int channel) {
      return 1 + Math.scalb((double) steps[channel], -scaling.precision());
    }
  }

  private Ratios(Values values, boolean columns) {
    this.values = values;
    this.columns = columns;
    this.channels = columns ? values.width() : values.rows();
    xy = new double[channels];
    xx = new double[channels];
    before = new double[channels];
    counts = new int[channels];
    for (int i = 0; i < values.now().length; i++) {
      int channel = columns ? i % values.width() : i / values.width();
      double x = values.old()[i];
      double y = values.now()[i];
      before[channel] += (y - x) * (y - x);
      if (values.saturated(i)) continue;
      xy[channel] += x * y;
      xx[channel] += x * x;
      counts[channel]++;
    }
  }

  /** Empty when no channel gains by it. */
  static Optional<Fit> fit(Values values, boolean columns) {
    int channels = columns ? values.width() : values.rows();
    if (channels > Op.Channels.MAX_RATIOS) return Optional.empty();
    return new Ratios(values, columns).fit();
  }

  private Optional<Fit> fit() {
    double[] slopes = new double[channels];
    double[] doubts = new double[channels];
    int known = 0;
    double[] after = errors(slopes);
    for (int i = 0; i < channels; i++) {
      if (xx[i] <= 0 || counts[i] < 4) continue;
      double left = after[i] / counts[i] + values.noise();
      doubts[known++] = Math.sqrt(left / xx[i]);
    }
    if (known == 0) return Optional.empty();
    double[] sorted = Arrays.copyOf(doubts, known);
    Arrays.sort(sorted);
    double doubt = sorted[known / 2];
    if (!(doubt > 0)) doubt = 1e-9;
    int precision =
        Math.clamp(Math.round(-Math.log(doubt * 1.5) / LOG2), 3, Op.Channels.MAX_PRECISION);
    int[] steps = new int[channels];
    boolean any = false;
    for (int i = 0; i < channels; i++) {
      if (xx[i] <= 0 || counts[i] < 4) continue;
      double noise = values.noise() * counts[i] + 1e-300;
      double gain = 0.5 * counts[i] * Math.log((before[i] + noise) / (after[i] + noise)) / LOG2;
      double step = Math.rint(Math.scalb(slopes[i] - 1, precision));
      if (gain < COST || Math.abs(step) > 1 << 28) continue;
      steps[i] = (int) step;
      any |= steps[i] != 0;
    }
    return any
        ? Optional.of(new Fit(new Op.Channels(columns, precision), steps))
        : Optional.empty();
  }

  // The squared errors that would be left, and the slopes that leave them.
  private double[] errors(double[] slopes) {
    double[] after = new double[channels];
    for (int i = 0; i < channels; i++) slopes[i] = xx[i] > 0 ? xy[i] / xx[i] : 1;
    for (int i = 0; i < values.now().length; i++) {
      int channel = columns ? i % values.width() : i / values.width();
      double error = values.now()[i] - slopes[channel] * values.old()[i];
      after[channel] += error * error;
    }
    return after;
  }
}
