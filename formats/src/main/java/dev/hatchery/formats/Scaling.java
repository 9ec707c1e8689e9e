package dev.hatchery.formats;

import java.util.Optional;

/**
 * Where the scales of a quantised tensor lie: {@code real = (value - zero point) * scale}.
 *
 * @param offset first byte of the scales, in the same file as the tensor
 * @param count number of scales, in order, without gaps
 * @param type of the scales; a float type
 * @param axis for {@code block} 0 the dimension with one scale for each of its indices, or -1 for
 *     one scale for all; else the dimension along which the blocks run, the last one unless an ONNX
 *     DequantizeLinear says otherwise
 * @param block 0, or how many values in a row along {@code axis} share a scale. The scales then lie
 *     as a tensor of the same shape would, with that dimension divided by this and rounded up
 * @param zeroPoints empty where all of them are 0
 */
public record Scaling(
    long offset,
    int count,
    ElementType type,
    int axis,
    int block,
    Optional<ZeroPoints> zeroPoints) {
  public Scaling {
    if (!type.isFloat()) throw Malformed.value("a scale's type", "a float", type);
    if (offset < 0 || count < 1 || count > (Long.MAX_VALUE - offset) / type.bytesPerBlock()) {
      throw Malformed.value("a tensor's scales", "a range of the file", count);
    }
    if (axis < -1 || axis >= Limits.RANK) {
      throw Malformed.value("a scale's axis", "-1 to " + (Limits.RANK - 1), axis);
    }
    if (block < 0 || (block > 0 && axis < 0)) {
      throw Malformed.value("a scale's block", "0 or more values along an axis", block);
    }
  }

  /** Bytes of the scales. */
  public long length() {
    return (long) count * type.bytesPerBlock();
  }
}
