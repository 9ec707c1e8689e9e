package dev.hatchery.rollout;

import dev.hatchery.core.Control.ErrorMargin;
import dev.hatchery.core.Control.LatencyMargin;
import dev.hatchery.core.Control.Margin;
import dev.hatchery.core.LatencyHistogram;
import java.util.List;
import java.util.OptionalInt;

/** One metric as a value for each device, and when the values' difference is within the margin. */
sealed interface Measure {
  static Measure of(Margin margin) {
    return switch (margin) {
      case LatencyMargin m -> new Latency(m);
      case ErrorMargin m -> new Errors(m);
    };
  }

  Margin asked();

  /** How much worse the device is than in its own past. */
  double of(Sides.Pair device);

  /** What the variance of the values is at least. */
  double floor(List<Sides.Pair> side);

  /** The margin, as a difference of values. */
  double margin();

  /** A difference of values as people read it. */
  String words(double difference);

  default Comparison.Finding find(Sides sides, double miss) {
    Noninferiority test = test(sides, miss);
    double bound = test.bound();
    // Also where a value is no number, because its histogram is open: that shows nothing.
    boolean within = bound < margin();
    String reason =
        asked().metric()
            + " "
            + words(test.estimate())
            + " against the control, at most "
            + words(bound)
            + " with "
            + Words.percent(1 - miss)
            + " confidence, "
            + words(margin())
            + " allowed; "
            + Words.devices(test.changedDevices())
            + " against "
            + test.controlDevices();
    return new Comparison.Finding(
        asked().metric(), within, false, within ? reason : reason + "; " + wanting(test));
  }

  /** What an experiment has shown: both bounds, each missed as rarely. */
  default Comparison.Finding contest(Sides sides, double miss) {
    Noninferiority test = test(sides, miss);
    double most = test.bound();
    double least = 2 * test.estimate() - most;
    boolean better = most < 0;
    // Where a value is no number nothing is shown, and what is not shown is not good enough.
    boolean within = least <= 0;
    boolean worse = least > 0;
    String reason =
        asked().metric()
            + (better ? " is better: " : worse ? " is worse: " : ", no difference shown: ")
            + words(test.estimate())
            + " against the control ("
            + words(least)
            + " to "
            + words(most)
            + " with "
            + Words.percent(1 - 2 * miss)
            + " confidence), "
            + Words.devices(test.changedDevices())
            + " against "
            + test.controlDevices();
    return new Comparison.Finding(asked().metric(), within, better, reason);
  }

  private Noninferiority test(Sides sides, double miss) {
    return Noninferiority.of(
        values(sides.changed()),
        floor(sides.changed()),
        values(sides.control()),
        floor(sides.control()),
        miss);
  }

  private double[] values(List<Sides.Pair> side) {
    return side.stream().mapToDouble(this::of).toArray();
  }

  /** What would show it, as far as the figures stay as they are. */
  private String wanting(Noninferiority test) {
    if (!(test.estimate() < margin())) return "worse by the margin or more, as far as can be seen";
    OptionalInt more = test.moreChanged(margin());
    if (more.isPresent()) return "about " + more(more.getAsInt()) + " in the stage would show it";
    OptionalInt both = test.moreOfBoth(margin());
    return both.isPresent()
        ? "about " + more(both.getAsInt()) + " on either side would show it"
        : "too close to the margin for any number of devices to show it";
  }

  private static String more(int devices) {
    return devices == 1 ? "1 more device" : devices + " more devices";
  }

  /** The logarithm of how many times as long the quantile is as in the device's own past. */
  record Latency(LatencyMargin asked) implements Measure {
    // Two quantiles, each known to about a bucket of the histogram: an even spread over a width w
    // has the variance w²/12.
    private static final double ROUNDING = Math.pow(Math.log(LatencyHistogram.GROWTH), 2) / 12 * 2;

    @Override
    public double of(Sides.Pair d) {
      return Math.log(
          d.now().latency().estimate(asked.quantile())
              / d.past().latency().estimate(asked.quantile()));
    }

    @Override
    public double floor(List<Sides.Pair> side) {
      return ROUNDING;
    }

    @Override
    public double margin() {
      return Math.log(asked.ratio());
    }

    @Override
    public String words(double difference) {
      return Words.figure(Math.exp(difference)) + " times";
    }
  }

  /** By how much the share of failed requests has risen. */
  record Errors(ErrorMargin asked) implements Measure {
    @Override
    public double of(Sides.Pair d) {
      return share(d.now().errors(), d.now().requests())
          - share(d.past().errors(), d.past().requests());
    }

    // Chance alone makes shares of so many requests differ by as much, also where none has failed:
    // half a failure is added, as if one more request had been a coin.
    @Override
    public double floor(List<Sides.Pair> side) {
      long requests = side.stream().mapToLong(d -> d.now().requests()).sum();
      long errors = side.stream().mapToLong(d -> d.now().errors()).sum();
      double share = (errors + 0.5) / (requests + 1);
      return share * (1 - share) / ((double) requests / side.size());
    }

    @Override
    public double margin() {
      return asked.share();
    }

    @Override
    public String words(double difference) {
      return Words.figure(difference * 100) + " percentage points";
    }

    private static double share(long errors, long requests) {
      return (double) errors / requests;
    }
  }
}
