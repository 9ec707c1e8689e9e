package dev.hatchery.rollout;

import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Window;
import java.util.function.Function;

/**
 * A limit made concrete for one device.
 *
 * @param p0 the share of bad trials that still is within the limit
 * @param trials the trials that one window gives
 */
record Yardstick(double p0, Function<Window, Tally> trials) {
  /** Every request is a trial. */
  static Yardstick errors(double p0) {
    return new Yardstick(p0, w -> new Tally(w.requests(), w.errors()));
  }

  /**
   * The window's one sampled request is a trial, bad when it took longer. A bucket that straddles
   * the limit counts as over it, so the limit is kept at most one bucket (10%) too strictly.
   */
  static Yardstick latency(double quantile, double seconds) {
    return new Yardstick(
        1 - quantile,
        w ->
            w.sample().isEmpty()
                ? Tally.NONE
                : new Tally(1, LatencyHistogram.bound(w.sample().getAsInt()) > seconds ? 1 : 0));
  }

  /** Whether these trials, taken alone, are over the limit. */
  boolean over(Tally tally) {
    return tally.k() > p0 * tally.n();
  }
}
