package dev.hatchery.examples.inspection.surface;

import java.util.List;

/**
 * A seeded source of chance whose every value is fixed by this file: SplitMix64 (Steele, Lea and
 * Flood, 2014). The JDK's generators promise less than we need, because a model must come out byte
 * for byte the same on every machine and JDK.
 */
public final class Dice {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final float ROOT_OF_THREE = 1.7320508f;

  private long state;

  public Dice(long seed) {
    this.state = seed;
  }

  /**
   * A generator of its own for the n-th item of a series, so that items can be made in any order.
   */
  public static Dice of(long seed, long n) {
    return new Dice(mix(seed + GOLDEN_GAMMA * (n + 1)));
  }

  public long next() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /** Uniform in [0, 1), in steps of 2^-24. */
  public float uniform() {
    return (next() >>> 40) * 0x1p-24f;
  }

  /** Uniform in [low, high). */
  public float between(float low, float high) {
    return low + (high - low) * uniform();
  }

  /**
   * Uniform in 0 .. bound-1; the bias of the remainder is below 2^-32 for the small bounds used
   * here.
   */
  public int below(int bound) {
    return (int) ((next() >>> 32) % bound);
  }

  /** One of some, each as likely. */
  public <T> T pick(List<T> some) {
    return some.get(below(some.size()));
  }

  /**
   * Mean 0, deviation 1, from the sum of four uniforms: close enough to a normal value for noise,
   * and free of logarithms.
   */
  public float noise() {
    long bits = next();
    long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
    return (sum * 0x1p-16f - 2f) * ROOT_OF_THREE;
  }

  private static long mix(long z) {
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
