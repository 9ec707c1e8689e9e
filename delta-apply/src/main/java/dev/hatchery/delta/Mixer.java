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
  private final int[] opinions;
  private final int[] firstWeights;
  private final int[] secondWeights;
  private final short[] firstCorrection;
  private final short[] secondCorrection;

  /**
   * Makes one.
   *
   * @param inputs how many contexts have an opinion
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
    opinions = new int[inputs];
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
    // Fields are read once: between two stores to arrays the compiler cannot know them unchanged.
    int n = inputs;
    int[] counters = this.counters;
    int[] chosen = this.chosen;
    int[] opinions = this.opinions;
    int[] weights1 = firstWeights;
    int[] weights2 = secondWeights;
    int w1 = first * (n + 1);
    int w2 = second * (n + 1);
    long sum1 = (long) weights1[w1 + n] << 8;
    long sum2 = (long) weights2[w2 + n] << 8;
    for (int i = 0; i < n; i++) {
      int opinion = Tables.STRETCH[counters[chosen[i]] >>> 20];
      opinions[i] = opinion;
      sum1 += (long) weights1[w1 + i] * opinion;
      sum2 += (long) weights2[w2 + i] * opinion;
    }
    int x1 = edge(sum1 >> 16);
    int x2 = edge(sum2 >> 16);
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
    learn(coded, w1, wanted - Tables.SQUASH[x1 + 2048], w2, wanted - Tables.SQUASH[x2 + 2048]);
    int near = weight >> 11;
    correct(firstCorrection, c1 + near, coded);
    correct(secondCorrection, c2 + near, coded);
    return coded;
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

  private void learn(int coded, int w1, int error1, int w2, int error2) {
    int n = inputs;
    int[] counters = this.counters;
    int[] chosen = this.chosen;
    int[] opinions = this.opinions;
    int[] weights1 = firstWeights;
    int[] weights2 = secondWeights;
    int goal = coded << 22;
    for (int i = 0; i < n; i++) {
      int opinion = opinions[i];
      weights1[w1 + i] += (opinion * error1 + 4096) >> 13;
      weights2[w2 + i] += (opinion * error2 + 4096) >> 13;
      int at = chosen[i];
      int was = counters[at];
      int count = was & COUNT_MASK;
      int p = was >>> COUNT_BITS;
      p += (int) (((long) (goal - p) * Tables.RATE[count]) >> 16);
      counters[at] = (Math.min(p, ONE - 1) << COUNT_BITS) | Math.min(count + 1, COUNT_LIMIT);
    }
    weights1[w1 + n] += (256 * error1 + 4096) >> 13;
    weights2[w2 + n] += (256 * error2 + 4096) >> 13;
  }
}
