package dev.hatchery.delta;

/**
 * The decoding side: a binary range decoder with 32 bits of range and byte-wise carry (Martin 1979,
 * in the form that LZMA made common), and beside it the bits that no model knows, lowest first.
 */
final class SectionCoder extends Coder {
  private static final long TOP = 1L << 24;

  private final Section codes;
  private final Section raws;
  private long range;
  private long code;
  private long held;
  private int heldBits;

  SectionCoder(Source patch) {
    codes = new Section(patch);
    raws = new Section(patch);
  }

  /** Begins a frame's sections. */
  void open(long at, int codesSize, int rawsSize) {
    codes.open(at, codesSize);
    raws.open(at + codesSize, rawsSize);
    held = 0;
    heldBits = 0;
    range = 0xffffffffL;
    code = 0;
    if (codesSize == 0) return;
    for (int i = 0; i < 5; i++) code = ((code << 8) | codes.read()) & 0xffffffffL;
  }

  @Override
  public int bit(int ignored, int one) {
    long bound = (range >>> PROBABILITY_BITS) * one;
    int bit;
    if (code < bound) {
      range = bound;
      bit = 1;
    } else {
      code -= bound;
      range -= bound;
      bit = 0;
    }
    while (range < TOP) {
      range = (range << 8) & 0xffffffffL;
      code = ((code << 8) | codes.read()) & 0xffffffffL;
    }
    return bit;
  }

  @Override
  public int raw(int ignored, int count) {
    while (heldBits < count) {
      held |= (long) raws.read() << heldBits;
      heldBits += 8;
    }
    int value = (int) (held & ((1L << count) - 1));
    held >>>= count;
    heldBits -= count;
    return value;
  }
}
