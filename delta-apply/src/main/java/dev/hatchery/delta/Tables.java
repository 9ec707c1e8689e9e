package dev.hatchery.delta;

/**
 * The curves of logistic mixing, as integers. They are part of the format: {@code
 * docs/delta-format.md} gives the rule that makes them, and a test holds their checksums, so that
 * two machines cannot disagree. They are as narrow as they can be: all of them are in use at every
 * decision, and the nearest cache is small.
 */
final class Tables {
  /** The stretch domain ends at plus and minus this; 256 is one unit of ln(p / (1 - p)). */
  static final int EDGE = 2047;

  /** Probabilities never come nearer to certainty than this, of 65,536. */
  static final int LEAST = 16;

  /** From the upper 12 bits of a probability to ln(p / (1 - p)). */
  static final short[] STRETCH = new short[4096];

  /** From the stretch domain, shifted up by 2,048, to a probability of 65,536. */
  static final char[] SQUASH = new char[4096];

  /** One over a count and a half, of 65,536. */
  static final int[] RATE = new int[256];

  static {
    for (int i = 0; i < 4096; i++) {
      double p = (i + 0.5) / 4096;
      // StrictMath: Math.log may differ from machine to machine in the last place.
      double stretched = 256 * StrictMath.log(p / (1 - p));
      STRETCH[i] = (short) Math.clamp(Math.rint(stretched), (double) -EDGE, (double) EDGE);
      double squashed = 65536 / (1 + StrictMath.exp((2048 - i) / 256.0));
      SQUASH[i] = (char) Math.clamp(Math.rint(squashed), (double) LEAST, 65536.0 - LEAST);
    }
    for (int i = 0; i < RATE.length; i++) RATE[i] = (int) (65536 / (i + 1.5));
  }

  private Tables() {}
}
