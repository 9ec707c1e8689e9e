package dev.hatchery.core;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A limit on one metric that a release must keep on the devices that run it. The absolute limit
 * holds for every device; the ratio compares a device with its own past under the release before.
 */
public sealed interface Gate {
  /**
   * The share of false aborts that one gate may cause in a rollout (gates reference, "Alpha
   * budget").
   */
  double DEFAULT_ALPHA = 0.01;

  /** The metric's name in rollout.yaml. */
  String metric();

  /** How likely this gate may abort a rollout although no device is worse than its limit. */
  double alpha();

  boolean hasLimit();

  boolean hasRatio();

  /**
   * The share of failed inferences.
   *
   * @param limit for example 0.05
   * @param ratio against the upper confidence bound of the device's own past share
   */
  record Errors(Optional<Double> limit, Optional<Double> ratio, double alpha) implements Gate {
    public static final String METRIC = "errors";

    public Errors {
      limit.ifPresent(l -> require(l > 0 && l < 0.97, METRIC, "a limit above 0% and below 97%", l));
      Gate.requireOne(METRIC, limit.isPresent(), ratio, alpha);
    }

    @Override
    public String metric() {
      return METRIC;
    }

    @Override
    public boolean hasLimit() {
      return limit.isPresent();
    }

    @Override
    public boolean hasRatio() {
      return ratio.isPresent();
    }
  }

  /**
   * A latency quantile of the inferences.
   *
   * @param quantile 0.5, 0.9, 0.95 or 0.99
   * @param limit no more than 1 - quantile of the requests may take longer
   * @param ratio against the same quantile of the device's own past
   */
  record Latency(double quantile, Optional<Duration> limit, Optional<Double> ratio, double alpha)
      implements Gate {
    public static final String PREFIX = "latency-p";

    public Latency {
      require(quantile >= 0.5 && quantile <= 0.99, PREFIX, "a quantile from p50 to p99", quantile);
      limit.ifPresent(l -> require(l.isPositive(), PREFIX, "a limit above 0", l));
      Gate.requireOne(PREFIX, limit.isPresent(), ratio, alpha);
    }

    @Override
    public String metric() {
      return PREFIX + Math.round(quantile * 100);
    }

    @Override
    public boolean hasLimit() {
      return limit.isPresent();
    }

    @Override
    public boolean hasRatio() {
      return ratio.isPresent();
    }
  }

  /**
   * How often something happens that should not: of all windows, or of all golden samples.
   *
   * @param what counts events or golden samples
   * @param limit the share that may be bad
   * @param ratio against the upper confidence bound of the device's own past share
   */
  record Events(Metric what, Optional<Double> limit, Optional<Double> ratio, double alpha)
      implements Gate {
    /**
     * What a device is held to where nothing else is said (gates reference, section 3, D and E).
     */
    public static double usualLimit(Metric what) {
      return what.unit() == Metric.Unit.SAMPLES ? 0.01 : 0.05;
    }

    public Events {
      boolean counts = what.unit() == Metric.Unit.EVENTS || what.unit() == Metric.Unit.SAMPLES;
      require(counts, what.name(), "a metric that counts events", what.unit());
      limit.ifPresent(
          l -> require(l > 0 && l < 0.97, what.name(), "a limit above 0% and below 97%", l));
      Gate.requireOne(what.name(), limit.isPresent(), ratio, alpha);
      // Golden samples are asked in a trial: under the release before there was none of its own.
      boolean past = what.unit() == Metric.Unit.EVENTS || ratio.isEmpty();
      require(past, what.name(), "a limit alone", "a ratio");
    }

    @Override
    public String metric() {
      return what.name();
    }

    @Override
    public boolean hasLimit() {
      return limit.isPresent();
    }

    @Override
    public boolean hasRatio() {
      return ratio.isPresent();
    }
  }

  /**
   * A number that every window reads, such as a temperature or a service's own. A window is bad
   * when it lies beyond a bound.
   *
   * @param share of the windows that may be bad
   */
  record Level(Metric what, Bounds bounds, double share, double alpha) implements Gate {
    /** Of all windows, so many may be bad (gates reference, section 3, E). */
    public static final double DEFAULT_SHARE = 0.05;

    /**
     * Where a window begins to be bad.
     *
     * @param above a window is bad above it
     * @param below and below it
     * @param ratio above 1: a window is bad above so many times the device's own past; below 1:
     *     below it
     * @param shift likewise, added to its own past; negative is downwards
     */
    public record Bounds(
        Optional<Double> above,
        Optional<Double> below,
        Optional<Double> ratio,
        Optional<Double> shift) {
      /** How many limits these are. */
      public int count() {
        return (int) Stream.of(above, below, ratio, shift).filter(Optional::isPresent).count();
      }
    }

    public Level {
      boolean level =
          switch (what.unit()) {
            case SHARE, CELSIUS, NUMBER -> true;
            case EVENTS, SAMPLES -> false;
          };
      require(level, what.name(), "a metric that is no count of events", what.unit());
      boolean some = bounds.above.isPresent() || bounds.below.isPresent();
      boolean past = bounds.ratio.isPresent() || bounds.shift.isPresent();
      require(some || past, what.name(), "above, below, ratio or shift", "none of them");
      bounds.above.ifPresent(b -> require(what.allows(b), what.name(), what.unit() + "", b));
      bounds.below.ifPresent(b -> require(what.allows(b), what.name(), what.unit() + "", b));
      if (bounds.above.isPresent() && bounds.below.isPresent()) {
        double above = bounds.above.get();
        require(bounds.below.get() < above, what.name(), "below less than above", above);
      }
      bounds.ratio.ifPresent(
          r -> require(r > 0 && r != 1 && r <= 100, what.name(), "a ratio other than 1", r));
      // 40 °C is not twice as hot as 20 °C.
      require(
          bounds.ratio.isEmpty() || what.unit() != Metric.Unit.CELSIUS,
          what.name(),
          "a shift, for example 10",
          "a ratio of degrees");
      bounds.shift.ifPresent(
          s -> require(s != 0 && Math.abs(s) <= 1e12, what.name(), "a shift other than 0", s));
      require(share > 0 && share <= 0.5, what.name(), "windows above 0%, at most 50%", share);
      Gate.requireAlpha(what.name(), alpha);
    }

    @Override
    public String metric() {
      return what.name();
    }

    @Override
    public boolean hasLimit() {
      return bounds.above.isPresent() || bounds.below.isPresent();
    }

    @Override
    public boolean hasRatio() {
      return bounds.ratio.isPresent() || bounds.shift.isPresent();
    }
  }

  /**
   * A number that another system knows, such as a business KPI. The server asks for it.
   *
   * @param source names one of the endpoints that the server was given; a rollout names no address
   * @param promql gives one number
   * @param above beyond it the release is held, and aborted when that lasts
   * @param below likewise
   * @param ratio to the value before the first device was told to switch: above 1 upwards, below 1
   *     downwards
   * @param lasting how long it may lie beyond its bound
   * @param maxAge an older answer is none
   */
  record Query(
      Name name,
      Name source,
      String promql,
      Optional<Double> above,
      Optional<Double> below,
      Optional<Double> ratio,
      Duration lasting,
      Duration maxAge)
      implements Gate {
    public static final String PREFIX = "query.";
    public static final Duration DEFAULT_LASTING = Duration.ofMinutes(10);
    public static final Duration DEFAULT_MAX_AGE = Duration.ofMinutes(5);
    private static final int MAX_PROMQL = 1024;
    private static final Duration LONGEST = Duration.ofDays(7);

    public Query {
      String metric = PREFIX + name;
      require(
          !promql.isBlank() && promql.length() <= MAX_PROMQL,
          metric,
          "a query of 1 to " + MAX_PROMQL + " characters",
          promql.length());
      boolean some = above.isPresent() || below.isPresent() || ratio.isPresent();
      require(some, metric, "above, below or ratio", "none of them");
      above.ifPresent(b -> require(Double.isFinite(b), metric, "a number", b));
      below.ifPresent(b -> require(Double.isFinite(b), metric, "a number", b));
      if (above.isPresent() && below.isPresent()) {
        require(below.get() < above.get(), metric, "below less than above", below.get());
      }
      ratio.ifPresent(r -> require(r > 0 && r != 1 && r <= 100, metric, "a ratio other than 1", r));
      require(
          !lasting.isNegative() && lasting.compareTo(LONGEST) <= 0, metric, "0s to 7d", lasting);
      require(
          maxAge.isPositive() && maxAge.compareTo(LONGEST) <= 0,
          metric,
          "above 0, at most 7d",
          maxAge);
    }

    @Override
    public String metric() {
      return PREFIX + name;
    }

    /** None of the budget: nothing statistical is promised of it. */
    @Override
    public double alpha() {
      return 0;
    }

    @Override
    public boolean hasLimit() {
      return above.isPresent() || below.isPresent();
    }

    @Override
    public boolean hasRatio() {
      return ratio.isPresent();
    }
  }

  /**
   * Whether a service's answers lie as they did under the release before. An alert only: what
   * changed may be the world and not the release, which only devices that keep the release before
   * can tell apart (gates reference, section 8, "Attribution").
   *
   * @param of which of the service's bins
   * @param above from which measure on a window drifts
   */
  record Drift(Name of, Measure measure, double above) implements Gate {
    public static final String PREFIX = "drift.";

    /** How a window is compared with the device's own past. */
    public enum Measure {
      /** Population stability index; 0.25 and more is usually acted on. */
      PSI(0.25),
      /** Divergence of Jensen and Shannon, 0 to ln 2. */
      JS(0.05),
      /** Kolmogorov-Smirnov distance, 0 to 1, of bins that are called by numbers. */
      KS(0.1);

      private final double usual;

      Measure(double usual) {
        this.usual = usual;
      }

      public double usual() {
        return usual;
      }
    }

    public Drift {
      require(above > 0 && above <= 10, PREFIX + of, "a measure above 0, at most 10", above);
    }

    @Override
    public String metric() {
      return PREFIX + of;
    }

    @Override
    public double alpha() {
      return 0;
    }

    @Override
    public boolean hasLimit() {
      return true;
    }

    @Override
    public boolean hasRatio() {
      return false;
    }
  }

  /** Every query of these gates, those in dry run included. */
  static List<Query> queries(List<Gate> gates) {
    return gates.stream()
        .map(gate -> gate instanceof DryRun dry ? dry.gate() : gate)
        .filter(Query.class::isInstance)
        .map(Query.class::cast)
        .toList();
  }

  /** A gate that is judged, told and kept like any other, and that nothing ever acts on. */
  record DryRun(Gate gate) implements Gate {
    public DryRun {
      require(!(gate instanceof DryRun), gate.metric(), "a gate", "a dry run of a dry run");
    }

    @Override
    public String metric() {
      return gate.metric();
    }

    @Override
    public double alpha() {
      return gate.alpha();
    }

    @Override
    public boolean hasLimit() {
      return gate.hasLimit();
    }

    @Override
    public boolean hasRatio() {
      return gate.hasRatio();
    }
  }

  private static void requireAlpha(String metric, double alpha) {
    require(alpha > 0 && alpha <= 0.05, metric, "an alpha above 0, at most 0.05", alpha);
  }

  private static void requireOne(
      String metric, boolean hasLimit, Optional<Double> ratio, double alpha) {
    require(hasLimit || ratio.isPresent(), metric, "limit, ratio or both", "neither");
    ratio.ifPresent(r -> require(r > 1 && r <= 100, metric, "a ratio above 1", r));
    requireAlpha(metric, alpha);
  }

  private static void require(boolean holds, String metric, String expected, Object got) {
    if (!holds) {
      // Where it stands is told by whoever reads the file.
      throw Refusal.of(Code.BAD_SPEC, "the gate on " + metric + " cannot work like this")
          .expected(expected)
          .got(got);
    }
  }
}
