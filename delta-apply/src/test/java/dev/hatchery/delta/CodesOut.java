package dev.hatchery.delta;

import java.util.Arrays;

/**
 * The encoding side of the range coder, written another way than the encoder's: the whole number is
 * kept, and a carry walks back through the bytes that are already out.
 */
final class CodesOut extends Coder {
  private byte[] codes = new byte[64];
  private int length;
  private long low;
  private long range = 0xffffffffL;
  private final Out raws = new Out();
  private int held;
  private int heldBits;
  private boolean used;

  CodesOut() {
    put(0);
  }

  @Override
  public int bit(int bit, int one) {
    used = true;
    long bound = (range >>> 16) * one;
    if (bit == 1) {
      range = bound;
    } else {
      low += bound;
      range -= bound;
      if (low >> 32 != 0) carry();
    }
    while (range < 1 << 24) {
      range <<= 8;
      put((int) (low >>> 24));
      low = (low << 8) & 0xffffffffL;
    }
    return bit;
  }

  private void carry() {
    low &= 0xffffffffL;
    int at = length - 1;
    while (++codes[at] == 0) at--;
  }

  private void put(int value) {
    if (length == codes.length) codes = Arrays.copyOf(codes, 2 * length);
    codes[length++] = (byte) value;
  }

  @Override
  public int raw(int value, int count) {
    for (int i = 0; i < count; i++) {
      held |= ((value >> i) & 1) << heldBits;
      if (++heldBits == 8) {
        raws.u8(held);
        held = 0;
        heldBits = 0;
      }
    }
    return value;
  }

  /** All bytes of the codes, none of the zeros at the end left out. */
  byte[] codes() {
    if (!used) return new byte[0];
    byte[] all = Arrays.copyOf(codes, length + 4);
    for (int i = 0; i < 4; i++) all[length + i] = (byte) (low >>> (24 - 8 * i));
    return all;
  }

  byte[] raws() {
    Out all = new Out().bytes(raws.toBytes());
    return heldBits == 0 ? all.toBytes() : all.u8(held).toBytes();
  }
}
