package dev.hatchery.formats;

import dev.hatchery.core.Refusal;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A range of a file, the only way in which readers touch it: each read is checked against the
 * range, and one outside it is refused as malformed. Positions count from the file's first byte.
 *
 * @param format what the file claims to be, for the refusal
 * @param start first byte
 * @param end first byte behind
 */
record Span(MemorySegment file, Format format, long start, long end) {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  static Span of(MemorySegment file, Format format) {
    return new Span(file, format, 0, file.byteSize());
  }

  long length() {
    return end - start;
  }

  /** The part of {@code length} bytes from {@code from}; both may be any number. */
  Span part(long from, long length) {
    need(from, length);
    return new Span(file, format, from, from + length);
  }

  int u8(long at) {
    need(at, 1);
    return file.get(ValueLayout.JAVA_BYTE, at) & 0xff;
  }

  int u16(long at) {
    need(at, 2);
    return file.get(SHORT, at) & 0xffff;
  }

  int i32(long at) {
    need(at, 4);
    return file.get(INT, at);
  }

  long u32(long at) {
    return i32(at) & 0xffffffffL;
  }

  long i64(long at) {
    need(at, 8);
    return file.get(LONG, at);
  }

  int bigEndian32(long at) {
    return Integer.reverseBytes(i32(at));
  }

  long bigEndian64(long at) {
    return Long.reverseBytes(i64(at));
  }

  /** A copy of the whole range, which must be short. */
  byte[] bytes(int limit) {
    if (length() > limit) throw broken(start, "at most " + limit + " bytes of text", length());
    return file.asSlice(start, length()).toArray(ValueLayout.JAVA_BYTE);
  }

  /**
   * The range as text. What is not UTF-8 is replaced, not refused: no format but safetensors checks
   * it, and a name serves to recognise a tensor only.
   */
  String text(int limit) {
    return new String(bytes(limit), StandardCharsets.UTF_8);
  }

  Refusal broken(long at, String expected, Object got) {
    return Malformed.file(format, at, expected, got);
  }

  private void need(long at, long bytes) {
    if (at < start || bytes < 0 || at > end || bytes > end - at) {
      throw broken(at, "bytes " + start + " to " + end, bytes + " bytes");
    }
  }
}
