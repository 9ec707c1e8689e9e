package dev.hatchery.delta;

/**
 * The kinds of number a tensor is made of. A lane is one of them as an {@code int} whose order is
 * that of the numbers: integers as they are, floats by {@code v ^ ((v >> 31) & 0x7fffffff)} (of
 * their sign-extended bits, with the mask as wide as the type), which is its own inverse.
 */
public enum Lane {
  U4(0, 4, 0, 0),
  I4(1, 4, 0, 0),
  U8(2, 8, 0, 0),
  I8(3, 8, 0, 0),
  I32(4, 32, 0, 0),
  F16(5, 16, 10, 15),
  BF16(6, 16, 7, 127),
  F32(7, 32, 23, 127);

  private final int code;
  private final int bits;
  private final int mantissa;
  private final int bias;

  Lane(int code, int bits, int mantissa, int bias) {
    this.code = code;
    this.bits = bits;
    this.mantissa = mantissa;
    this.bias = bias;
  }

  /** The number that stands for it in a patch. */
  public int code() {
    return code;
  }

  static Lane of(int code) throws BadPatch {
    for (Lane lane : values()) {
      if (lane.code == code) return lane;
    }
    throw new BadPatch(BadPatch.Reason.VERSION, "an unknown kind of lane: " + code);
  }

  public int bits() {
    return bits;
  }

  public boolean isFloat() {
    return mantissa > 0;
  }

  int mantissa() {
    return mantissa;
  }

  /** The largest exponent field. */
  int maxField() {
    return mantissa == 0 ? 0 : (1 << (bits - 1 - mantissa)) - 1;
  }

  /** How many bytes so many lanes take. */
  public long bytes(long lanes) {
    return (lanes * bits + 7) / 8;
  }

  /** The distance between neighbouring numbers of this exponent field: a power of two. */
  double unit(int field) {
    return powerOfTwo(step(field));
  }

  /** One over {@link #unit}. */
  double inverse(int field) {
    return powerOfTwo(-step(field));
  }

  private int step(int field) {
    return mantissa == 0 ? 0 : Math.max(field, 1) - bias - mantissa;
  }

  private static double powerOfTwo(int exponent) {
    return Double.longBitsToDouble((long) (exponent + 1023) << 52);
  }

  /** The smallest number whose exponent field is not 0. */
  double smallestNormal() {
    return powerOfTwo(1 - bias);
  }

  /** The exponent field of a lane; 0 for integers. */
  int field(int lane) {
    if (mantissa == 0) return 0;
    return ((lane < 0 ? ~lane : lane) >> mantissa) & maxField();
  }

  /** Reads lanes out of a tensor's bytes, little endian, low nibble first. */
  public void unpack(byte[] bytes, int from, int[] lanes, int count) {
    switch (this) {
      case U4 -> {
        for (int i = 0; i < count; i++) lanes[i] = (bytes[from + (i >> 1)] >> ((i & 1) * 4)) & 15;
      }
      case I4 -> {
        for (int i = 0; i < count; i++) {
          lanes[i] = (bytes[from + (i >> 1)] >> ((i & 1) * 4)) << 28 >> 28;
        }
      }
      case U8 -> {
        for (int i = 0; i < count; i++) lanes[i] = bytes[from + i] & 255;
      }
      case I8 -> {
        for (int i = 0; i < count; i++) lanes[i] = bytes[from + i];
      }
      case F16, BF16 -> {
        for (int i = 0, at = from; i < count; i++, at += 2) {
          lanes[i] = ordered((bytes[at] & 255) | (bytes[at + 1] << 8));
        }
      }
      case I32, F32 -> {
        for (int i = 0, at = from; i < count; i++, at += 4) lanes[i] = ordered(word(bytes, at));
      }
    }
  }

  private static int word(byte[] bytes, int at) {
    return (bytes[at] & 255)
        | ((bytes[at + 1] & 255) << 8)
        | ((bytes[at + 2] & 255) << 16)
        | (bytes[at + 3] << 24);
  }

  /** Writes lanes as a tensor's bytes; of a lane that is too wide the low bits. */
  public void pack(int[] lanes, int count, byte[] bytes, int from) {
    switch (this) {
      case U4, I4 -> {
        for (int i = 0; i < count; i += 2) {
          int high = i + 1 < count ? lanes[i + 1] & 15 : 0;
          bytes[from + (i >> 1)] = (byte) ((lanes[i] & 15) | (high << 4));
        }
      }
      case U8, I8 -> {
        for (int i = 0; i < count; i++) bytes[from + i] = (byte) lanes[i];
      }
      case F16, BF16 -> {
        for (int i = 0, at = from; i < count; i++, at += 2) {
          int bits = ordered((short) lanes[i]);
          bytes[at] = (byte) bits;
          bytes[at + 1] = (byte) (bits >> 8);
        }
      }
      case I32, F32 -> {
        for (int i = 0, at = from; i < count; i++, at += 4) {
          int bits = ordered(lanes[i]);
          bytes[at] = (byte) bits;
          bytes[at + 1] = (byte) (bits >> 8);
          bytes[at + 2] = (byte) (bits >> 16);
          bytes[at + 3] = (byte) (bits >> 24);
        }
      }
    }
  }

  /** Bits to lane, and lane to bits. */
  int ordered(int bits) {
    return switch (this) {
      case F16, BF16 -> bits ^ ((bits >> 31) & 0x7fff);
      case F32 -> bits ^ ((bits >> 31) & 0x7fffffff);
      case U4, I4, U8, I8, I32 -> bits;
    };
  }

  /** The number a lane stands for, exactly. */
  public double value(int lane) {
    return switch (this) {
      case F16 -> Float.float16ToFloat((short) ordered(lane));
      case BF16 -> Float.intBitsToFloat(ordered(lane) << 16);
      case F32 -> Float.intBitsToFloat(ordered(lane));
      case U4, I4, U8, I8, I32 -> lane;
    };
  }

  /**
   * The lane nearest to a finite number, ties to even; what is too large becomes the largest, of
   * F32 infinity.
   */
  public int nearest(double number) {
    return switch (this) {
      case U4 -> clamped(number, 0, 15);
      case I4 -> clamped(number, -8, 7);
      case U8 -> clamped(number, 0, 255);
      case I8 -> clamped(number, -128, 127);
      case I32 -> (int) Math.rint(number); // the cast saturates
      case F32 -> ordered(Float.floatToRawIntBits((float) number));
      case F16, BF16 -> nearestHalf(number);
    };
  }

  /** The limits of an integer type, which predictions are cut to; a float has none. */
  double bounded(double number) {
    return switch (this) {
      case U4 -> Math.clamp(number, 0, 15);
      case I4 -> Math.clamp(number, -8, 7);
      case U8 -> Math.clamp(number, 0, 255);
      case I8 -> Math.clamp(number, -128, 127);
      case I32, F16, BF16, F32 -> number;
    };
  }

  private static int clamped(double number, int least, int most) {
    return (int) Math.rint(Math.clamp(number, (double) least, (double) most));
  }

  // From double in one step: by way of float it would be rounded twice.
  private int nearestHalf(double number) {
    double size = Math.abs(number);
    int exponent = Math.max(Math.getExponent(size), 1 - bias);
    double steps = Math.rint(Math.scalb(size, mantissa - exponent));
    int largest = (maxField() << mantissa) - 1;
    // A normal number's steps begin at 1 << mantissa; that bit is the exponent field's last.
    double magnitude = steps + ((double) (exponent + bias - 1) * (1 << mantissa));
    int bits = (int) Math.min(magnitude, largest);
    return number < 0 || (number == 0 && 1 / number < 0) ? ~bits : bits;
  }
}
