package dev.hatchery.delta;

import java.util.Random;

/** Lanes by chance, of each kind. */
final class Numbers {
  private Numbers() {}

  static int least(Lane lane) {
    return switch (lane) {
      case U4, U8 -> 0;
      case I4, I8, I32, F16, BF16, F32 -> (int) (-1L << (lane.bits() - 1));
    };
  }

  static int most(Lane lane) {
    return switch (lane) {
      case U4, U8 -> (1 << lane.bits()) - 1;
      case I4, I8, I32, F16, BF16, F32 -> (int) ((1L << (lane.bits() - 1)) - 1);
    };
  }

  /** Any pattern of bits: of floats the infinities, what is no number, and the smallest too. */
  static int any(Lane lane, Random random) {
    return random.nextInt(least(lane), most(lane)) + random.nextInt(2);
  }

  /** What weights are like. */
  static int[] weights(Lane lane, int count, Random random) {
    int[] lanes = new int[count];
    for (int i = 0; i < count; i++) {
      lanes[i] =
          switch (lane) {
            case U4, I4, U8, I8 -> any(lane, random);
            case I32 -> (int) (random.nextGaussian() * 1000);
            case F16, BF16, F32 -> lane.nearest(random.nextGaussian() * 0.1);
          };
    }
    return lanes;
  }

  /** The same after some training: times a ratio, and a little beside. */
  static int[] moved(Lane lane, int[] from, double ratio, Random random) {
    int[] lanes = new int[from.length];
    for (int i = 0; i < from.length; i++) {
      double noise = random.nextGaussian() * (lane.isFloat() ? 0.001 : 0.7);
      lanes[i] = lane.nearest(lane.value(from[i]) * ratio + noise);
    }
    return lanes;
  }

  static byte[] packed(Lane lane, int... lanes) {
    byte[] bytes = new byte[(int) lane.bytes(lanes.length)];
    lane.pack(lanes, lanes.length, bytes, 0);
    return bytes;
  }
}
