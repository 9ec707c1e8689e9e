package dev.hatchery.formats;

import dev.hatchery.formats.OnnxTensor.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a quantised tensor is to be read: its type and shape, which for packed weights are not those
 * of its TensorProto, and its scales. Where scales and tensor do not fit each other there is no
 * reading: what a graph means is not this reader's to refuse.
 */
record OnnxReading(ElementType type, List<Long> shape, Scaling scaling) {
  /** Zero points: whether the node names some, and the tensor if it is one. */
  record Zero(boolean given, Optional<OnnxTensor> tensor) {}

  /** Values of 2, 4 or 8 bits in bytes, in rows of whole blocks. */
  record Packed(ElementType type, List<Long> shape, int block) {
    long blocksPerRow() {
      return (shape.getLast() + block - 1) / block;
    }

    /** The zero point where none is given: 2, 8 or 128. */
    int centre() {
      return 1 << (8 / type.valuesPerBlock() - 1);
    }
  }

  /**
   * A tensor with one scale, one for each index of an axis, or one for each block along an axis.
   *
   * @param axis may be negative, from the end
   */
  static Optional<OnnxReading> plain(
      OnnxTensor weight, OnnxTensor scale, Zero zero, long axis, long block) {
    int rank = weight.shape().size();
    long along = axis < 0 ? axis + rank : axis;
    boolean one = scale.count() == 1;
    if (!one && (along < 0 || along >= rank)) return Optional.empty();
    if (block < 0 || block > Integer.MAX_VALUE || !scalable(weight, scale)) return Optional.empty();
    if (!one && scale.count() != expected(weight.shape(), (int) along, block)) {
      return Optional.empty();
    }
    Optional<ZeroPoints> zeros = zero.tensor.flatMap(z -> zeros(z, weight, scale.count()));
    if (zero.given && zeros.isEmpty()) return Optional.empty();
    Scaling scaling =
        one ? scaling(scale, -1, 0, zeros) : scaling(scale, (int) along, (int) block, zeros);
    return Optional.of(new OnnxReading(weight.type().get(), weight.shape(), scaling));
  }

  private static boolean scalable(OnnxTensor weight, OnnxTensor scale) {
    return weight.type().filter(ElementType::isQuantized).isPresent()
        && scale.type().filter(ElementType::isFloat).isPresent()
        && scale.isBeside(weight)
        && scale.count() <= Integer.MAX_VALUE;
  }

  // One for each scale, as it is stored.
  private static Optional<ZeroPoints> zeros(OnnxTensor zero, OnnxTensor weight, long count) {
    if (zero.count() != count || zero.type().isEmpty()) return Optional.empty();
    if (zero.isBeside(weight)) return Optional.of(stored(zero, zero.type().get(), count));
    return zero.single().map(ZeroPoints.Same::new);
  }

  private static long expected(List<Long> shape, int axis, long block) {
    if (block == 0) return shape.get(axis);
    List<Long> scales = new ArrayList<>(shape);
    scales.set(axis, (shape.get(axis) + block - 1) / block);
    return ElementType.values(scales).orElse(-1);
  }

  /** MatMulNBits' B: N rows of K values, each row padded to whole blocks. */
  static Optional<Packed> matrix(OnnxTensor b, long n, long k, long block, long bits) {
    if (!blocks(b, block, bits) || n < 1 || k < 1 || k > Integer.MAX_VALUE) return Optional.empty();
    long row = (k + block - 1) / block * block;
    long rowBytes = row * bits / 8;
    if (b.count() % rowBytes != 0 || b.count() / rowBytes != n) return Optional.empty();
    return Optional.of(new Packed(type(bits), List.of(n, row), (int) block));
  }

  /** GatherBlockQuantized's data, packed along the last dimension. */
  static Optional<Packed> rows(OnnxTensor data, long block, long bits) {
    List<Long> shape = new ArrayList<>(data.shape());
    if (!blocks(data, block, bits) || shape.isEmpty() || shape.getLast() > Integer.MAX_VALUE) {
      return Optional.empty();
    }
    shape.set(shape.size() - 1, shape.getLast() * 8 / bits);
    return Optional.of(new Packed(type(bits), shape, (int) block));
  }

  private static boolean blocks(OnnxTensor data, long block, long bits) {
    return data.type().filter(t -> t == ElementType.U8).isPresent()
        && (bits == 2 || bits == 4 || bits == 8)
        && block >= 8
        && block % 8 == 0
        && block <= Integer.MAX_VALUE;
  }

  private static ElementType type(long bits) {
    return bits == 2 ? ElementType.U2 : bits == 4 ? ElementType.U4 : ElementType.U8;
  }

  /** Packed weights with one scale for each block of a row. */
  static Optional<OnnxReading> packed(OnnxTensor weight, Packed p, OnnxTensor scale, Zero zero) {
    boolean floats = scale.type().filter(ElementType::isFloat).isPresent();
    long scales = expected(p.shape, p.shape.size() - 1, p.block);
    if (!floats || !scale.isBeside(weight) || scale.count() != scales) return Optional.empty();
    Optional<ZeroPoints> zeros =
        zero.given
            ? zero.tensor.flatMap(z -> packedZeros(z, weight, p, scales))
            : Optional.of(new ZeroPoints.Same(p.centre()));
    if (scales > Integer.MAX_VALUE || zeros.isEmpty()) return Optional.empty();
    Scaling scaling = scaling(scale, p.shape.size() - 1, p.block, zeros);
    return Optional.of(new OnnxReading(p.type, p.shape, scaling));
  }

  // Bytes that pack a row's zero points as the values are packed, or one number for each scale.
  private static Optional<ZeroPoints> packedZeros(
      OnnxTensor zero, OnnxTensor weight, Packed p, long n) {
    int perByte = p.type.valuesPerBlock();
    long bytes = n / p.blocksPerRow() * ((p.blocksPerRow() + perByte - 1) / perByte);
    boolean bytesFit = zero.count() == bytes && bytes <= Integer.MAX_VALUE / perByte;
    if (zero.type().filter(t -> t == ElementType.U8).isPresent()) {
      return bytesFit && zero.isBeside(weight)
          ? Optional.of(stored(zero, p.type, bytes * perByte))
          : Optional.empty();
    }
    boolean floats = zero.type().filter(ElementType::isFloat).isPresent();
    return floats && n <= Integer.MAX_VALUE ? zeros(zero, weight, n) : Optional.empty();
  }

  private static Scaling scaling(
      OnnxTensor scale, int axis, int block, Optional<ZeroPoints> zeros) {
    Place place = scale.place().orElseThrow();
    return new Scaling(
        place.offset(), (int) scale.count(), scale.type().orElseThrow(), axis, block, zeros);
  }

  private static ZeroPoints stored(OnnxTensor zero, ElementType type, long count) {
    return new ZeroPoints.Stored(zero.place().orElseThrow().offset(), (int) count, type);
  }
}
