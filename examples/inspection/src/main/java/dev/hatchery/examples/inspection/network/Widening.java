package dev.hatchery.examples.inspection.network;

import dev.hatchery.examples.inspection.surface.Dice;

/**
 * Makes a network wider without changing what it computes, as Net2Net does (arXiv 1511.05641):
 * channels are copied, and what the next layer took from one channel it now takes from all of its
 * copies, in unequal shares that sum to one. A little noise on top keeps copies from being equal.
 *
 * @param factor how many times as many channels
 * @param noise relative deviation of the noise; small against 1
 */
public record Widening(int factor, float noise, long seed) {
  public Widening {
    if (factor < 1 || factor > 16) {
      throw new IllegalArgumentException("factor must be 1 to 16: " + factor);
    }
    if (!(noise >= 0 && noise < 0.1)) {
      throw new IllegalArgumentException("noise must be 0 to 0.1: " + noise);
    }
  }

  /** The wider network; the one given stays as it is. */
  public Network widen(Network narrow) {
    var dice = new Dice(seed);
    int first = narrow.shape().first();
    int second = narrow.shape().second();
    var wide = new Network(new Shape(first * factor, second * factor));
    float[][] firstShares = shares(first, dice);
    float[][] secondShares = shares(second, dice);
    copyFirst(narrow, wide);
    copySecond(narrow, wide, firstShares);
    copyDense(narrow, wide, secondShares);
    shake(wide.kernel1, dice);
    shake(wide.kernel2, dice);
    shake(wide.dense, dice);
    return wide;
  }

  /** Of each channel, the share that each of its copies carries. */
  private float[][] shares(int channels, Dice dice) {
    float[][] shares = new float[channels][factor];
    for (float[] share : shares) {
      float sum = 0;
      for (int copy = 0; copy < factor; copy++) {
        share[copy] = dice.between(0.5f, 1.5f);
        sum += share[copy];
      }
      for (int copy = 0; copy < factor; copy++) {
        share[copy] /= sum;
      }
    }
    return shares;
  }

  /** Channel c of the wide network is a copy of c modulo the narrow one's channels. */
  private static void copyFirst(Network narrow, Network wide) {
    int channels = narrow.shape().first();
    for (int c = 0; c < wide.shape().first(); c++) {
      wide.bias1[c] = narrow.bias1[c % channels];
      System.arraycopy(
          narrow.kernel1, c % channels * Shape.TAPS, wide.kernel1, c * Shape.TAPS, Shape.TAPS);
    }
  }

  private static void copySecond(Network narrow, Network wide, float[][] shares) {
    int inputs = narrow.shape().first();
    int outputs = narrow.shape().second();
    int wideInputs = wide.shape().first();
    for (int out = 0; out < wide.shape().second(); out++) {
      wide.bias2[out] = narrow.bias2[out % outputs];
      for (int in = 0; in < wideInputs; in++) {
        float share = shares[in % inputs][in / inputs];
        int from = (out % outputs * inputs + in % inputs) * Shape.TAPS;
        int to = (out * wideInputs + in) * Shape.TAPS;
        for (int tap = 0; tap < Shape.TAPS; tap++) {
          wide.kernel2[to + tap] = narrow.kernel2[from + tap] * share;
        }
      }
    }
  }

  private static void copyDense(Network narrow, Network wide, float[][] shares) {
    int channels = narrow.shape().second();
    int perChannel = Shape.LAST * Shape.LAST * Shape.CLASSES;
    for (int c = 0; c < wide.shape().second(); c++) {
      float share = shares[c % channels][c / channels];
      for (int i = 0; i < perChannel; i++) {
        wide.dense[c * perChannel + i] = narrow.dense[c % channels * perChannel + i] * share;
      }
    }
    System.arraycopy(narrow.bias3, 0, wide.bias3, 0, Shape.CLASSES);
  }

  private void shake(float[] weights, Dice dice) {
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= 1 + noise * dice.noise();
    }
  }
}
