package dev.hatchery.rollout;

import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Metric;
import dev.hatchery.core.Window;
import java.util.function.DoublePredicate;
import java.util.function.Function;

/**
 * A limit made concrete for one device.
 *
 * @param p0 the share of bad trials that still is within the limit
 * @param whenCold whether windows of a service that has just started give trials too
 * @param trials the trials that one window gives
 */
record Yardstick(double p0, boolean whenCold, Function<Window, Tally> trials) {
  /** Every request is a trial. */
  static Yardstick errors(double p0) {
    return new Yardstick(p0, false, w -> new Tally(w.requests(), w.errors()));
  }

  /**
   * The window's one sampled request is a trial, bad when it took longer. A bucket that straddles
   * the limit counts as over it, so the limit is kept at most one bucket (10%) too strictly.
   */
  static Yardstick latency(double quantile, double seconds) {
    return new Yardstick(
        1 - quantile,
        false,
        w ->
            w.sample().isEmpty()
                ? Tally.NONE
                : new Tally(1, LatencyHistogram.bound(w.sample().getAsInt()) > seconds ? 1 : 0));
  }

  /** A window that read the metric while the service had something to do is a trial. */
  static Yardstick reading(double p0, Metric what, DoublePredicate bad) {
    return new Yardstick(
        p0,
        false,
        w -> {
          var value = w.readings().of(what);
          return value.isEmpty() || w.requests() == 0
              ? Tally.NONE
              : new Tally(1, bad.test(value.getAsDouble()) ? 1 : 0);
        });
  }

  /**
   * Every golden sample is a trial. They are asked in the trial, when the service is still cold.
   */
  static Yardstick golden(double p0) {
    return new Yardstick(
        p0,
        true,
        w ->
            new Tally(
                (long) w.readings().of(Metric.GOLDEN).orElse(0),
                (long) w.readings().of(Metric.GOLDEN_FAILED).orElse(0)));
  }

  /** Whether these trials, taken alone, are over the limit. */
  boolean over(Tally tally) {
    return tally.k() > p0 * tally.n();
  }
}
