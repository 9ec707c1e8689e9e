package dev.hatchery.delta.make;

import dev.hatchery.delta.Coder;

/** Writes nothing, and says what it would have cost. */
final class CostCoder extends Coder {
  private static final float[] COST = new float[(1 << PROBABILITY_BITS) + 1];

  static {
    for (int i = 1; i < COST.length; i++) {
      COST[i] = (float) (PROBABILITY_BITS - Math.log(i) / Math.log(2));
    }
  }

  private double bits;

  @Override
  public int bit(int bit, int one) {
    bits += COST[bit == 1 ? one : (1 << PROBABILITY_BITS) - one];
    return bit;
  }

  @Override
  public int raw(int value, int count) {
    bits += count;
    return value;
  }

  double bits() {
    return bits;
  }
}
