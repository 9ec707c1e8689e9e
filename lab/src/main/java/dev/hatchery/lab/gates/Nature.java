package dev.hatchery.lab.gates;

import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.lab.chance.Chance;
import dev.hatchery.rollout.Baseline;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a device is like: how fast, how often it fails, and what the release does to it. Drawn are
 * counts, not single requests: latencies are log-normal within a window, around a median of the
 * device, the hour and the window.
 */
final class Nature {
  private static final int DAY = 24 * 60;
  private static final int PAST_REQUESTS = DAY * Traits.REQUESTS;
  private static final int PEAK = 15 * 60;

  /** A full swing of the day makes a request half as long again. */
  private static final double SLOWER_BY_DAY = 0.5;

  /** Buckets further than so many deviations from the median are empty. */
  private static final double FARTHEST = 4.5;

  private static final double[] LOG_BOUNDS = logBounds();

  private final Traits traits;
  private final Chance chance;
  private final double logMedian;
  private final double errors;
  private final double errorsNow;
  private final double shiftNow;
  private final Baseline past;
  private final double logP95;
  private double drift;

  Nature(Traits traits, Fault fault, Chance chance) {
    this.traits = traits;
    this.chance = chance;
    logMedian = Math.log(Traits.MEDIAN) + traits.latencySpread() * chance.normal();
    errors = chance.beta(Traits.ERRORS, traits.errorCorrelation());
    double slower = fault == Fault.SLOW ? Math.log(2) : 0;
    shiftNow = slower + traits.effectSpread() * chance.normal();
    errorsNow =
        switch (fault) {
          case NONE, SLOW, CRASH_LOOP, SILENT -> errors;
          case ERRORS10 -> chance.beta(0.10, traits.errorCorrelation());
          case ERRORS20 -> chance.beta(0.20, traits.errorCorrelation());
        };
    drift = traits.windowSpread() * chance.normal();
    past = drawPast();
    logP95 = Math.log(past.latency().quantile(0.95));
  }

  private static double[] logBounds() {
    double[] bounds = new double[LatencyHistogram.BUCKETS];
    for (int i = 0; i < bounds.length; i++) bounds[i] = Math.log(LatencyHistogram.bound(i));
    return bounds;
  }

  /** Its last day under the release before. */
  Baseline past() {
    return past;
  }

  /**
   * One window on the target.
   *
   * @param minute of the day
   */
  Reading measure(long minute) {
    drift =
        traits.correlation() * drift
            + Math.sqrt(1 - traits.correlation() * traits.correlation())
                * traits.windowSpread()
                * chance.normal();
    double median = logMedian + byDay(minute) + shiftNow + drift;
    int requests = (int) Math.round(Traits.REQUESTS * swing(minute));
    int failed = chance.binomial(requests, Math.min(1, errorsNow * swing(minute)));
    double over = above(logP95, median);
    int slow = chance.binomial(requests, over);
    int verySlow = chance.binomial(slow, above(logP95 + Math.log(2), median) / over);
    int sample = LatencyHistogram.bucketOf(Math.exp(median + Traits.SIGMA * chance.normal()));
    return new Reading(requests, failed, slow, verySlow, sample);
  }

  private double swing(long minute) {
    return 1 + traits.dayNight() * Math.cos(2 * Math.PI * (minute - PEAK) / DAY);
  }

  private double byDay(long minute) {
    return Math.log(1 + SLOWER_BY_DAY * (swing(minute) - 1));
  }

  private static double above(double log, double median) {
    return Chance.below((median - log) / Traits.SIGMA);
  }

  private Baseline drawPast() {
    double spread = Math.hypot(Traits.SIGMA, traits.windowSpread());
    double[] expected = new double[LOG_BOUNDS.length];
    double failed = 0;
    int step = traits.dayNight() == 0 ? DAY : 60;
    for (int minute = 0; minute < DAY; minute += step) {
      double requests = Traits.REQUESTS * step * swing(minute);
      if (step == DAY) requests = PAST_REQUESTS;
      failed += requests * Math.min(1, errors * (step == DAY ? 1 : swing(minute)));
      spreadOut(expected, requests, logMedian + (step == DAY ? 0 : byDay(minute)), spread);
    }
    Map<Integer, Long> counts = new TreeMap<>();
    long total = 0;
    for (int i = 0; i < expected.length; i++) {
      long n = expected[i] < 1e-6 ? 0 : chance.poisson(expected[i]);
      if (n > 0) counts.put(i, n);
      total += n;
    }
    long bad = Math.min(total, chance.poisson(failed));
    return new Baseline(total, bad, new LatencyHistogram(counts), Duration.ofDays(1));
  }

  private static void spreadOut(double[] into, double requests, double median, double spread) {
    double below = 0;
    for (int i = LatencyHistogram.bucketOf(Math.exp(median - FARTHEST * spread));
        i < LOG_BOUNDS.length;
        i++) {
      double upTo =
          i == LOG_BOUNDS.length - 1 ? 1 : Chance.below((LOG_BOUNDS[i] - median) / spread);
      into[i] += requests * (upTo - below);
      below = upTo;
      if (LOG_BOUNDS[i] > median + FARTHEST * spread) return;
    }
  }
}
