package dev.hatchery.rollout;

import java.util.OptionalLong;
import org.apache.commons.statistics.distribution.BetaDistribution;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;
import org.apache.commons.statistics.distribution.HypergeometricDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Upper confidence bounds on what a device's past says, and what a sample of devices misses. The
 * only user of commons-statistics.
 *
 * <p>{@code miss} is how likely the truth lies above the bound.
 */
final class Bounds {
  private Bounds() {}

  /** On a share, from k of n: Clopper and Pearson 1934. */
  static double share(long n, long k, double miss) {
    if (k >= n) return 1;
    return BetaDistribution.of(k + 1.0, n - (double) k).inverseCumulativeProbability(1 - miss);
  }

  /** The lower one on a share: likewise. */
  static double shareFrom(long n, long k, double miss) {
    if (k <= 0) return 0;
    return BetaDistribution.of((double) k, n - (double) k + 1).inverseCumulativeProbability(miss);
  }

  /**
   * On a quantile, from n values: the rank, counted from 1, of the value that is the bound. Empty
   * when so few values cannot bound it. Needs nothing of the distribution: how many values lie
   * below the quantile is binomial.
   */
  static OptionalLong rank(long n, double quantile, double miss) {
    if (n < leastFor(quantile, miss)) return OptionalLong.empty();
    // The library counts in ints; of more values, every second, third … is enough.
    long every = Math.ceilDiv(n, Integer.MAX_VALUE);
    var below = BinomialDistribution.of((int) (n / every), quantile);
    long rank = every * (below.inverseCumulativeProbability(1 - miss) + 1L);
    return rank > n ? OptionalLong.empty() : OptionalLong.of(rank);
  }

  /** How many values bound a quantile at all: the largest of n misses it with quantile^n. */
  static long leastFor(double quantile, double miss) {
    return (long) Math.ceil(Math.log(miss) / Math.log(quantile) - 1e-9);
  }

  /** Student's t that is exceeded so rarely. */
  static double student(double degreesOfFreedom, double miss) {
    return TDistribution.of(degreesOfFreedom).inverseSurvivalProbability(miss);
  }

  /** What a chi-square of so many degrees of freedom is above with this probability. */
  static double chiSquare(int degrees, double miss) {
    return ChiSquaredDistribution.of(degrees).inverseSurvivalProbability(miss);
  }

  /** How likely so many, drawn without replacement from a fleet, have none of its faulty ones. */
  static double none(int fleet, int faulty, int drawn) {
    return HypergeometricDistribution.of(fleet, faulty, drawn).probability(0);
  }
}
