package dev.hatchery.runner.ort;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.util.List;

/** Floats in row-major order with their shape; the first dimension is the batch. */
public final class Tensor {
  /** 1 MiB of floats; enough for a frame of 512 x 512 grey pixels. */
  public static final int VALUES_MAX = 1 << 18;

  private static final int RANK_MAX = 8;

  private final List<Integer> shape;
  private final float[] values;

  /**
   * @param values become the tensor's own: they must not change any more
   */
  public Tensor(List<Integer> shape, float[] values) {
    this.shape = List.copyOf(shape);
    this.values = values;
    if (this.shape.isEmpty() || this.shape.size() > RANK_MAX) {
      throw Refusal.of(Code.BAD_INPUT, "a tensor has a wrong number of dimensions")
          .expected("1 to " + RANK_MAX)
          .got(this.shape.size());
    }
    long product = product(this.shape);
    if (product != values.length) {
      throw Refusal.of(Code.BAD_INPUT, "a tensor's shape and data do not agree")
          .expected(product + " values for shape " + this.shape)
          .got(values.length + " values");
    }
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw Refusal.of(Code.BAD_INPUT, "a tensor holds a value that is not a finite float");
      }
    }
  }

  private static long product(List<Integer> shape) {
    long product = 1;
    for (int dimension : shape) {
      // Both factors are below 2^31, so that the check comes before any overflow.
      if (dimension < 1 || (product *= dimension) > VALUES_MAX) {
        throw Refusal.of(Code.BAD_INPUT, "a tensor's shape is out of bounds")
            .expected("dimensions of 1 or more, together at most " + VALUES_MAX + " values")
            .got(shape);
      }
    }
    return product;
  }

  public List<Integer> shape() {
    return shape;
  }

  /** The values themselves, to be read only. */
  float[] values() {
    return values;
  }

  /** A copy of the values. */
  public float[] toArray() {
    return values.clone();
  }
}
