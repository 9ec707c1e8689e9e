package dev.hatchery.formats;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A tensor of an ONNX model whose bytes lie in a file beside it.
 *
 * @param location relative path with {@code /}, of plain names: never absolute, never {@code ..}
 * @param offset first byte in that file
 * @param length bytes, at least one
 * @param scaling only where the scales lie in the same file; its offsets count in that file
 */
public record ExternalTensor(
    String name,
    ElementType type,
    List<Long> shape,
    String location,
    long offset,
    long length,
    Optional<Scaling> scaling) {
  private static final int LOCATION = 255;

  public ExternalTensor {
    shape = List.copyOf(shape);
    if (!plain(location)) {
      throw Malformed.value("a location of external data", "a relative path", "another");
    }
    // Checks what both kinds of tensor have in common.
    var _ = new Tensor(name, type, shape, offset, length, scaling);
  }

  /** The tensors of one data file; tensors that share all their bytes are one, the first. */
  static List<Tensor> in(List<ExternalTensor> all, String location, Span data) {
    var list = new TensorList(data);
    Set<Range> seen = new HashSet<>();
    for (ExternalTensor e : all) {
      if (e.location.equals(location) && seen.add(new Range(e.offset, e.length))) {
        list.add(new Tensor(e.name, e.type, e.shape, e.offset, e.length, e.scaling));
      }
    }
    return list.sorted();
  }

  // The rule of a bundle's paths, since that is where the file must be found.
  static boolean plain(String path) {
    if (path.isEmpty() || path.length() > LOCATION) return false;
    if (path.chars().anyMatch(c -> c < 0x21 || c > 0x7e || c == '\\' || c == ':')) return false;
    for (String part : path.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) return false;
    }
    return true;
  }
}
