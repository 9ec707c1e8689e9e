package dev.hatchery.formats;

import java.util.List;
import java.util.Optional;

/**
 * One tensor's place in a file.
 *
 * @param name unique within the file; where the file repeats one, the later ones end in {@code #2},
 *     {@code #3} and so on
 * @param shape outermost dimension first, rows innermost, as the bytes lie; empty for a scalar
 * @param offset first byte in the file
 * @param length bytes, at least one; always {@code type.length(shape)}
 * @param scaling where the scales are, if the values are quantised and the file says it
 */
public record Tensor(
    String name,
    ElementType type,
    List<Long> shape,
    long offset,
    long length,
    Optional<Scaling> scaling) {
  public Tensor {
    shape = List.copyOf(shape);
    if (shape.size() > Limits.RANK) {
      throw Malformed.value("a tensor's rank", "at most " + Limits.RANK, shape.size());
    }
    long size = type.length(shape).orElse(-1);
    if (size != length || length == 0) {
      throw Malformed.value("a tensor's length", size + " bytes for its shape", length);
    }
    if (offset < 0 || offset > Long.MAX_VALUE - length) {
      throw Malformed.value("a tensor's offset", "0 or more", offset);
    }
  }

  /** First byte behind the tensor. */
  public long end() {
    return offset + length;
  }
}
