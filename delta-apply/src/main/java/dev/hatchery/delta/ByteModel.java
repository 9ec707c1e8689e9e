package dev.hatchery.delta;

import org.jspecify.annotations.Nullable;

/**
 * What is expected of the next byte where nothing is known of the format: from the one, two and
 * three bytes before it, and from the byte that lies at the same place in the base. Eight decisions
 * a byte, highest bit first.
 */
final class ByteModel {
  private static final int INPUTS = 6;
  private static final int SLOTS = 1 << 18;

  private final Mixer bits = new Mixer(INPUTS, SLOTS, 256, 256 * 3, 256);
  private int before;

  /** Forgets everything, as at the beginning of a frame. */
  void reset() {
    bits.reset();
  }

  /** Begins a range. */
  void begin() {
    before = 0;
  }

  /**
   * Codes bytes.
   *
   * @param base what lies at the same place in the base; null when there is none
   */
  void code(Coder coder, byte[] bytes, int count, byte @Nullable [] base) {
    for (int i = 0; i < count; i++) {
      int like = base == null ? 256 : base[i] & 255;
      int next = base == null || i + 1 == count ? 256 : base[i + 1] & 255;
      bytes[i] = (byte) code(coder, bytes[i] & 255, like, next);
    }
  }

  private int code(Coder coder, int value, int like, int next) {
    int one = before & 255;
    int two = before & 0xffff;
    int three = before & 0xffffff;
    int prefix = 1;
    for (int bit = 7; bit >= 0; bit--) {
      bits.choose(0, prefix);
      bits.choose(1, one * 256 + prefix);
      bits.choose(2, slot(two, 2, prefix));
      bits.choose(3, slot(three, 3, prefix));
      bits.choose(4, like * 256 + prefix);
      bits.choose(5, slot(like * 0x20000 + next * 256 + one, 5, prefix));
      // Whether the base's byte has agreed so far.
      int agrees = like > 255 ? 2 : (like | 256) >> (bit + 1) == prefix ? 1 : 0;
      int coded = bits.code(coder, (value >> bit) & 1, prefix, agrees * 256 + one, prefix, one);
      prefix = prefix * 2 + coded;
    }
    before = (before << 8) | (prefix & 255);
    return prefix & 255;
  }

  private static int slot(int context, int order, int prefix) {
    int hash = (context * 0x2c1b3c6d + order) * 0x297a2d39 + prefix * 0x3c6ef372;
    return (hash ^ (hash >>> 15)) & (SLOTS - 1);
  }
}
