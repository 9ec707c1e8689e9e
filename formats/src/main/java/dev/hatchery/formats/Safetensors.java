package dev.hatchery.formats;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * safetensors (safetensors/src/tensor.rs): u64 header length, JSON header, data. The header lists
 * each tensor's type, shape and range; sorted, the ranges begin at 0, touch each other and end with
 * the file. Members that the format does not have are refused.
 */
final class Safetensors {
  private static final String METADATA = "__metadata__";

  private final Span file;
  private final Budget budget = new Budget();
  private final Metadata metadata = new Metadata();
  private final Names names = new Names();
  private final List<Entry> entries = new ArrayList<>();
  private final JsonCursor in;
  private final long data;

  /** One tensor of the header; {@code begin} and {@code end} count from the start of the data. */
  record Entry(String name, ElementType type, List<Long> shape, long begin, long end) {
    long length() {
      return end - begin;
    }
  }

  private Safetensors(Span file) {
    long header = file.i64(0);
    if (header > Limits.SAFETENSORS_HEADER) {
      throw file.broken(0, "a header of at most 100 MB", header);
    }
    Span text = file.part(8, header);
    this.file = file;
    this.in = new JsonCursor(text);
    this.data = text.end();
  }

  static ModelFile read(Span file) {
    return new Safetensors(file).read();
  }

  private ModelFile read() {
    in.take('{');
    if (!in.takes('}')) {
      do member();
      while (in.takes(','));
      in.take('}');
    }
    in.end();
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    touch();
    return new ModelFile(Format.SAFETENSORS, tensors(), List.of(), metadata.kept());
  }

  private void member() {
    budget.tensor();
    Span raw = in.string();
    budget.keep(raw.length());
    String name = JsonCursor.decoded(raw, Limits.NAME);
    if (!names.take(name)) throw file.broken(raw.start(), "names that differ", "one twice");
    in.take(':');
    in.take('{');
    if (name.equals(METADATA)) metadata();
    else entries.add(entry(name, raw.start()));
  }

  private void metadata() {
    if (in.takes('}')) return;
    do {
      budget.step();
      Span key = in.string();
      in.take(':');
      Span value = in.string();
      if (key.length() <= Limits.METADATA_TEXT && value.length() <= Limits.METADATA_TEXT) {
        metadata.put(
            JsonCursor.decoded(key, Limits.METADATA_TEXT),
            JsonCursor.decoded(value, Limits.METADATA_TEXT));
      }
    } while (in.takes(','));
    in.take('}');
  }

  private Entry entry(String name, long at) {
    Optional<ElementType> type = Optional.empty();
    Optional<List<Long>> shape = Optional.empty();
    Optional<List<Long>> offsets = Optional.empty();
    Set<String> seen = new HashSet<>();
    do {
      Span raw = in.string();
      String key = JsonCursor.decoded(raw, 16);
      if (!seen.add(key)) throw file.broken(raw.start(), "each member once", "one twice");
      in.take(':');
      switch (key) {
        case "dtype" -> type = Optional.of(type());
        case "shape" -> shape = Optional.of(numbers(Limits.RANK));
        case "data_offsets" -> offsets = Optional.of(numbers(2));
        default -> throw file.broken(raw.start(), "dtype, shape and data_offsets", "another");
      }
    } while (in.takes(','));
    in.take('}');
    if (type.isEmpty() || shape.isEmpty() || offsets.isEmpty() || offsets.get().size() != 2) {
      throw file.broken(at, "dtype, shape and data_offsets", "less");
    }
    return sized(
        new Entry(name, type.get(), shape.get(), offsets.get().get(0), offsets.get().get(1)), at);
  }

  private Entry sized(Entry entry, long at) {
    long length = entry.type.length(entry.shape).orElse(-1);
    if (entry.end < entry.begin || entry.length() != length) {
      throw file.broken(at, "as many bytes as the shape has", entry.length());
    }
    return entry;
  }

  private ElementType type() {
    Span raw = in.string();
    return switch (JsonCursor.decoded(raw, 16)) {
      case "BOOL" -> ElementType.BOOL;
      case "F4" -> ElementType.F4;
      case "F6_E2M3" -> ElementType.F6_E2M3;
      case "F6_E3M2" -> ElementType.F6_E3M2;
      case "U8" -> ElementType.U8;
      case "I8" -> ElementType.I8;
      case "F8_E5M2" -> ElementType.F8_E5M2;
      case "F8_E4M3" -> ElementType.F8_E4M3;
      case "F8_E8M0" -> ElementType.F8_E8M0;
      case "F8_E4M3FNUZ" -> ElementType.F8_E4M3FNUZ;
      case "F8_E5M2FNUZ" -> ElementType.F8_E5M2FNUZ;
      case "I16" -> ElementType.I16;
      case "U16" -> ElementType.U16;
      case "F16" -> ElementType.F16;
      case "BF16" -> ElementType.BF16;
      case "I32" -> ElementType.I32;
      case "U32" -> ElementType.U32;
      case "F32" -> ElementType.F32;
      case "C64" -> ElementType.C64;
      case "F64" -> ElementType.F64;
      case "I64" -> ElementType.I64;
      case "U64" -> ElementType.U64;
      default -> throw file.broken(raw.start(), "a dtype of safetensors", "another");
    };
  }

  private List<Long> numbers(int limit) {
    List<Long> numbers = new ArrayList<>();
    in.take('[');
    if (in.takes(']')) return numbers;
    do {
      if (numbers.size() == limit) throw file.broken(data, "at most " + limit + " numbers", "more");
      budget.dimension();
      numbers.add(in.number());
    } while (in.takes(','));
    in.take(']');
    return numbers;
  }

  private void touch() {
    long end = 0;
    for (Entry entry : entries) {
      if (entry.begin != end) throw file.broken(data, "tensors without holes", entry.begin);
      end = entry.end;
    }
    if (end != file.end() - data) {
      throw file.broken(data, "tensors up to the end of the file", end);
    }
  }

  private List<Tensor> tensors() {
    var scales = new NamedScales(entries, data);
    var list = new TensorList(file);
    for (Entry e : entries) {
      if (e.length() > 0) {
        long at = data + e.begin;
        list.add(new Tensor(e.name, e.type, e.shape, at, e.length(), scales.of(e)));
      }
    }
    return list.sorted();
  }
}
