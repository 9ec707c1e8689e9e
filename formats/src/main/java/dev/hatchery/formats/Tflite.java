package dev.hatchery.formats;

import dev.hatchery.core.Refusal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * TFLite: a FlatBuffer (tensorflow/lite/schema/schema.fbs; field numbers are those of its tables).
 * A tensor's bytes lie in a buffer, inside the FlatBuffer or, in files beyond 2 GiB, behind it.
 * Tensors that share a buffer are one, the first.
 */
final class Tflite {
  private static final int VERSION = 3;

  private final Span file;
  private final Budget budget = new Budget();
  private final Names names = new Names();
  private final Set<Range> seen = new HashSet<>();
  private final TensorList tensors;

  private Tflite(Span file) {
    this.file = file;
    this.tensors = new TensorList(file);
  }

  static ModelFile read(Span file) {
    return new Tflite(file).read();
  }

  private ModelFile read() {
    FlatTable model = FlatTable.root(file, budget);
    long version = model.u32(0);
    if (version != VERSION) throw file.broken(model.at(), "version 3 of the schema", version);
    Optional<Span> buffers = model.vector(4, 4);
    Span subgraphs = model.vector(2, 4).orElseThrow(() -> missing(model, "subgraphs"));
    for (long i = 0; i < subgraphs.length() / 4; i++) {
      FlatTable subgraph = FlatTable.element(budget, file, subgraphs, i);
      Optional<Span> list = subgraph.vector(0, 4);
      if (list.isPresent()) subgraph(list.get(), buffers);
    }
    var metadata = new Metadata();
    metadata.put("tflite.subgraphs", subgraphs.length() / 4);
    model.string(3).ifPresent(text -> metadata.put("tflite.description", text));
    return new ModelFile(Format.TFLITE, tensors.sorted(), List.of(), metadata.kept());
  }

  private void subgraph(Span list, Optional<Span> buffers) {
    for (long i = 0; i < list.length() / 4; i++) {
      budget.tensor();
      FlatTable tensor = FlatTable.element(budget, file, list, i);
      long buffer = tensor.u32(2);
      // Buffer 0 is the empty one that activations name.
      if (buffer != 0) data(tensor, buffer, buffers).ifPresent(range -> tensor(tensor, range));
    }
  }

  private Optional<Span> data(FlatTable tensor, long index, Optional<Span> buffers) {
    Span all = buffers.orElseThrow(() -> missing(tensor, "buffers"));
    if (index >= all.length() / 4) {
      throw file.broken(tensor.at(), "a buffer that the model has", index);
    }
    FlatTable buffer = FlatTable.element(budget, file, all, index);
    // 0 and 1 mean that the data is inside; anything else is a place behind the FlatBuffer.
    long offset = buffer.i64(1);
    Optional<Span> data =
        offset < 0 || offset > 1
            ? Optional.of(file.part(offset, buffer.i64(2)))
            : buffer.vector(0, 1);
    return data.filter(d -> d.length() > 0);
  }

  private void tensor(FlatTable tensor, Span data) {
    Optional<ElementType> type = type(tensor.u8(1));
    boolean sparse = tensor.table(6).isPresent();
    if (type.isEmpty() || sparse || !seen.add(new Range(data.start(), data.length()))) return;
    List<Long> shape = shape(tensor);
    long length = type.get().length(shape).orElse(-1);
    // TFLite's own check (SetTensorParametersReadOnly).
    if (length != data.length()) {
      throw file.broken(data.start(), length + " bytes for the tensor's shape", data.length());
    }
    String name = names.unique(tensor.string(3).map(budget::name).orElse(""));
    Optional<Scaling> scaling = tensor.table(4).flatMap(q -> scaling(q, shape));
    tensors.add(new Tensor(name, type.get(), shape, data.start(), length, scaling));
  }

  private List<Long> shape(FlatTable tensor) {
    List<Long> shape = new ArrayList<>();
    Optional<Span> dimensions = tensor.vector(0, 4);
    if (dimensions.isEmpty()) return shape;
    Span all = dimensions.get();
    if (all.length() / 4 > Limits.RANK) {
      throw file.broken(all.start(), "at most " + Limits.RANK + " dimensions", all.length() / 4);
    }
    for (long at = all.start(); at < all.end(); at += 4) {
      budget.dimension();
      shape.add((long) all.i32(at));
    }
    return shape;
  }

  // QuantizationParameters: 2 scale, 3 zero_point, 4 details' type, 6 quantized_dimension.
  private Optional<Scaling> scaling(FlatTable parameters, List<Long> shape) {
    Optional<Span> scales = parameters.vector(2, 4).filter(s -> s.length() > 0);
    // Custom and blockwise quantisation ignore the fields read here.
    if (scales.isEmpty() || parameters.u8(4) != 0) return Optional.empty();
    int count = (int) Math.min(scales.get().length() / 4, Integer.MAX_VALUE);
    int axis = count == 1 ? -1 : parameters.i32(6);
    boolean fits = count == 1 || (axis >= 0 && axis < shape.size() && shape.get(axis) == count);
    Optional<Span> zeros = parameters.vector(3, 8).filter(z -> z.length() > 0);
    if (!fits || zeros.filter(z -> z.length() / 8 != count).isPresent()) return Optional.empty();
    return Optional.of(
        new Scaling(
            scales.get().start(),
            count,
            ElementType.F32,
            axis,
            0,
            zeros.map(z -> new ZeroPoints.Stored(z.start(), count, ElementType.I64))));
  }

  // TensorType; strings, resources and variants have no fixed size, and later types are not known.
  private static Optional<ElementType> type(int number) {
    return Optional.ofNullable(
        switch (number) {
          case 0 -> ElementType.F32;
          case 1 -> ElementType.F16;
          case 2 -> ElementType.I32;
          case 3 -> ElementType.U8;
          case 4 -> ElementType.I64;
          case 6 -> ElementType.BOOL;
          case 7 -> ElementType.I16;
          case 8 -> ElementType.C64;
          case 9 -> ElementType.I8;
          case 10 -> ElementType.F64;
          case 11 -> ElementType.C128;
          case 12 -> ElementType.U64;
          case 15 -> ElementType.U32;
          case 16 -> ElementType.U16;
          case 17 -> ElementType.I4;
          case 18 -> ElementType.BF16;
          default -> null;
        });
  }

  private Refusal missing(FlatTable table, String what) {
    return file.broken(table.at(), what, "none");
  }
}
