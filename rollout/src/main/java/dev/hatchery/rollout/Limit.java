package dev.hatchery.rollout;

import dev.hatchery.core.Durations;
import dev.hatchery.core.Gate;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.RolloutSpec.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * One limit of a gate as something that trials can break (gates reference, section 3, instances A
 * to C). The absolute ones are the same for every device; the relative ones measure a device
 * against its own past.
 */
sealed interface Limit permits Limit.Relative, Limit.ErrorLimit, Limit.LatencyLimit, ReadingLimit {
  /** How the key of a relative limit ends. */
  String RATIO = ":ratio";

  /** What share of a relative limit's alpha pays for not knowing the past exactly. */
  double FOR_THE_PAST = 0.5;

  /** The largest share that can be tested. */
  double CAP = 0.97;

  /** Names the tally and the verdict, for example {@code errors:limit}. */
  String key();

  String metric();

  /** The e-value from which the limit counts as broken. */
  double threshold();

  /**
   * What a device with this past is held to: for errors, events and bounded readings the share that
   * may be bad, for latency the seconds, for readings against its own past the bound. Empty where
   * its past gives none.
   */
  OptionalDouble bar(Baseline past);

  Yardstick at(double bar);

  /** The yardstick for a device with this past; empty where its past does not give one. */
  default Optional<Yardstick> on(Baseline past) {
    OptionalDouble bar = bar(past);
    return bar.isPresent() ? Optional.of(at(bar.getAsDouble())) : Optional.empty();
  }

  /**
   * As it was fixed when the member was first ordered; states from before that was kept have none.
   */
  default Optional<Yardstick> on(Member member) {
    Double bar = member.bars().get(key());
    return bar == null ? on(member.baseline()) : Optional.of(at(bar));
  }

  /** In words, for people. */
  String words();

  /**
   * The share that a device with this past is held to. One whose own past proves that it was over
   * the limit before the release came says nothing about the release by being so still: it is held
   * to the upper bound of its past. In a fleet of a thousand there always is one.
   */
  static double heldTo(double limit, long n, long k, double alpha) {
    double miss = alpha * FOR_THE_PAST;
    if (k <= limit * n || Bounds.shareFrom(n, k, miss) <= limit) return limit;
    return Math.min(CAP, Bounds.share(n, k, miss));
  }

  /** Measured against the device's own past. */
  sealed interface Relative extends Limit
      permits ErrorRatio, LatencyRatio, ReadingLimit.EventRatio, ReadingLimit.LevelPast {
    /** How many requests, or windows that read the metric, the past must have. */
    long needed();

    Duration spanNeeded();

    /** How many of those it has. */
    long has(Baseline past);

    default boolean enough(Baseline past) {
      return has(past) >= needed() && past.span().compareTo(spanNeeded()) >= 0;
    }
  }

  /** Instance A: of all requests, at most this share fails. */
  record ErrorLimit(double limit, double alpha) implements Limit {
    private static final String KEY = Gate.Errors.METRIC + ":limit";

    @Override
    public String key() {
      return KEY;
    }

    @Override
    public String metric() {
      return Gate.Errors.METRIC;
    }

    @Override
    public double threshold() {
      return 1 / alpha;
    }

    @Override
    public OptionalDouble bar(Baseline past) {
      return OptionalDouble.of(heldTo(limit, past.requests(), past.errors(), alpha));
    }

    @Override
    public Yardstick at(double bar) {
      return Yardstick.errors(bar);
    }

    @Override
    public String words() {
      return "at most " + Words.percent(limit) + " of the requests may fail";
    }
  }

  /** Instance B: at most so many times the upper bound of the device's own past share fails. */
  record ErrorRatio(double ratio, double alpha, long needed, Duration spanNeeded)
      implements Relative {
    private static final String KEY = Gate.Errors.METRIC + RATIO;

    @Override
    public String key() {
      return KEY;
    }

    @Override
    public String metric() {
      return Gate.Errors.METRIC;
    }

    @Override
    public double threshold() {
      return 1 / (alpha * (1 - FOR_THE_PAST));
    }

    @Override
    public long has(Baseline past) {
      return past.requests();
    }

    @Override
    public OptionalDouble bar(Baseline past) {
      if (!enough(past)) return OptionalDouble.empty();
      double worst = Bounds.share(past.requests(), past.errors(), alpha * FOR_THE_PAST);
      return OptionalDouble.of(Math.min(CAP, ratio * worst));
    }

    @Override
    public Yardstick at(double bar) {
      return Yardstick.errors(bar);
    }

    @Override
    public String words() {
      return "at most " + Words.figure(ratio) + " times a device's own past share may fail";
    }
  }

  /**
   * Instance C against a fixed time. A device whose own past proves that it was over the limit is
   * held to the upper bound of the same quantile of that, as with errors.
   */
  record LatencyLimit(String metric, double quantile, Duration limit, double alpha)
      implements Limit {
    @Override
    public String key() {
      return metric + ":limit";
    }

    @Override
    public double threshold() {
      return 1 / alpha;
    }

    @Override
    public OptionalDouble bar(Baseline past) {
      double seconds = limit.toNanos() / 1e9;
      long n = past.latency().total();
      double miss = alpha * FOR_THE_PAST;
      boolean over = Bounds.shareFrom(n, past.latency().longerThan(seconds), miss) > 1 - quantile;
      // A past that has no bound excuses nobody.
      return OptionalDouble.of(
          over ? Math.max(seconds, worst(past, quantile, miss).orElse(seconds)) : seconds);
    }

    @Override
    public Yardstick at(double bar) {
      return Yardstick.latency(quantile, bar);
    }

    @Override
    public String words() {
      return "at most "
          + Words.percent(1 - quantile)
          + " may take longer than "
          + Durations.format(limit);
    }
  }

  /** Instance C against the upper bound of the same quantile of the device's own past. */
  record LatencyRatio(
      String metric, double quantile, double ratio, double alpha, long needed, Duration spanNeeded)
      implements Relative {
    @Override
    public String key() {
      return metric + RATIO;
    }

    @Override
    public double threshold() {
      return 1 / alpha;
    }

    @Override
    public long has(Baseline past) {
      return past.latency().total();
    }

    @Override
    public OptionalDouble bar(Baseline past) {
      if (!enough(past)) return OptionalDouble.empty();
      OptionalDouble worst = worst(past, quantile, alpha * FOR_THE_PAST);
      return worst.isPresent() ? OptionalDouble.of(ratio * worst.getAsDouble()) : worst;
    }

    @Override
    public Yardstick at(double bar) {
      return Yardstick.latency(quantile, bar);
    }

    @Override
    public String words() {
      return "at most "
          + Words.percent(1 - quantile)
          + " may take longer than "
          + Words.figure(ratio)
          + " times a device's own past "
          + metric.substring(Gate.Latency.PREFIX.length() - 1);
    }
  }

  // The upper bound of a past quantile, in seconds. Nothing is longer than a past that lies in the
  // last, open bucket.
  private static OptionalDouble worst(Baseline past, double quantile, double miss) {
    var rank = Bounds.rank(past.latency().total(), quantile, miss);
    if (rank.isEmpty()) return OptionalDouble.empty();
    var bucket = past.latency().bucketAtRank(rank.getAsLong());
    double bound = LatencyHistogram.bound(bucket.orElseThrow());
    return Double.isInfinite(bound) ? OptionalDouble.empty() : OptionalDouble.of(bound);
  }

  /** The share of false aborts that a rollout's limits may cause together. */
  double BUDGET = 0.05;

  /**
   * All limits that a rollout's gates act by. A gate's alpha is shared by its limits, so that it is
   * spent once; gates that together ask for more than {@link #BUDGET} get their share of that.
   * Where shadows are judged and then those that switched, each without the other's evidence, each
   * has half of it.
   */
  static List<Limit> of(RolloutSpec spec) {
    List<Gate> acting =
        spec.gates().stream().filter(gate -> !(gate instanceof Gate.DryRun)).toList();
    double asked = acting.stream().mapToDouble(Gate::alpha).sum();
    double scale = Math.min(1, BUDGET / asked) / (spec.shadowStages() > 0 ? 2 : 1);
    return acting.stream().flatMap(gate -> of(gate, scale, spec.timing()).stream()).toList();
  }

  /** Those that are only told. They can abort nothing, so they spend nothing of the budget. */
  static List<Limit> dryRuns(RolloutSpec spec) {
    return spec.gates().stream()
        .filter(Gate.DryRun.class::isInstance)
        .flatMap(gate -> of(gate, 1, spec.timing()).stream())
        .toList();
  }

  /** Both. */
  static List<Limit> all(RolloutSpec spec) {
    return Stream.concat(of(spec).stream(), dryRuns(spec).stream()).toList();
  }

  private static List<Limit> of(Gate gate, double scale, Timing timing) {
    double alpha = scale * gate.alpha();
    double each = gate.hasLimit() && gate.hasRatio() ? alpha / 2 : alpha;
    List<Limit> limits = new ArrayList<>();
    switch (gate) {
      case Gate.Errors g -> {
        g.limit().ifPresent(l -> limits.add(new ErrorLimit(l, each)));
        g.ratio().ifPresent(r -> limits.add(ratio(r, each, timing)));
      }
      case Gate.Latency g -> {
        g.limit().ifPresent(l -> limits.add(new LatencyLimit(g.metric(), g.quantile(), l, each)));
        g.ratio().ifPresent(r -> limits.add(ratio(r, g, each, timing)));
      }
      case Gate.Events g -> limits.addAll(ReadingLimit.of(g, each, timing));
      case Gate.Level g -> limits.addAll(ReadingLimit.of(g, alpha / g.bounds().count(), timing));
      case Gate.Query _ -> {} // see Inquiries
      case Gate.Drift _ -> {} // see DriftVerdicts
      case Gate.DryRun g -> limits.addAll(of(g.gate(), scale, timing));
    }
    return limits;
  }

  private static ErrorRatio ratio(double ratio, double alpha, Timing timing) {
    return new ErrorRatio(ratio, alpha, timing.baselineRequests(), timing.baselineAge());
  }

  // A high quantile needs a minimum of its own, whatever the spec says: with fewer values it has
  // no upper bound.
  private static LatencyRatio ratio(double ratio, Gate.Latency gate, double alpha, Timing timing) {
    long least = Bounds.leastFor(gate.quantile(), alpha * FOR_THE_PAST);
    return new LatencyRatio(
        gate.metric(),
        gate.quantile(),
        ratio,
        alpha,
        Math.max(least, timing.baselineRequests()),
        timing.baselineAge());
  }
}
