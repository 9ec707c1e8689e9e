package dev.hatchery.delta;

import java.io.ByteArrayOutputStream;

/** Bytes written one after the other, little endian. */
final class Out {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  Out u8(int value) {
    out.write(value);
    return this;
  }

  Out u32(long value) {
    for (int i = 0; i < 32; i += 8) u8((int) (value >> i));
    return this;
  }

  Out u64(long value) {
    return u32(value).u32(value >> 32);
  }

  Out f32(float value) {
    return u32(Float.floatToRawIntBits(value));
  }

  Out f64(double value) {
    return u64(Double.doubleToRawLongBits(value));
  }

  Out bytes(byte... bytes) {
    out.writeBytes(bytes);
    return this;
  }

  int size() {
    return out.size();
  }

  byte[] toBytes() {
    return out.toByteArray();
  }
}
