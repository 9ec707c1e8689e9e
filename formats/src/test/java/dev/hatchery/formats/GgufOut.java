package dev.hatchery.formats;

import java.nio.charset.StandardCharsets;

/** Writes GGUF files of each version. */
final class GgufOut {
  static final int F32 = 0;
  static final int Q4_0 = 2;
  static final int Q6_K = 14;

  private final int version;
  private final Out pairs = new Out();
  private final Out rows = new Out();
  private int pairCount;
  private int rowCount;

  GgufOut(int version) {
    this.version = version;
  }

  /** A count or length: 32 bits in version 1. */
  Out count(Out out, long value) {
    return version == 1 ? out.u32(value) : out.u64(value);
  }

  private Out string(Out out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return count(out, bytes.length).bytes(bytes);
  }

  GgufOut text(String key, String value) {
    string(pair(key, 8), value);
    return this;
  }

  GgufOut number(String key, long value) {
    pair(key, 4).u32(value);
    return this;
  }

  GgufOut strings(String key, String... values) {
    count(pair(key, 9).u32(8), values.length);
    for (String value : values) string(pairs, value);
    return this;
  }

  /** The start of a pair; the value follows. */
  Out pair(String key, int type) {
    pairCount++;
    return string(pairs, key).u32(type);
  }

  /**
   * @param dimensions innermost first, as the format has them
   */
  GgufOut tensor(String name, int type, long offset, long... dimensions) {
    rowCount++;
    string(rows, name).u32(dimensions.length);
    for (long dimension : dimensions) count(rows, dimension);
    rows.u32(type).u64(offset);
    return this;
  }

  /** Everything up to the data, padded. */
  byte[] header(int alignment) {
    var out = new Out().text("GGUF").u32(version);
    count(out, rowCount);
    count(out, pairCount);
    return out.bytes(pairs.toBytes()).bytes(rows.toBytes()).align(alignment).toBytes();
  }

  byte[] file(int alignment, byte[] data) {
    return new Out().bytes(header(alignment)).bytes(data).toBytes();
  }
}
