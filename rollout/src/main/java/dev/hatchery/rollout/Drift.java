package dev.hatchery.rollout;

import dev.hatchery.core.Bins;
import dev.hatchery.core.Gate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * How far a window's answers lie from those of before (gates reference, section 8). Both sides are
 * compared over the bins that either tells; what one does not tell is in its rest.
 *
 * <p>Each measure has a floor below which it says nothing, because samples of finite size always
 * differ: PSI that of chi-square, KS its critical value beside a distance of 0.1.
 */
final class Drift {
  /** A window with fewer answers is not compared. */
  static final long LEAST = 1000;

  /** Of all windows of no drift, so many lie above the floor. */
  private static final double MISS = 0.001;

  private static final double EPSILON = 1e-4;
  private static final double LAPLACE = 0.5;

  /** c(0.001) of the two-sample Kolmogorov-Smirnov test. */
  private static final double KS_FACTOR = 1.949;

  private static final double KS_LEAST = 0.1;

  private final double[] p;
  private final double[] q;
  private final long n;
  private final long m;
  private final boolean ordered;

  private Drift(double[] p, double[] q, long n, long m, boolean ordered) {
    this.ordered = ordered;
    this.p = p;
    this.q = q;
    this.n = n;
    this.m = m;
  }

  /**
   * Of a window against what was before.
   *
   * @param now of {@link #LEAST} answers or more; {@code before} likewise
   */
  static Drift of(Bins now, Bins before) {
    var labels = new TreeSet<>(order());
    labels.addAll(now.counts().keySet());
    labels.addAll(before.counts().keySet());
    List<Long> p = new ArrayList<>();
    List<Long> q = new ArrayList<>();
    for (String label : labels) {
      p.add(now.counts().getOrDefault(label, 0L));
      q.add(before.counts().getOrDefault(label, 0L));
    }
    // Only where there is one: a bin that is empty on both sides would dilute nothing, but count.
    if (now.rest() + before.rest() > 0) {
      p.add(now.rest());
      q.add(before.rest());
    }
    boolean ordered = labels.stream().noneMatch(l -> Double.isInfinite(number(l)));
    return new Drift(counts(p), counts(q), now.total(), before.total(), ordered);
  }

  // Confidence bins are called by their bounds; classes by their names.
  private static Comparator<String> order() {
    return Comparator.comparingDouble(Drift::number).thenComparing(Comparator.naturalOrder());
  }

  private static double number(String label) {
    try {
      return Double.parseDouble(label);
    } catch (NumberFormatException name) {
      return Double.POSITIVE_INFINITY;
    }
  }

  private static double[] counts(List<Long> counts) {
    return counts.stream().mapToDouble(Long::doubleValue).toArray();
  }

  /** Whether the bins have an order, which {@link Gate.Drift.Measure#KS} needs. */
  boolean ordered() {
    return ordered;
  }

  double measure(Gate.Drift.Measure measure) {
    return switch (measure) {
      case PSI -> psi();
      case JS -> js();
      case KS -> ks();
    };
  }

  /** The least that the measure has to be, whatever the gate says. */
  double floor(Gate.Drift.Measure measure) {
    return switch (measure) {
      case PSI -> p.length < 2 ? 0 : Bounds.chiSquare(p.length - 1, MISS) * (1.0 / n + 1.0 / m);
      case JS -> 0;
      case KS -> Math.max(KS_LEAST, KS_FACTOR * Math.sqrt((n + m) / ((double) n * m)));
    };
  }

  /** The population stability index: Σ (p − q) ln(p / q). */
  private double psi() {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      double a = Math.max(EPSILON, p[i] / n);
      double b = Math.max(EPSILON, q[i] / m);
      sum += (a - b) * Math.log(a / b);
    }
    return sum;
  }

  /** The divergence of Jensen and Shannon, 0 to ln 2, with half an answer added to each bin. */
  private double js() {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      double a = (p[i] + LAPLACE) / (n + LAPLACE * p.length);
      double b = (q[i] + LAPLACE) / (m + LAPLACE * q.length);
      double middle = (a + b) / 2;
      sum += (a * Math.log(a / middle) + b * Math.log(b / middle)) / 2;
    }
    return sum;
  }

  /** The largest distance of the two distribution functions, over the bins in order. */
  private double ks() {
    double most = 0;
    double a = 0;
    double b = 0;
    for (int i = 0; i < p.length; i++) {
      a += p[i] / n;
      b += q[i] / m;
      most = Math.max(most, Math.abs(a - b));
    }
    return most;
  }
}
