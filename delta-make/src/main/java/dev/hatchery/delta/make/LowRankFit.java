package dev.hatchery.delta.make;

import dev.hatchery.delta.Op;
import java.util.Optional;

/**
 * Finds how much of a tensor's change is of low rank: all of it after a merged adapter, and, which
 * is less expected, a good part of it after any fine-tune. The factors are rounded to whole steps;
 * how many ranks and how fine a step is decided by what they cost and what they save.
 */
final class LowRankFit {
  private final Op.LowRank op;
  private final int[] left;
  private final int[] right;
  private final int[] exponents;

  LowRankFit(Op.LowRank op, int[] left, int[] right, int[] exponents) {
    this.op = op;
    this.left = left;
    this.right = right;
    this.exponents = exponents;
  }

  Op.LowRank op() {
    return op;
  }

  int[] left() {
    return left;
  }

  int[] right() {
    return right;
  }

  int[] exponents() {
    return exponents;
  }

  private static final int[] RANKS = {1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64};
  private static final double[] FINENESS = {1, 0.5, 0.25, 0.125, 0.0625, 0.015625};
  private static final double LOG2 = Math.log(2);
  private static final int LEAST_SIDE = 12;

  /** Of a matrix of residuals. */
  private static final class Search {
    private final double[] matrix;
    private final int rows;
    private final int width;
    private final double noise;
    private final int[] exponents;
    private final double[] rowEnergies;
    private final Subspace space;
    private double bestGain = 0;
    private Optional<LowRankFit> best = Optional.empty();

    Search(double[] residuals, int rows, int width, boolean floats, double noise) {
      this.matrix = residuals;
      this.rows = rows;
      this.width = width;
      this.noise = noise;
      this.exponents = new int[rows];
      this.rowEnergies = new double[rows];
      if (floats) whiten();
      for (int i = 0; i < rows; i++) rowEnergies[i] = energy(i);
      int most = Math.min(Op.LowRank.MAX_RANK, Math.min(rows, width) / 2);
      Subspace first = Subspace.of(matrix, rows, width, Math.min(most, 12));
      // More only where even the last of these is still worth its bits.
      space = most > 12 && worth(first, 11) ? Subspace.of(matrix, rows, width, most) : first;
    }

    // Rows differ in how much they move; with a power of two each they share one step.
    private void whiten() {
      double[] sizes = new double[rows];
      for (int i = 0; i < rows; i++) sizes[i] = Math.sqrt(energy(i) / width);
      double[] sorted = sizes.clone();
      java.util.Arrays.sort(sorted);
      double middle = sorted[rows / 2];
      if (!(middle > 0)) return;
      for (int i = 0; i < rows; i++) {
        double size = Math.max(sizes[i], middle * 0x1p-12);
        exponents[i] = Math.getExponent(size / middle);
        for (int j = 0; j < width; j++) {
          matrix[i * width + j] = Math.scalb(matrix[i * width + j], -exponents[i]);
        }
      }
    }

    private double energy(int row) {
      double sum = 0;
      for (int j = 0; j < width; j++) sum += matrix[row * width + j] * matrix[row * width + j];
      return sum;
    }

    private double total() {
      double sum = 0;
      for (double energy : rowEnergies) sum += energy;
      return sum;
    }

    private boolean worth(Subspace of, int rank) {
      if (of.energies.length <= rank) return false;
      double left = total() - sum(of.energies, rank) + noise * rows * width;
      double gain = 0.5 * rows * width * of.energies[rank] / Math.max(left, 1e-300) / LOG2;
      return gain > 3.0 * (rows + width);
    }

    private static double sum(double[] energies, int count) {
      double sum = 0;
      for (int i = 0; i < count; i++) sum += energies[i];
      return sum;
    }

    Optional<LowRankFit> run() {
      for (int rank : RANKS) {
        if (rank > space.energies.length) break;
        if (Op.LowRank.bytes(rank, rows, width) > Op.LowRank.MAX_BYTES) break;
        if (!worth(space, rank - 1) && rank > 1) break;
        attempt(rank, FINENESS[1]);
      }
      best.ifPresent(
          found -> {
            for (double fineness : FINENESS) attempt(found.op().rank(), fineness);
          });
      return best;
    }

    private void attempt(int rank, double fineness) {
      double explained = sum(space.energies, rank);
      double left = Math.max(total() - explained, 0) / rows / width + noise;
      // Of which size an error in a factor becomes an error in the sum.
      double spread = 0;
      for (int k = 0; k < rank; k++) {
        spread += Math.sqrt(space.energies[k]) * (1.0 / rows + 1.0 / width);
      }
      double step = Math.sqrt(left * 12 / Math.max(spread, 1e-300)) * 0.5 * fineness;
      step = Math.max(step, largest(rank) / Op.LowRank.MAX_FACTOR);
      if (!(step > 0) || !Double.isFinite(step)) return;
      int[] l = new int[rows * rank];
      int[] r = new int[rank * width];
      double cost = rows * (isWhitened() ? 1.5 : 0.05);
      for (int k = 0; k < rank; k++) {
        double c =
            round(space.left[k], step, l, k, rank) + round(space.right[k], step, r, k * width, 1);
        if (!(c >= 0)) return;
        cost += c;
      }
      double gain = gain(l, r, rank, step * step) - cost;
      if (gain > bestGain) {
        bestGain = gain;
        best = Optional.of(new LowRankFit(new Op.LowRank(rank, step * step), l, r, exponents));
      }
    }

    private double largest(int rank) {
      double largest = 0;
      for (int k = 0; k < rank; k++) {
        for (double x : space.left[k]) largest = Math.max(largest, Math.abs(x));
        for (double x : space.right[k]) largest = Math.max(largest, Math.abs(x));
      }
      return largest;
    }

    private boolean isWhitened() {
      for (int e : exponents) if (e != 0) return true;
      return false;
    }

    // What the rounded factor costs in bits; not a number when a step is too fine.
    private static double round(double[] exact, double step, int[] to, int at, int stride) {
      double square = 0;
      for (int i = 0; i < exact.length; i++) {
        double steps = Math.rint(exact[i] / step);
        if (Math.abs(steps) > Op.LowRank.MAX_FACTOR) return Double.NaN;
        to[at + i * stride] = (int) steps;
        square += steps * steps;
      }
      double variance = square / exact.length + 1 / 12.0;
      return exact.length * 0.5 * Math.log(2 * Math.PI * Math.E * variance) / LOG2;
    }

    private double gain(int[] l, int[] r, int rank, double step) {
      double gain = 0;
      double[] sum = new double[width];
      for (int i = 0; i < rows; i++) {
        java.util.Arrays.fill(sum, 0);
        for (int k = 0; k < rank; k++) {
          double factor = l[i * rank + k] * step;
          int at = k * width;
          for (int j = 0; j < width; j++) sum[j] += factor * r[at + j];
        }
        double error = 0;
        for (int j = 0; j < width; j++) {
          double d = matrix[i * width + j] - sum[j];
          error += d * d;
        }
        double floor = noise * width + 1e-300;
        gain += 0.5 * width * Math.log((rowEnergies[i] + floor) / (error + floor)) / LOG2;
      }
      return gain;
    }
  }

  /**
   * Fits a matrix.
   *
   * @param residuals rows one after another; it is changed
   * @param noise the mean square of what no predictor can know
   */
  static Optional<LowRankFit> of(double[] residuals, int width, boolean floats, double noise) {
    if (residuals.length % width != 0) return Optional.empty();
    int rows = residuals.length / width;
    if (rows < LEAST_SIDE || width < LEAST_SIDE) return Optional.empty();
    return new Search(residuals, rows, width, floats, noise).run();
  }
}
