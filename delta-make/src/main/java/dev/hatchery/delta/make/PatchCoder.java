package dev.hatchery.delta.make;

import dev.hatchery.delta.Coder;
import java.io.ByteArrayOutputStream;

/** The encoding side of the range coder, and of the bits that are not modelled. */
final class PatchCoder extends Coder {
  private static final long TOP = 1L << 24;

  private final ByteArrayOutputStream codes = new ByteArrayOutputStream();
  private final ByteArrayOutputStream raws = new ByteArrayOutputStream();
  private long low;
  private long range = 0xffffffffL;
  private int cache;
  private long pending = 1;
  private boolean used;
  private long held;
  private int heldBits;

  @Override
  public int bit(int bit, int one) {
    used = true;
    long bound = (range >>> PROBABILITY_BITS) * one;
    if (bit == 1) {
      range = bound;
    } else {
      low += bound;
      range -= bound;
    }
    while (range < TOP) {
      range = (range << 8) & 0xffffffffL;
      shift();
    }
    return bit;
  }

  // A byte is written when no carry can reach it any more.
  private void shift() {
    if (low < 0xff000000L || low > 0xffffffffL) {
      int carry = (int) (low >>> 32);
      int next = cache;
      do {
        codes.write(next + carry);
        next = 0xff;
      } while (--pending != 0);
      cache = (int) (low >>> 24) & 0xff;
    }
    pending++;
    low = (low << 8) & 0xffffffffL;
  }

  @Override
  public int raw(int value, int count) {
    held |= (long) value << heldBits;
    heldBits += count;
    while (heldBits >= 8) {
      raws.write((int) held);
      held >>>= 8;
      heldBits -= 8;
    }
    return value;
  }

  /** Ends the codes; nothing may be coded after. */
  byte[] codes() {
    if (!used) return new byte[0];
    for (int i = 0; i < 5; i++) shift();
    byte[] all = codes.toByteArray();
    // The decoder reads up to four bytes of padding as zeros.
    int length = all.length;
    while (length > 1 && all.length - length < 4 && all[length - 1] == 0) length--;
    return java.util.Arrays.copyOf(all, length);
  }

  byte[] raws() {
    if (heldBits > 0) raws.write((int) held);
    heldBits = 0;
    return raws.toByteArray();
  }
}
