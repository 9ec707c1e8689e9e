package dev.hatchery.formats;

import java.util.OptionalLong;

/** Reads GGUF's numbers, strings and values one after the other; begins behind the magic number. */
final class GgufCursor {
  private static final int STRING = 8;
  private static final int ARRAY = 9;

  private final Span file;
  private final Budget budget;
  private final Metadata metadata;
  private final boolean wide;
  private long at = 4;

  GgufCursor(Span file, Budget budget, Metadata metadata) {
    this.file = file;
    this.budget = budget;
    this.metadata = metadata;
    long version = u32();
    if (version < 1 || version > 3) {
      throw file.broken(4, "GGUF version 1 to 3, little endian", version);
    }
    wide = version > 1;
    metadata.put("gguf.version", version);
  }

  long at() {
    return at;
  }

  long u32() {
    long value = file.u32(at);
    at += 4;
    return value;
  }

  long i64() {
    long value = file.i64(at);
    at += 8;
    return value;
  }

  /** A length or a dimension: 32 bits in version 1, else 64; never negative. */
  long length() {
    long from = at;
    long value = wide ? i64() : u32();
    if (value < 0) throw file.broken(from, "a length below 2^63", Long.toUnsignedString(value));
    return value;
  }

  /** How many of something that takes at least eight bytes each: no more than could be there. */
  long count() {
    long from = at;
    long value = length();
    if (value > (file.end() - at) / 8) throw file.broken(from, "a count that fits the file", value);
    return value;
  }

  Span string() {
    long bytes = length();
    Span text = file.part(at, bytes);
    at = text.end();
    return text;
  }

  /** Reads a typed value into the metadata, and gives it if it is a whole number. */
  OptionalLong value(String key) {
    long from = at;
    int type = (int) Math.min(u32(), 255);
    if (type == STRING) {
      metadata.put(key, string());
      return OptionalLong.empty();
    }
    if (type == ARRAY) {
      array(0);
      return OptionalLong.empty();
    }
    return number(key, type, skip(from, width(from, type)));
  }

  private OptionalLong number(String key, int type, Span value) {
    long start = value.start();
    if (type == 6) {
      metadata.put(key, Float.intBitsToFloat(value.i32(start)));
      return OptionalLong.empty();
    }
    if (type == 12) {
      metadata.put(key, Double.longBitsToDouble(value.i64(start)));
      return OptionalLong.empty();
    }
    long whole = whole(type, value);
    metadata.put(key, type == 10 ? Long.toUnsignedString(whole) : whole);
    return OptionalLong.of(whole);
  }

  private static long whole(int type, Span value) {
    long start = value.start();
    return switch (type) {
      case 1 -> (byte) value.u8(start);
      case 2 -> value.u16(start);
      case 3 -> (short) value.u16(start);
      case 4 -> value.u32(start);
      case 5 -> value.i32(start);
      case 10, 11 -> value.i64(start);
      default -> value.u8(start);
    };
  }

  private Span skip(long from, long bytes) {
    Span value = file.part(at, bytes);
    at = value.end();
    if (value.length() == 0) throw file.broken(from, "a value", "nothing");
    return value;
  }

  // Arrays of vocabulary are long and of no use here: skipped, at the cost of their strings.
  private void array(int depth) {
    long from = at;
    if (depth == Limits.GGUF_NESTING) throw file.broken(from, "arrays less deep", depth);
    int type = (int) Math.min(u32(), 255);
    long n = length();
    if (type != STRING && type != ARRAY) {
      long width = width(from, type);
      if (n > (file.end() - at) / width) throw file.broken(from, "an array that fits", n);
      at += n * width;
      return;
    }
    for (long i = 0; i < n; i++) {
      budget.step();
      if (type == STRING) string();
      else array(depth + 1);
    }
  }

  private long width(long from, int type) {
    return switch (type) {
      case 0, 1, 7 -> 1;
      case 2, 3 -> 2;
      case 4, 5, 6 -> 4;
      case 10, 11, 12 -> 8;
      default -> throw file.broken(from, "a value of a known type", type);
    };
  }
}
