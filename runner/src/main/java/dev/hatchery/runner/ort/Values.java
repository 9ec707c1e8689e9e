package dev.hatchery.runner.ort;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A tensor of any shape, in row-major order: of floats, or of 64-bit whole numbers. */
public final class Values {
  private final List<Long> shape;
  private final float[] floats;
  private final long[] longs;
  private final boolean whole;

  private Values(List<Long> shape, float[] floats, long[] longs, boolean whole) {
    this.shape = List.copyOf(shape);
    this.floats = floats;
    this.longs = longs;
    this.whole = whole;
    long values = shape.stream().reduce(1L, Math::multiplyExact);
    int length = whole ? longs.length : floats.length;
    if (values != length) throw new IllegalArgumentException(length + " values for " + shape);
  }

  /** Takes the array as its own. */
  public static Values of(List<Long> shape, float[] floats) {
    return new Values(shape, floats, new long[0], false);
  }

  /** Takes the array as its own. */
  public static Values of(List<Long> shape, long[] longs) {
    return new Values(shape, new float[0], longs, true);
  }

  public List<Long> shape() {
    return shape;
  }

  long[] dimensions() {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }

  /** The array itself, where these are floats. */
  public Optional<float[]> floats() {
    return whole ? Optional.empty() : Optional.of(floats);
  }

  /** The array itself, where these are whole numbers. */
  public Optional<long[]> longs() {
    return whole ? Optional.of(longs) : Optional.empty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Values v
        && shape.equals(v.shape)
        && whole == v.whole
        && Arrays.equals(floats, v.floats)
        && Arrays.equals(longs, v.longs);
  }

  @Override
  public int hashCode() {
    return shape.hashCode() * 31 + Arrays.hashCode(floats) + Arrays.hashCode(longs);
  }
}
