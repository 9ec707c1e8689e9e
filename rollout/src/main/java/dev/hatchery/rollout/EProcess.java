package dev.hatchery.rollout;

import java.util.Arrays;

/**
 * The e-process for "bad trials have at most the share p0" (gates reference, section 3):
 *
 * <pre>E = 1/|G| × Σ over p in G of (p/p0)^k × ((1-p)/(1-p0))^(n-k)</pre>
 *
 * <p>n trials, k of them bad; G is twenty shares above p0, log-spaced from 1.25 p0 to 8 p0, capped.
 * Under the null E is a non-negative supermartingale that starts at 1, so by Ville's inequality it
 * ever reaches 1/alpha with a probability of at most alpha, however often it is looked at. E is
 * handled as its natural logarithm, since it overflows and underflows otherwise.
 *
 * <p>It sums up all trials that it is given: a fault that begins after long good service needs the
 * more of them to be seen, the longer that was. {@link Mixture} makes up for it.
 */
final class EProcess {
  private static final int GRID = 20;
  private static final double NEAREST = 1.25;
  private static final double FARTHEST = 8;
  private static final double CAP = 0.97;

  private final double[] whenBad = new double[GRID];
  private final double[] whenGood = new double[GRID];

  EProcess(double p0) {
    if (!(p0 > 0 && p0 < 1)) throw new IllegalArgumentException("no share to test: " + p0);
    // Near 1 the cap and the factor 1.25 leave no room above p0; the midpoints always do.
    double high = Math.min(FARTHEST * p0, Math.max(CAP, (1 + p0) / 2));
    double low = Math.min(NEAREST * p0, (p0 + high) / 2);
    double step = Math.log(high / low) / (GRID - 1);
    for (int i = 0; i < GRID; i++) {
      double p = low * Math.exp(i * step);
      whenBad[i] = Math.log(p / p0);
      whenGood[i] = Math.log((1 - p) / (1 - p0));
    }
  }

  /** ln E after these trials; 0 before the first. */
  double logE(Tally tally) {
    double[] terms = new double[GRID];
    for (int i = 0; i < GRID; i++) {
      terms[i] = tally.k() * whenBad[i] + (tally.n() - tally.k()) * whenGood[i];
    }
    return logMean(terms);
  }

  /**
   * As {@link #logMean(double[])}, without the largest so many. It is an e-value where at most so
   * many devices are worse than their limit, whichever they are: the others' mean is one, and that
   * of the smallest is no larger.
   */
  static double logMean(double[] logs, int leftOut) {
    if (leftOut == 0) return logMean(logs);
    double[] sorted = logs.clone();
    Arrays.sort(sorted);
    return logMean(Arrays.copyOf(sorted, sorted.length - leftOut));
  }

  /**
   * ln of the mean of e-values given as logarithms. The mean is an e-value however the devices
   * depend on each other (Vovk and Wang 2021), as long as no device is ever left out.
   */
  static double logMean(double[] logs) {
    double max = Arrays.stream(logs).max().orElseThrow();
    if (Double.isInfinite(max)) return max;
    double sum = 0;
    for (double log : logs) sum += Math.exp(log - max);
    return max + Math.log(sum / logs.length);
  }
}
