package dev.hatchery.pipeline.optimise;

/**
 * How real numbers stand for whole ones: {@code real = scale × (whole - zero)} (optimisation
 * reference, section 1, which is ONNX Runtime's own rule).
 *
 * @param min and {@code max}: the whole numbers there are
 */
record Affine(float scale, int zero, int min, int max) {
  static final int INT8_MIN = Byte.MIN_VALUE;
  static final int INT8_MAX = Byte.MAX_VALUE;

  /** Weights of eight bits leave -128 out, so that zero is in the middle. */
  static Affine weights(float least, float most) {
    return symmetric(least, most, -INT8_MAX, INT8_MAX);
  }

  /** Activations of eight bits. */
  static Affine activations(float least, float most) {
    float low = Math.min(least, 0);
    float high = Math.max(most, 0);
    double scale = ((double) high - low) / ((double) INT8_MAX - INT8_MIN);
    if (isTooSmall(scale)) return new Affine(1, 0, INT8_MIN, INT8_MAX);
    int zero = (int) Math.rint(INT8_MIN - low / scale);
    return new Affine((float) scale, zero, INT8_MIN, INT8_MAX);
  }

  private static Affine symmetric(float least, float most, int min, int max) {
    double end = Math.max(Math.abs(Math.min(least, 0)), Math.abs(Math.max(most, 0)));
    double scale = 2 * end / ((double) max - min);
    if (isTooSmall(scale)) return new Affine(1, 0, min, max);
    return new Affine((float) scale, (int) Math.rint((min + max) / 2.0), min, max);
  }

  private static boolean isTooSmall(double scale) {
    return scale < Float.MIN_NORMAL;
  }

  /** The nearest whole number; halves go to the even one. */
  int quantised(float value) {
    double whole = Math.rint(value / scale) + zero;
    return (int) Math.clamp(whole, min, max);
  }

  /** What a whole number stands for. */
  float real(int whole) {
    return (whole - zero) * scale;
  }
}
