package dev.hatchery.formats;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Bytes written one after the other, little endian unless it is said. */
final class Out {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  Out u8(int value) {
    out.write(value);
    return this;
  }

  Out u16(int value) {
    return u8(value).u8(value >> 8);
  }

  Out u32(long value) {
    return u16((int) value).u16((int) (value >> 16));
  }

  Out u64(long value) {
    return u32(value).u32(value >> 32);
  }

  Out bigEndian32(long value) {
    return u32(Integer.reverseBytes((int) value));
  }

  Out bigEndian64(long value) {
    return u64(Long.reverseBytes(value));
  }

  Out f32(float value) {
    return u32(Float.floatToIntBits(value));
  }

  Out bytes(byte... bytes) {
    out.writeBytes(bytes);
    return this;
  }

  Out text(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Zeros up to a multiple of so many bytes. */
  Out align(int bytes) {
    while (size() % bytes != 0) u8(0);
    return this;
  }

  int size() {
    return out.size();
  }

  byte[] toBytes() {
    return out.toByteArray();
  }

  /** Bytes that differ, to tell one tensor from another. */
  static byte[] counting(int first, int n) {
    byte[] bytes = new byte[n];
    for (int i = 0; i < n; i++) bytes[i] = (byte) (first + i);
    return bytes;
  }

  static byte[] floats(float... values) {
    var out = new Out();
    for (float value : values) out.f32(value);
    return out.toBytes();
  }
}
