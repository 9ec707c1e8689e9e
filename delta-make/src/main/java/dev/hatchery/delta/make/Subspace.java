package dev.hatchery.delta.make;

import java.util.Arrays;
import java.util.Random;

/**
 * The leading singular vectors of a matrix, by randomised subspace iteration (Halko, Martinsson,
 * Tropp 2011, algorithm 4.4) and a Jacobi eigenvalue iteration on the small matrix that is left.
 * Deterministic: the same matrix gives the same vectors.
 */
final class Subspace {
  private static final int ITERATIONS = 5;
  private static final int SWEEPS = 30;
  private static final int SPARE = 6;

  /** {@code left[k][row] * right[k][column]}, the singular values taken in by halves. */
  final double[][] left;

  final double[][] right;

  /** The squares of the singular values, largest first. */
  final double[] energies;

  private Subspace(double[][] left, double[][] right, double[] energies) {
    this.left = left;
    this.right = right;
    this.energies = energies;
  }

  /**
   * Finds at most {@code rank} of them.
   *
   * @param matrix rows one after another
   */
  static Subspace of(double[] matrix, int rows, int width, int rank) {
    int k = Math.min(rank + SPARE, Math.min(rows, width));
    double[][] tall = new double[k][rows];
    double[][] wide = new double[k][width];
    Random random = new Random(1);
    for (double[] row : wide) Arrays.setAll(row, _ -> random.nextGaussian());
    for (int i = 0; i < ITERATIONS; i++) {
      times(matrix, width, wide, tall);
      orthonormal(tall);
      transposedTimes(matrix, width, tall, wide);
      if (i + 1 < ITERATIONS) orthonormal(wide);
    }
    return split(tall, wide, Math.min(rank, k));
  }

  private static void times(double[] matrix, int width, double[][] wide, double[][] tall) {
    for (int i = 0; i < tall[0].length; i++) {
      int at = i * width;
      for (int q = 0; q < wide.length; q++) {
        double[] w = wide[q];
        double sum = 0;
        for (int j = 0; j < width; j++) sum += matrix[at + j] * w[j];
        tall[q][i] = sum;
      }
    }
  }

  private static void transposedTimes(
      double[] matrix, int width, double[][] tall, double[][] wide) {
    for (double[] row : wide) Arrays.fill(row, 0);
    for (int i = 0; i < tall[0].length; i++) {
      int at = i * width;
      for (int q = 0; q < wide.length; q++) {
        double a = tall[q][i];
        double[] w = wide[q];
        for (int j = 0; j < width; j++) w[j] += a * matrix[at + j];
      }
    }
  }

  // Gram-Schmidt, twice, which is enough.
  private static void orthonormal(double[][] vectors) {
    for (int a = 0; a < vectors.length; a++) {
      for (int again = 0; again < 2; again++) {
        for (int b = 0; b < a; b++) add(vectors[a], vectors[b], -dot(vectors[a], vectors[b]));
      }
      double length = Math.sqrt(dot(vectors[a], vectors[a]));
      double scale = length < 1e-150 ? 0 : 1 / length;
      for (int i = 0; i < vectors[a].length; i++) vectors[a][i] *= scale;
    }
  }

  private static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) sum += x[i] * y[i];
    return sum;
  }

  private static void add(double[] to, double[] from, double times) {
    for (int i = 0; i < to.length; i++) to[i] += times * from[i];
  }

  private static Subspace split(double[][] tall, double[][] wide, int rank) {
    int k = wide.length;
    double[][] gram = new double[k][k];
    for (int a = 0; a < k; a++) for (int b = 0; b < k; b++) gram[a][b] = dot(wide[a], wide[b]);
    double[][] vectors = jacobi(gram);
    Integer[] order = new Integer[k];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (x, y) -> Double.compare(gram[y][y], gram[x][x]));
    double[][] left = new double[rank][tall[0].length];
    double[][] right = new double[rank][wide[0].length];
    double[] energies = new double[rank];
    for (int r = 0; r < rank; r++) {
      int column = order[r];
      energies[r] = Math.max(0, gram[column][column]);
      double root = Math.sqrt(Math.sqrt(energies[r]));
      if (root == 0) continue;
      for (int x = 0; x < k; x++) {
        add(left[r], tall[x], vectors[x][column] * root);
        add(right[r], wide[x], vectors[x][column] / root);
      }
    }
    return new Subspace(left, right, energies);
  }

  // Makes the matrix diagonal, and returns the rotation that does.
  private static double[][] jacobi(double[][] m) {
    int k = m.length;
    double[][] v = new double[k][k];
    for (int i = 0; i < k; i++) v[i][i] = 1;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int p = 0; p < k; p++) {
        for (int q = p + 1; q < k; q++) {
          if (Math.abs(m[p][q]) > 1e-300) rotate(m, v, p, q);
        }
      }
    }
    return v;
  }

  private static void rotate(double[][] m, double[][] v, int p, int q) {
    double theta = (m[q][q] - m[p][p]) / (2 * m[p][q]);
    double t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
    double c = 1 / Math.sqrt(t * t + 1);
    double s = t * c;
    for (double[] row : m) turn(row, p, q, c, s);
    for (int i = 0; i < m.length; i++) {
      double x = m[p][i];
      double y = m[q][i];
      m[p][i] = c * x - s * y;
      m[q][i] = s * x + c * y;
    }
    for (double[] row : v) turn(row, p, q, c, s);
  }

  private static void turn(double[] row, int p, int q, double c, double s) {
    double x = row[p];
    double y = row[q];
    row[p] = c * x - s * y;
    row[q] = s * x + c * y;
  }
}
