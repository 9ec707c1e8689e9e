package dev.hatchery.delta;

/**
 * One side of the entropy coder. The models are written once and run on both sides: an encoder
 * takes the bit it is given and returns it, a decoder looks at neither and returns the bit it read.
 */
public abstract class Coder {
  /** Probabilities are of 65,536. */
  public static final int PROBABILITY_BITS = 16;

  /**
   * A bit that the models expect to be 1 with this probability.
   *
   * @param one 1 to 65,535
   */
  public abstract int bit(int bit, int one);

  /**
   * Bits that no model knows anything about.
   *
   * @param count 0 to 31
   */
  public abstract int raw(int value, int count);
}
