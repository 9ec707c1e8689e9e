package dev.hatchery.delta;

import java.util.Arrays;

/**
 * Predicts one bit from several contexts. Each context has a counter (an adaptive probability);
 * their opinions are mixed in the logistic domain by two sets of weights that are chosen by two
 * small contexts of their own, and the result is corrected by two tables of what such a mix came to
 * before. Everything is integer arithmetic, so every machine computes the same.
 *
 * <p>The ideas are those of Mahoney's PAQ family (logistic mixing, adaptive probability maps); the
 * dimensions and rates here were chosen on the model pairs of {@code docs/delta.md}.
 */
final class Mixer {
  private static final int COUNT_BITS = 10;
  private static final int COUNT_MASK = (1 << COUNT_BITS) - 1;
  private static final int COUNT_LIMIT = 250;
  private static final int ONE = 1 << 22;
  private static final int EVEN = (ONE / 2) << COUNT_BITS;
  private static final int FIRST_WEIGHT = 19_660; // 0.3
  private static final int BUCKETS = 33;
  private static final int CORRECTION_SHIFT = 6;

  private final int inputs;
  private final int size;

  // All inputs' counters, one after the other: an array of arrays costs a load and a check more.
  private final int[] counters;
  private final int[] chosen;
  private final int[] firstWeights;
  private final int[] secondWeights;
  private final short[] firstCorrection;
  private final short[] secondCorrection;

  /**
   * Makes one.
   *
   * @param inputs how many contexts have an opinion, 3 to 6
   * @param size counters of each
   * @param first how many sets of weights the first small context may choose
   * @param second how many the second
   * @param corrections contexts of each correction table
   */
  Mixer(int inputs, int size, int first, int second, int corrections) {
    this.inputs = inputs;
    this.size = size;
    counters = new int[inputs * size];
    chosen = new int[inputs];
    firstWeights = new int[first * (inputs + 1)];
    secondWeights = new int[second * (inputs + 1)];
    firstCorrection = new short[corrections * BUCKETS];
    secondCorrection = new short[corrections * BUCKETS];
    reset();
  }

  /** Forgets everything. */
  void reset() {
    Arrays.fill(counters, EVEN);
    weights(firstWeights);
    weights(secondWeights);
    for (int i = 0; i < BUCKETS; i++) {
      int at = Math.clamp((i - 16) * 128L + 2048, 0, 4095);
      firstCorrection[i] = (short) Tables.SQUASH[at];
    }
    // Row by row: this is done for every frame.
    for (int at = BUCKETS; at < firstCorrection.length; at += BUCKETS) {
      System.arraycopy(firstCorrection, 0, firstCorrection, at, BUCKETS);
    }
    System.arraycopy(firstCorrection, 0, secondCorrection, 0, firstCorrection.length);
  }

  private void weights(int[] weights) {
    Arrays.fill(weights, FIRST_WEIGHT);
    for (int bias = inputs; bias < weights.length; bias += inputs + 1) weights[bias] = 0;
  }

  /** Says which of its counters an input asks next. */
  void choose(int input, int counter) {
    chosen[input] = input * size + counter;
  }

  /**
   * Codes a bit and learns from it.
   *
   * @param first chooses the first set of weights
   * @param second chooses the second
   * @param a chooses the first correction
   * @param b chooses the second
   */
  int code(Coder coder, int bit, int first, int second, int a, int b) {
    // Written out and with fields read once: a loop over the inputs takes half as long again, since
    // it keeps its opinions in memory and checks every index.
    int n = inputs;
    int[] counters = this.counters;
    int[] chosen = this.chosen;
    int[] weights1 = firstWeights;
    int[] weights2 = secondWeights;
    int w1 = first * (n + 1);
    int w2 = second * (n + 1);
    int at0 = chosen[0];
    int at1 = chosen[1];
    int at2 = chosen[2];
    int at3 = 0;
    int at4 = 0;
    int at5 = 0;
    int was0 = counters[at0];
    int was1 = counters[at1];
    int was2 = counters[at2];
    int was3 = 0;
    int was4 = 0;
    int was5 = 0;
    int o0 = opinion(was0);
    int o1 = opinion(was1);
    int o2 = opinion(was2);
    int o3 = 0;
    int o4 = 0;
    int o5 = 0;
    long sum1 =
        (long) weights1[w1] * o0 + (long) weights1[w1 + 1] * o1 + (long) weights1[w1 + 2] * o2;
    long sum2 =
        (long) weights2[w2] * o0 + (long) weights2[w2 + 1] * o1 + (long) weights2[w2 + 2] * o2;
    if (n > 3) {
      at3 = chosen[3];
      was3 = counters[at3];
      o3 = opinion(was3);
      sum1 += (long) weights1[w1 + 3] * o3;
      sum2 += (long) weights2[w2 + 3] * o3;
      if (n > 4) {
        at4 = chosen[4];
        was4 = counters[at4];
        o4 = opinion(was4);
        sum1 += (long) weights1[w1 + 4] * o4;
        sum2 += (long) weights2[w2 + 4] * o4;
        if (n > 5) {
          at5 = chosen[5];
          was5 = counters[at5];
          o5 = opinion(was5);
          sum1 += (long) weights1[w1 + 5] * o5;
          sum2 += (long) weights2[w2 + 5] * o5;
        }
      }
    }
    int x1 = edge((sum1 + ((long) weights1[w1 + n] << 8)) >> 16);
    int x2 = edge((sum2 + ((long) weights2[w2 + n] << 8)) >> 16);
    int x = (x1 + x2) >> 1;
    int position = (x + 2048) << 5;
    int bucket = position >> 12;
    int weight = position & 4095;
    int c1 = a * BUCKETS + bucket;
    int c2 = b * BUCKETS + bucket;
    int p =
        (2 * Tables.SQUASH[x + 2048]
                + corrected(firstCorrection, c1, weight)
                + corrected(secondCorrection, c2, weight))
            >> 2;
    p = Math.min(Math.max(p, Tables.LEAST), 65536 - Tables.LEAST);
    int coded = coder.bit(bit, p);
    int wanted = coded << 16;
    int error1 = wanted - Tables.SQUASH[x1 + 2048];
    int error2 = wanted - Tables.SQUASH[x2 + 2048];
    int goal = coded << 22;
    weights1[w1] += nudge(o0, error1);
    weights2[w2] += nudge(o0, error2);
    counters[at0] = nearer(was0, goal);
    weights1[w1 + 1] += nudge(o1, error1);
    weights2[w2 + 1] += nudge(o1, error2);
    counters[at1] = nearer(was1, goal);
    weights1[w1 + 2] += nudge(o2, error1);
    weights2[w2 + 2] += nudge(o2, error2);
    counters[at2] = nearer(was2, goal);
    if (n > 3) {
      weights1[w1 + 3] += nudge(o3, error1);
      weights2[w2 + 3] += nudge(o3, error2);
      counters[at3] = nearer(was3, goal);
      if (n > 4) {
        weights1[w1 + 4] += nudge(o4, error1);
        weights2[w2 + 4] += nudge(o4, error2);
        counters[at4] = nearer(was4, goal);
        if (n > 5) {
          weights1[w1 + 5] += nudge(o5, error1);
          weights2[w2 + 5] += nudge(o5, error2);
          counters[at5] = nearer(was5, goal);
        }
      }
    }
    weights1[w1 + n] += nudge(256, error1);
    weights2[w2 + n] += nudge(256, error2);
    int near = weight >> 11;
    correct(firstCorrection, c1 + near, coded);
    correct(secondCorrection, c2 + near, coded);
    return coded;
  }

  private static int opinion(int counter) {
    return Tables.STRETCH[counter >>> 20];
  }

  private static int nudge(int opinion, int error) {
    return (opinion * error + 4096) >> 13;
  }

  private static int nearer(int counter, int goal) {
    int count = counter & COUNT_MASK;
    int p = counter >>> COUNT_BITS;
    p += (int) (((long) (goal - p) * Tables.RATE[count]) >> 16);
    return (Math.min(p, ONE - 1) << COUNT_BITS) | Math.min(count + 1, COUNT_LIMIT);
  }

  private static int edge(long x) {
    return (int) Math.min(Math.max(x, -Tables.EDGE), Tables.EDGE);
  }

  private static int corrected(short[] table, int at, int weight) {
    return ((table[at] & 65535) * (4096 - weight) + (table[at + 1] & 65535) * weight) >>> 12;
  }

  private static void correct(short[] table, int at, int bit) {
    int was = table[at] & 65535;
    table[at] = (short) (was + (((-bit & 65535) - was) >> CORRECTION_SHIFT));
  }
}
