package dev.hatchery.rollout;

import dev.hatchery.core.Gate;
import dev.hatchery.core.Metric;
import dev.hatchery.core.RolloutSpec.Timing;
import dev.hatchery.core.Spread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A limit on what windows read (gates reference, section 3, instances D and E): a window is one
 * trial, so that a device's readings, which hang together closely, count once a window. A window
 * that did not read the metric is no trial, and neither is one in which nothing was asked of the
 * service: a device that idles says nothing about the release, and its past leaves such windows out
 * as well.
 */
sealed interface ReadingLimit extends Limit {
  /** A past needs so many windows, or as many as the spec asks requests, if those are fewer. */
  long WINDOWS = 200;

  Metric what();

  @Override
  default String metric() {
    return what().name();
  }

  /** D and E: of all windows, or golden samples, at most this share is bad. */
  record EventLimit(Metric what, double limit, double alpha) implements ReadingLimit {
    @Override
    public String key() {
      return what + ":limit";
    }

    @Override
    public double threshold() {
      return 1 / alpha;
    }

    @Override
    public OptionalDouble bar(Baseline past) {
      Spread before = past.of(what);
      return OptionalDouble.of(Limit.heldTo(limit, before.total(), before.above(0), alpha));
    }

    @Override
    public Yardstick at(double bar) {
      return what.unit() == Metric.Unit.SAMPLES
          ? Yardstick.golden(bar)
          : Yardstick.reading(bar, what, value -> value > 0);
    }

    @Override
    public String words() {
      return "at most "
          + Words.percent(limit)
          + (what.unit() == Metric.Unit.SAMPLES
              ? " of the golden samples may fail"
              : " of the windows may see " + what);
    }
  }

  /** E as B: at most so many times the upper bound of the device's own past share is bad. */
  record EventRatio(Metric what, double ratio, double alpha, long needed, Duration spanNeeded)
      implements ReadingLimit, Relative {
    @Override
    public String key() {
      return what + ":ratio";
    }

    @Override
    public double threshold() {
      return 1 / (alpha * (1 - FOR_THE_PAST));
    }

    @Override
    public long has(Baseline past) {
      return past.of(what).total();
    }

    @Override
    public OptionalDouble bar(Baseline past) {
      if (!enough(past)) return OptionalDouble.empty();
      Spread before = past.of(what);
      double worst = Bounds.share(before.total(), before.above(0), alpha * FOR_THE_PAST);
      return OptionalDouble.of(Math.min(CAP, ratio * worst));
    }

    @Override
    public Yardstick at(double bar) {
      return Yardstick.reading(bar, what, value -> value > 0);
    }

    @Override
    public String words() {
      return "at most "
          + Words.figure(ratio)
          + " times a device's own past share of windows may see "
          + what;
    }
  }

  /** E with a fixed bound: at most this share of the windows lies beyond it. */
  record LevelLimit(Metric what, boolean above, double bound, double share, double alpha)
      implements ReadingLimit {
    @Override
    public String key() {
      return what + (above ? ":above" : ":below");
    }

    @Override
    public double threshold() {
      return 1 / alpha;
    }

    @Override
    public OptionalDouble bar(Baseline past) {
      Spread before = past.of(what);
      long bad = above ? before.above(bound) : before.below(bound);
      return OptionalDouble.of(Limit.heldTo(share, before.total(), bad, alpha));
    }

    @Override
    public Yardstick at(double bar) {
      return Yardstick.reading(bar, what, value -> above ? value > bound : value < bound);
    }

    @Override
    public String words() {
      return "at most "
          + Words.percent(share)
          + " of the windows may read "
          + what
          + (above ? " above " : " below ")
          + Words.value(what, bound);
    }
  }

  /**
   * E as C: at most this share of the windows lies further out than the device's own past quantile,
   * times a ratio or shifted.
   *
   * @param times 1 where it is only shifted
   * @param plus 0 where it is only a ratio
   */
  record LevelPast(
      Metric what,
      boolean above,
      double times,
      double plus,
      double share,
      double alpha,
      long needed,
      Duration spanNeeded)
      implements ReadingLimit, Relative {
    @Override
    public String key() {
      return what + (times == 1 ? ":shift" : ":ratio");
    }

    @Override
    public double threshold() {
      return 1 / alpha;
    }

    @Override
    public long has(Baseline past) {
      return past.of(what).total();
    }

    @Override
    public OptionalDouble bar(Baseline past) {
      if (!enough(past)) return OptionalDouble.empty();
      OptionalDouble worst = worst(past.of(what));
      // So many times nothing, or less than nothing, is no bound.
      if (worst.isEmpty() || (times != 1 && worst.getAsDouble() <= 0))
        return OptionalDouble.empty();
      return OptionalDouble.of(times * worst.getAsDouble() + plus);
    }

    // The past's quantile is known from its readings alone: the bound on it is the one that spares
    // the release.
    private OptionalDouble worst(Spread past) {
      long n = past.total();
      OptionalLong rank = Bounds.rank(n, 1 - share, alpha * FOR_THE_PAST);
      if (rank.isEmpty()) return OptionalDouble.empty();
      long from = above ? rank.getAsLong() : n + 1 - rank.getAsLong();
      int bucket = past.bucketAtRank(from).orElseThrow();
      return OptionalDouble.of(above ? Spread.highest(bucket) : Spread.lowest(bucket));
    }

    @Override
    public Yardstick at(double bar) {
      return Yardstick.reading(share, what, value -> above ? value > bar : value < bar);
    }

    @Override
    public String words() {
      String past = "a device's own past p" + Words.figure(100 * (above ? 1 - share : share));
      String bound =
          times == 1
              ? Words.value(what, Math.abs(plus)) + (above ? " above " : " below ") + past
              : (above ? "above " : "below ") + Words.figure(times) + " times " + past;
      return "at most " + Words.percent(share) + " of the windows may read " + what + " " + bound;
    }
  }

  static List<Limit> of(Gate.Events gate, double alpha, Timing timing) {
    List<Limit> limits = new ArrayList<>();
    Metric what = gate.what();
    gate.limit().ifPresent(l -> limits.add(new EventLimit(what, l, alpha)));
    gate.ratio()
        .map(r -> new EventRatio(what, r, alpha, windows(timing), timing.baselineAge()))
        .ifPresent(limits::add);
    return limits;
  }

  static List<Limit> of(Gate.Level gate, double alpha, Timing timing) {
    List<Limit> limits = new ArrayList<>();
    Metric what = gate.what();
    Gate.Level.Bounds bounds = gate.bounds();
    double share = gate.share();
    bounds.above().ifPresent(b -> limits.add(new LevelLimit(what, true, b, share, alpha)));
    bounds.below().ifPresent(b -> limits.add(new LevelLimit(what, false, b, share, alpha)));
    bounds.ratio().ifPresent(r -> limits.add(past(gate, r > 1, r, 0, alpha, timing)));
    bounds.shift().ifPresent(s -> limits.add(past(gate, s > 0, 1, s, alpha, timing)));
    return limits;
  }

  private static LevelPast past(
      Gate.Level gate, boolean above, double times, double plus, double alpha, Timing timing) {
    long least = Bounds.leastFor(1 - gate.share(), alpha * FOR_THE_PAST);
    return new LevelPast(
        gate.what(),
        above,
        times,
        plus,
        gate.share(),
        alpha,
        Math.max(least, windows(timing)),
        timing.baselineAge());
  }

  private static long windows(Timing timing) {
    return Math.min(WINDOWS, timing.baselineRequests());
  }
}
