package dev.hatchery.core;

import java.time.Duration;
import java.util.Optional;

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

  private static void requireOne(
      String metric, boolean hasLimit, Optional<Double> ratio, double alpha) {
    require(hasLimit || ratio.isPresent(), metric, "limit, ratio or both", "neither");
    ratio.ifPresent(r -> require(r > 1 && r <= 100, metric, "a ratio above 1", r));
    require(alpha > 0 && alpha <= 0.05, metric, "an alpha above 0, at most 0.05", alpha);
  }

  private static void require(boolean holds, String metric, String expected, Object got) {
    if (!holds) {
      throw Refusal.of(Code.BAD_SPEC, "a gate cannot work like this")
          .at(metric)
          .expected(expected)
          .got(got);
    }
  }
}
