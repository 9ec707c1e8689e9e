package dev.hatchery.formats;

import dev.hatchery.formats.OnnxTensor.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads one TensorProto. Its values have a place where they lie as plain numbers in one piece: as
 * raw_data, as packed floats or doubles, as external data, or as int32_data in which each value of
 * eight bits takes one byte.
 */
final class OnnxTensorReader {
  private static final int LOCATION = 255;
  private static final int EXTERNAL = 1;

  private final Span message;
  private final Budget budget;
  private final List<Long> shape = new ArrayList<>();
  private Optional<ElementType> type = Optional.empty();
  private String name = "";
  private Optional<Span> raw = Optional.empty();
  private boolean segmented;
  private long source;
  private String location = "";
  private long externalOffset;
  private long externalLength = -1;

  // The packed field that holds the values: its number, its bytes, and how many pieces there are.
  private int valuesField;
  private Optional<Span> values = Optional.empty();
  private int pieces;
  private Optional<Long> number = Optional.empty();

  private OnnxTensorReader(Span message, Budget budget) {
    this.message = message;
    this.budget = budget;
  }

  static OnnxTensor read(Span message, Budget budget) {
    budget.tensor();
    var reader = new OnnxTensorReader(message, budget);
    var in = new ProtoCursor(message);
    while (in.next()) reader.field(in);
    return new OnnxTensor(reader.name, reader.type, reader.shape, reader.place(), reader.single());
  }

  private void field(ProtoCursor in) {
    switch (in.field()) {
      case 1 -> dimensions(in);
      case 2 -> type = OnnxTensor.type(in.number());
      case 3 -> segmented = true;
      case 4, 5, 10 -> values(in);
      case 8 -> name = budget.name(in.bytes());
      case 9 -> raw = Optional.of(in.bytes());
      case 13 -> external(in.bytes());
      case 14 -> source = in.number();
      default -> {}
    }
  }

  private void dimensions(ProtoCursor in) {
    if (!in.isBytes()) {
      dimension(in, in.number());
      return;
    }
    var packed = new ProtoCursor(in.bytes());
    while (!packed.atEnd()) dimension(in, packed.varint());
  }

  private void dimension(ProtoCursor in, long size) {
    if (size < 0) throw in.broken("dimensions of 0 or more", size);
    if (shape.size() == Limits.RANK) {
      throw in.broken("at most " + Limits.RANK + " dimensions", "more");
    }
    budget.dimension();
    shape.add(size);
  }

  private void values(ProtoCursor in) {
    pieces++;
    valuesField = in.field();
    values = in.isBytes() ? Optional.of(in.bytes()) : Optional.empty();
    number = in.isNumber() ? Optional.of(in.number()) : Optional.empty();
  }

  // StringStringEntryProto: 1 key, 2 value.
  private void external(Span entry) {
    Optional<Span> key = Optional.empty();
    Optional<Span> value = Optional.empty();
    var in = new ProtoCursor(entry);
    while (in.next()) {
      if (in.field() == 1) key = Optional.of(in.bytes());
      if (in.field() == 2) value = Optional.of(in.bytes());
    }
    if (key.isEmpty() || value.isEmpty() || key.get().length() > 16) return;
    switch (key.get().text(16)) {
      case "location" -> {
        budget.keep(value.get().length());
        location = value.get().text(LOCATION);
      }
      case "offset" -> externalOffset = decimal(value.get());
      case "length" -> externalLength = decimal(value.get());
      default -> {}
    }
  }

  private static long decimal(Span text) {
    String digits = text.text(32);
    if (!digits.matches("[0-9]{1,18}")) {
      throw text.broken(text.start(), "a decimal number below 10^18", "another text");
    }
    return Long.parseLong(digits);
  }

  private Optional<Place> place() {
    if (source < 0 || source > EXTERNAL) {
      throw message.broken(message.start(), "data inside or external", source);
    }
    if (type.isEmpty() || segmented) return Optional.empty();
    long length = length(type.get());
    if (length == 0) return Optional.empty();
    if (source == EXTERNAL) return Optional.of(outside(length));
    return raw.filter(r -> r.length() > 0)
        .map(r -> inside(r, length))
        .or(() -> packed(type.get(), length));
  }

  private long length(ElementType type) {
    return type.length(shape)
        .orElseThrow(() -> message.broken(message.start(), "a size below 2^63", "more"));
  }

  private Place outside(long length) {
    if (!ExternalTensor.plain(location)) {
      throw message.broken(message.start(), "a relative path as location", "another");
    }
    if (externalLength >= 0 && externalLength != length) {
      throw message.broken(message.start(), length + " bytes for the shape", externalLength);
    }
    return new Place(location, externalOffset, length);
  }

  private static Place inside(Span bytes, long length) {
    if (bytes.length() != length) {
      throw bytes.broken(bytes.start(), length + " bytes for the shape", bytes.length());
    }
    return new Place("", bytes.start(), length);
  }

  // A zero point above 127 or below 0 is a varint of two bytes or ten, so without a place.
  private Optional<Integer> single() {
    boolean one = pieces == 1 && valuesField == 5 && ElementType.values(shape).orElse(0) == 1;
    return number
        .or(() -> values.flatMap(OnnxTensorReader::onlyNumber))
        .filter(n -> one && n >= Integer.MIN_VALUE && n <= Integer.MAX_VALUE)
        .map(Long::intValue);
  }

  private static Optional<Long> onlyNumber(Span packed) {
    if (packed.length() == 0 || packed.length() > 10) return Optional.empty();
    var in = new ProtoCursor(packed);
    long first = in.varint();
    return in.atEnd() ? Optional.of(first) : Optional.empty();
  }

  // int32_data holds varints: plain bytes only where each value takes one, so where none of them
  // is negative or above 127.
  private Optional<Place> packed(ElementType type, long length) {
    if (pieces != 1 || values.isEmpty()) return Optional.empty();
    return switch (type) {
      case F32, C64 -> values.filter(_ -> valuesField == 4).map(v -> inside(v, length));
      case F64, C128 -> values.filter(_ -> valuesField == 10).map(v -> inside(v, length));
      case I8, U8, BOOL ->
          values.filter(v -> valuesField == 5 && v.length() == length).map(v -> inside(v, length));
      default -> Optional.empty();
    };
  }
}
