package dev.hatchery.lab.chance;

import java.util.SplittableRandom;

/** Draws from the distributions that devices follow. */
public final class Chance {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  /** Above this mean a count is drawn as a rounded normal one. */
  private static final double NORMAL_FROM = 30;

  private final SplittableRandom random;

  public Chance(long seed) {
    random = new SplittableRandom(seed);
  }

  /** A seed made of another and a number, as splittable generators do it. */
  public static long seed(long seed, long number) {
    long z = seed + GOLDEN * (number + 1);
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  public boolean happens(double probability) {
    return random.nextDouble() < probability;
  }

  /** From 0 to below 1. */
  public double share() {
    return random.nextDouble();
  }

  /** From 0 to below this. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  public double normal() {
    return random.nextGaussian();
  }

  /** How many of n happen: by inversion where that is short, else as a rounded normal count. */
  public int binomial(int n, double p) {
    if (n == 0 || p <= 0) return 0;
    if (p >= 1) return n;
    if (p > 0.5) return n - binomial(n, 1 - p);
    if (n * p > NORMAL_FROM) {
      long near = Math.round(n * p + Math.sqrt(n * p * (1 - p)) * normal());
      return Math.clamp(near, 0, n);
    }
    double odds = p / (1 - p);
    double here = Math.pow(1 - p, n);
    double left = random.nextDouble();
    int k = 0;
    while (left > here && k < n) {
      left -= here;
      k++;
      here *= odds * (n - k + 1) / k;
    }
    return k;
  }

  public long poisson(double mean) {
    if (mean > NORMAL_FROM) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    double here = Math.exp(-mean);
    double left = random.nextDouble();
    long k = 0;
    while (left > here && here > 0) {
      left -= here;
      k++;
      here *= mean / k;
    }
    return k;
  }

  /** A share with this mean, where devices differ with this intra-class correlation. */
  public double beta(double mean, double icc) {
    if (icc == 0) return mean;
    double scale = (1 - icc) / icc;
    double a = gamma(mean * scale);
    double b = gamma((1 - mean) * scale);
    return a / (a + b);
  }

  // Marsaglia and Tsang 2000.
  private double gamma(double shape) {
    if (shape < 1) return gamma(shape + 1) * Math.pow(random.nextDouble(), 1 / shape);
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = normal();
      double v = Math.pow(1 + c * x, 3);
      if (v <= 0) continue;
      if (Math.log(1 - random.nextDouble()) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v;
    }
  }

  /** The share of a standard normal below x; wrong by less than 1e-6. */
  public static double below(double x) {
    // Abramowitz and Stegun 7.1.26.
    double z = Math.abs(x) / Math.sqrt(2);
    double t = 1 / (1 + 0.3275911 * z);
    double poly =
        t
            * (0.254829592
                + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    double tail = 0.5 * poly * Math.exp(-z * z);
    return x < 0 ? tail : 1 - tail;
  }
}
