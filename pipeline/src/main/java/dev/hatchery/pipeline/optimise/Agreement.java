package dev.hatchery.pipeline.optimise;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.pipeline.data.Samples;
import dev.hatchery.runner.ort.Computation;
import dev.hatchery.runner.ort.Values;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far the answers of two models agree on the same inputs, over all outputs of floats.
 *
 * @param cosine of the angle between all that one answers and all that the other does; 1 when equal
 * @param largest difference between two numbers that stand for each other
 * @param sameChoice the share of rows, along the last dimension, whose largest number is at the
 *     same place
 */
public record Agreement(int samples, double cosine, double largest, double sameChoice) {
  /**
   * Runs both.
   *
   * @throws Refusal with {@link Code#BAD_INPUT} where the models answer in different shapes
   */
  static Agreement of(Computation one, Computation other, Samples samples) {
    var sums = new Sums();
    for (int i = 0; i < samples.count(); i++) {
      Map<String, Values> sample = samples.sample(i);
      Map<String, Values> left = one.run(sample);
      Map<String, Values> right = other.run(sample);
      left.forEach((name, values) -> sums.add(name, values, right.get(name)));
    }
    return sums.agreement(samples.count());
  }

  private static final class Sums {
    private double product;
    private double left;
    private double right;
    private double largest;
    private long rows;
    private long same;

    void add(String name, Values one, @Nullable Values other) {
      if (other == null || !other.shape().equals(one.shape())) {
        throw Refusal.of(Code.BAD_INPUT, "the models answer in different shapes")
            .at(name)
            .expected(one.shape())
            .got(other == null ? "nothing" : other.shape());
      }
      if (one.floats().isEmpty() || other.floats().isEmpty()) return;
      float[] a = one.floats().get();
      float[] b = other.floats().get();
      for (int i = 0; i < a.length; i++) {
        product += (double) a[i] * b[i];
        left += (double) a[i] * a[i];
        right += (double) b[i] * b[i];
        largest = Math.max(largest, Math.abs((double) a[i] - b[i]));
      }
      choices(a, b, Math.toIntExact(one.shape().isEmpty() ? 1 : one.shape().getLast()));
    }

    private void choices(float[] a, float[] b, int row) {
      if (row == 0) return;
      for (int from = 0; from < a.length; from += row) {
        rows++;
        if (best(a, from, row) == best(b, from, row)) same++;
      }
    }

    private static int best(float[] values, int from, int row) {
      int best = from;
      for (int i = from; i < from + row; i++) if (values[i] > values[best]) best = i;
      return best;
    }

    Agreement agreement(int samples) {
      boolean bothNothing = left == 0 && right == 0;
      double cosine = bothNothing ? 1 : product / Math.sqrt(left * right);
      return new Agreement(samples, cosine, largest, rows == 0 ? 1 : (double) same / rows);
    }
  }
}
