package dev.hatchery.formats;

import dev.hatchery.core.Refusal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * GGUF 1 to 3, little endian (ggml, docs/gguf.md): counts, metadata, tensor table, padding, data.
 * Versions differ in the width of counts alone: version 1 has 32 bits. A big-endian file is refused
 * by its version number.
 */
final class Gguf {
  private static final String ALIGNMENT = "general.alignment";

  private final Span file;
  private final GgufCursor in;
  private final Budget budget = new Budget();
  private final Metadata metadata = new Metadata();
  private final Names keys = new Names();
  private final Names names = new Names();
  private long alignment = 32;

  /** A row of the tensor table; {@code offset} counts from the start of the data. */
  private record Row(String name, ElementType type, List<Long> shape, long length, long offset) {}

  private Gguf(Span file) {
    this.file = file;
    this.in = new GgufCursor(file, budget, metadata);
  }

  static ModelFile read(Span file) {
    return new Gguf(file).read();
  }

  private ModelFile read() {
    long tensors = in.count();
    long pairs = in.count();
    for (long i = 0; i < pairs; i++) pair();
    List<Row> rows = new ArrayList<>();
    for (long i = 0; i < tensors; i++) rows.add(row());
    return new ModelFile(Format.GGUF, place(rows), List.of(), metadata.kept());
  }

  private void pair() {
    long at = in.at();
    budget.step();
    String key = budget.name(in.string());
    if (!keys.take(key)) throw file.broken(at, "keys that differ", "one twice");
    OptionalLong number = in.value(key);
    if (key.equals(ALIGNMENT)) align(at, number.orElse(0));
  }

  private void align(long at, long bytes) {
    if (bytes < 1 || bytes > Limits.GGUF_ALIGNMENT || Long.bitCount(bytes) != 1) {
      throw file.broken(at, "an alignment that is a power of two up to 2^20", bytes);
    }
    alignment = bytes;
  }

  private Row row() {
    long at = in.at();
    budget.tensor();
    String name = budget.name(in.string());
    if (!names.take(name)) throw file.broken(at, "tensors whose names differ", "one twice");
    List<Long> shape = shape();
    ElementType type = GgufTypes.type(in.u32()).orElseThrow(() -> unknownType(at));
    long length =
        type.length(shape).orElseThrow(() -> file.broken(at, "a shape of whole blocks", "another"));
    return new Row(name, type, shape, length, in.i64());
  }

  private Refusal unknownType(long at) {
    return file.broken(at, "a type of ggml that is known", "another");
  }

  // The innermost dimension stands first.
  private List<Long> shape() {
    long at = in.at();
    long rank = in.u32();
    if (rank > Limits.RANK) throw file.broken(at, "at most " + Limits.RANK + " dimensions", rank);
    List<Long> shape = new ArrayList<>();
    for (long i = 0; i < rank; i++) {
      budget.dimension();
      shape.add(in.length());
    }
    Collections.reverse(shape);
    return shape;
  }

  private List<Tensor> place(List<Row> rows) {
    // No overflow: a position in a file plus at most 2^20.
    long data = (in.at() + alignment - 1) / alignment * alignment;
    var list = new TensorList(file);
    for (Row row : rows) {
      if (row.offset < 0 || row.offset % alignment != 0 || row.offset > Long.MAX_VALUE - data) {
        throw file.broken(data, "tensors at multiples of " + alignment, row.offset);
      }
      if (row.length > 0) {
        list.add(
            new Tensor(
                row.name, row.type, row.shape, data + row.offset, row.length, Optional.empty()));
      }
    }
    return list.sorted();
  }
}
