package dev.hatchery.formats;

import java.util.Arrays;
import java.util.Random;

/** Breaks a file in one to four places, as a seed says. */
final class Mutation {
  private static final long[] NUMBERS = {
    0,
    1,
    2,
    4,
    7,
    8,
    16,
    31,
    32,
    64,
    127,
    128,
    255,
    256,
    0x7fff,
    0x8000,
    0xffff,
    200_001,
    Integer.MAX_VALUE,
    0x80000000L,
    0xffffffffL,
    1L << 32,
    1L << 40,
    1L << 62,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -1,
    -2,
    -8
  };

  private Mutation() {}

  static byte[] of(byte[] file, long seed) {
    var random = new Random(seed);
    byte[] bytes = file.clone();
    int places = 1 + random.nextInt(4);
    for (int i = 0; i < places && bytes.length > 0; i++) bytes = one(bytes, random);
    return bytes;
  }

  private static byte[] one(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(8)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt(256);
      case 2 -> bytes[at] = (byte) NUMBERS[random.nextInt(NUMBERS.length)];
      case 3 -> number(bytes, at, 4, random);
      case 4 -> number(bytes, at, 8, random);
      case 5 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 6 -> {
        return spliced(bytes, at, Math.min(bytes.length, at + random.nextInt(16)), at);
      }
      default -> {
        return spliced(bytes, at, at, Math.max(0, at - random.nextInt(16)));
      }
    }
    return bytes;
  }

  private static void number(byte[] bytes, int at, int width, Random random) {
    long value = NUMBERS[random.nextInt(NUMBERS.length)];
    boolean bigEndian = random.nextInt(4) == 0;
    for (int i = 0; i < width && at + i < bytes.length; i++) {
      int shift = 8 * (bigEndian ? width - 1 - i : i);
      bytes[at + i] = (byte) (value >> shift);
    }
  }

  /** The bytes up to {@code at}, again those from {@code again} up to it, then from {@code on}. */
  private static byte[] spliced(byte[] bytes, int at, int on, int again) {
    return new Out()
        .bytes(Arrays.copyOf(bytes, at))
        .bytes(Arrays.copyOfRange(bytes, again, at))
        .bytes(Arrays.copyOfRange(bytes, on, bytes.length))
        .toBytes();
  }
}
