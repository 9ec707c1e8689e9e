package dev.hatchery.delta.make;

import dev.hatchery.delta.Lane;
import java.io.ByteArrayOutputStream;
import java.util.Random;

/** Makes the bytes of files, little endian. */
final class Bytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  Bytes u8(int value) {
    out.write(value);
    return this;
  }

  Bytes u32(long value) {
    for (int i = 0; i < 32; i += 8) u8((int) (value >> i));
    return this;
  }

  Bytes u64(long value) {
    return u32(value).u32(value >> 32);
  }

  Bytes f32(double value) {
    return u32(Float.floatToRawIntBits((float) value));
  }

  Bytes bytes(byte... bytes) {
    out.writeBytes(bytes);
    return this;
  }

  Bytes lanes(Lane lane, int... lanes) {
    return bytes(packed(lane, lanes));
  }

  int size() {
    return out.size();
  }

  byte[] toBytes() {
    return out.toByteArray();
  }

  static byte[] packed(Lane lane, int... lanes) {
    byte[] bytes = new byte[(int) lane.bytes(lanes.length)];
    lane.pack(lanes, lanes.length, bytes, 0);
    return bytes;
  }

  static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** Something like words. */
  static byte[] text(int length, long seed) {
    var random = new Random(seed);
    byte[] bytes = new byte[length];
    String words = "the conv layer weight of bias norm scale and ";
    for (int i = 0; i < length; ) {
      int at = random.nextInt(words.length() - 6);
      for (int k = 0; k < 5 && i < length; k++) bytes[i++] = (byte) words.charAt(at + k);
    }
    return bytes;
  }

  /** What weights are like. */
  static int[] weights(Lane lane, int count, Random random) {
    int[] lanes = new int[count];
    double size = lane.isFloat() ? 0.1 : lane.bits() == 4 ? 3 : lane == Lane.I32 ? 5000 : 35;
    double middle = lane == Lane.U8 ? 128 : lane == Lane.U4 ? 8 : 0;
    for (int i = 0; i < count; i++) {
      lanes[i] = lane.nearest(middle + random.nextGaussian() * size);
    }
    return lanes;
  }
}
