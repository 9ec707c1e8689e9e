package dev.hatchery.delta;

import java.util.Arrays;

/**
 * What is expected of the next lane of a tensor, learned from those before it.
 *
 * <p>A lane is coded either as the residual against a prediction or, when there is nothing to
 * predict it from, as a fresh float. Both are a sign, a class and a mantissa: the class of a
 * residual is its number of bits, that of a fresh float its exponent field. How large the next
 * number will be is guessed from running means of the absolute sizes, in the unit of the numbers
 * themselves: of the last few, of the row, and of the same column in the rows before. The guess
 * gives a pivot class; whether the class is at least the pivot is coded first, then it is counted
 * up or down from there, so that two or three decisions do whatever the scale. The contexts of each
 * decision are the guess, the parts it was made of, the neighbours' classes, the exponent of the
 * prediction, and what rounding left of the prediction.
 *
 * <p>The means are double arithmetic without fused operations, hence the same on every machine.
 */
public final class LaneModel {
  /** The widest row whose columns have a memory of their own. */
  public static final int MAX_COLUMNS = 1 << 14;

  /** Fractions of a prediction, in sixteenths of the distance between two lanes. */
  public static final int FRACTIONS = 16;

  /** The fraction of a prediction that is a lane exactly. */
  static final int NO_FRACTION = 7;

  private static final int INPUTS = 5;
  private static final int LINES = 4096;
  private static final int NODES = 16;

  /** The level of a size of one unit; four levels are a factor of two. */
  private static final int LEVEL_OF_ONE = 24;

  private static final int MAX_RESIDUAL_CLASS = 32;

  /** The kind of integers of at most eight bits. */
  private static final int NARROW = 3;

  /** The pivot from which on they are far. */
  private static final int COARSE = 4;

  private final Mixer classes = new Mixer(INPUTS, LINES * NODES, 64, 1024, 2048);
  private final Mixer signs = new Mixer(3, 4096, 16, 32, 32);
  private final Mixer mantissas = new Mixer(4, 1 << 14, 256, 64, 256);
  private final int[] lines = new int[INPUTS];

  // By column: the mean size, the mean with its sign, and the residual above.
  private final double[] columnSize = new double[MAX_COLUMNS];
  private final double[] columnLean = new double[MAX_COLUMNS];
  private final int[] above = new int[MAX_COLUMNS];

  private Lane lane = Lane.I8;
  private int kind;
  private double fast;
  private double slow;
  private double all;
  private double lean;
  private double last;
  private int left;
  private int seen;

  /** Forgets everything, as at the beginning of a frame. */
  public void reset() {
    classes.reset();
    signs.reset();
    mantissas.reset();
  }

  /** Begins a tensor; what was learned about bits stays, what was learned about sizes does not. */
  public void begin(Lane of, int width) {
    lane = of;
    kind = of == Lane.F32 || of == Lane.BF16 ? 0 : of == Lane.F16 ? 1 : of == Lane.I32 ? 2 : NARROW;
    Arrays.fill(columnSize, 0, width, -1);
    Arrays.fill(columnLean, 0, width, 0);
    Arrays.fill(above, 0, width, 0);
    fast = -1;
    last = 0;
    row();
  }

  /** What stands in for the exponent of an integer: a quarter of its size, at most 31. */
  static int sizeOf(int integer) {
    return Math.min(31, Math.abs(integer >> 2));
  }

  /** Begins a row. */
  public void row() {
    lean = 0;
    left = 0;
    seen = 0;
  }

  // The guess for the lane at hand, and what it was made of.
  private double around;
  private int level;
  private int pivot;
  private int half; // how far the prediction was from both of its neighbours, 0 to 7

  private static int level(double size) {
    // The exponent and the two highest bits of the mantissa, as one number.
    int quarter = (int) (Double.doubleToRawLongBits(size + 0.001) >> 50) - 1023 * 4;
    return Math.max(0, quarter + LEVEL_OF_ONE);
  }

  private void guess(int column, double unit, double inverse, int exponent, int fraction) {
    if (fast < 0) {
      all = lane.isFloat() ? unit * 64 : unit;
      fast = all;
      slow = all;
    }
    double known = columnSize[column];
    around = known < 0 ? all : known;
    level = level((slow * 2 + around + fast) * 0.25 * inverse);
    int s = Math.min(level, 127);
    pivot = level < LEVEL_OF_ONE - 2 ? 0 : (level - LEVEL_OF_ONE + 6) >> 2;
    half = Math.abs(fraction * 2 - 15) >> 1;
    int f = Math.min(level(fast * inverse), 127);
    int c = Math.min(level(around * inverse), 127);
    int besides = Math.clamp((long) size(left) - pivot + 4, 0, 7);
    int over = Math.clamp((long) size(above[column]) - pivot + 4, 0, 7);
    lines[0] = (s * 8 + half) * NODES;
    lines[1] = (((f >> 1) * 32 + over * 4 + kind) & (LINES - 1)) * NODES;
    int of = lane.isFloat() ? exponent & 15 : exponent >> 1;
    lines[2] = ((c * 16 + of) & (LINES - 1)) * NODES;
    lines[3] =
        ((lane.isFloat()
                    ? ((exponent + pivot) & 63) * 64 + (pivot & 15) * 4 + (level & 3)
                    : (s >> 2) * 64 + (exponent * 2 & 63))
                & (LINES - 1))
            * NODES;
    lines[4] = (((besides * 8 + over) * 32 + (s >> 2)) & (LINES - 1)) * NODES;
  }

  private static int size(int residual) {
    return 32 - Integer.numberOfLeadingZeros(Math.abs(residual));
  }

  private int decide(Coder coder, int node, int bit) {
    for (int i = 0; i < INPUTS; i++) classes.choose(i, lines[i] | node);
    int s = Math.min(level, 127);
    return classes.code(
        coder, bit, kind * 16 + node, (s >> 1) * 16 + node, node * 16 + half, node * 128 + s);
  }

  private int codeClass(Coder coder, int wanted, int largest) {
    int k = Math.min(pivot, largest);
    pivot = k;
    if (k > 0 && decide(coder, 0, wanted >= k ? 1 : 0) == 0) {
      for (k--; k > 0; k--) {
        if (decide(coder, 8 + Math.min(pivot - 1 - k, 7), wanted < k ? 1 : 0) == 0) return k;
      }
      return 0;
    }
    for (; k < largest; k++) {
      if (decide(coder, Math.min(k - pivot + 1, 7), wanted > k ? 1 : 0) == 0) return k;
    }
    return k;
  }

  // Where small whole numbers are far from what was predicted, their signs and their low bits are
  // noise:
  // to model them saves a sixth of a percent and takes half the time.
  private boolean coarse() {
    return pivot >= COARSE && kind == NARROW;
  }

  private int codeSign(Coder coder, int sign, int column, int fraction, int k) {
    if (coarse()) return coder.raw(sign, 1);
    int tilt = Math.clamp((long) (lean / (slow + 1e-30) * 4 + 8.5), 0, 15);
    int columnTilt = Math.clamp((long) (columnLean[column] / (around + 1e-30) * 4 + 8.5), 0, 15);
    int wide = lane.isFloat() ? pivot > 5 ? 0 : 1 : 2;
    int high = Math.clamp((long) k - pivot + 2, 0, 3);
    int neighbours = (1 + Integer.signum(left)) * 3 + 1 + Integer.signum(above[column]);
    signs.choose(0, wide * 256 + fraction * 16 + Math.min(k, 3) * 4 + high);
    signs.choose(1, 1024 + tilt * 16 + columnTilt);
    signs.choose(2, 2048 + (neighbours * 16 + fraction) * 4 + high);
    return signs.code(coder, sign, fraction, tilt + 16, fraction, columnTilt + 16);
  }

  // An optimiser's first step moves all weights of a row by nearly the same amount: where the last
  // size lies in this one's octave, in sixteenths, or that it lies in another.
  private int beside(double unit, int k) {
    long bits = Double.doubleToRawLongBits(last);
    int octaves = (int) (bits >> 52) - (int) (Double.doubleToRawLongBits(unit) >> 52) - (k - 1);
    if (octaves != 0) return octaves < 0 ? 16 : 17;
    return (int) (bits >> 48) & 15;
  }

  /** The highest bits of a mantissa are modelled, three or one; the rest is noise. */
  private int codeMantissa(
      Coder coder, int value, int bits, int k, int absolute, int fraction, double unit) {
    int beside = beside(unit, k);
    int high = Math.clamp((long) k - pivot + 8, 0, 15);
    int low = Math.min(k, 7);
    int of = k & 31;
    int f = Math.min(k, 3) * 16 + high;
    int prefix = 0;
    int modelled = Math.min(bits, coarse() ? 1 : 3);
    for (int i = 0; i < modelled; i++) {
      int node = (1 << i) - 1 + prefix; // 0, 1-2, 3-6
      mantissas.choose(0, ((low * 16 + high) * 4 + (level & 3)) * 8 + node);
      mantissas.choose(1, 4096 + (absolute & 63) * 32 + kind * 8 + node);
      mantissas.choose(2, 8192 + (fraction * 64 + f) * 8 + node);
      mantissas.choose(3, beside * 8 + node);
      int bit =
          mantissas.code(
              coder,
              (value >> (bits - 1 - i)) & 1,
              of * 8 + node,
              high * 4 + i,
              of * 8 + node,
              high);
      prefix = prefix * 2 + bit;
    }
    int rest = bits - modelled;
    return (prefix << rest) | coder.raw(value & ((1 << rest) - 1), rest);
  }

  /**
   * Codes the difference between a lane and what was predicted.
   *
   * @param unit the distance between two lanes at the prediction
   * @param inverse one over it
   * @param exponent the prediction's exponent field, or for integers {@link #sizeOf}
   * @param fraction what rounding left of the prediction, 0 to 15
   */
  public int residual(
      Coder coder,
      int column,
      double unit,
      double inverse,
      int exponent,
      int fraction,
      int residual) {
    guess(column, unit, inverse, exponent, fraction);
    int size = Math.abs(residual);
    int k = codeClass(coder, 32 - Integer.numberOfLeadingZeros(size), MAX_RESIDUAL_CLASS);
    int coded = 0;
    if (k > 0) {
      int sign = codeSign(coder, residual < 0 ? 1 : 0, column, fraction, k);
      coded = 1 << (k - 1);
      if (k > 1) {
        int below = size & ~coded;
        int absolute = lane.isFloat() ? k + exponent : k;
        coded |= codeMantissa(coder, below, k - 1, k, absolute, fraction, unit);
      }
      learn(column, (coded & 0xffffffffL) * unit, sign == 1);
      if (sign == 1) coded = -coded;
    } else {
      learn(column, 0, false);
    }
    above[column] = coded;
    left = coded;
    return coded;
  }

  /** Codes a float lane of which nothing is known. */
  public int fresh(Coder coder, int column, int value) {
    double unit = lane.smallestNormal();
    int m = lane.mantissa();
    guess(column, unit, 1 / unit, 0, NO_FRACTION);
    int magnitude = value < 0 ? ~value : value;
    int k = codeClass(coder, magnitude >> m, lane.maxField());
    int zero = 0;
    if (k == 0) {
      // Pruned weights are exactly zero; 8 is the one node of the mantissas that none other uses.
      mantissas.choose(0, 7);
      mantissas.choose(1, 4096 + 7);
      mantissas.choose(2, 8192 + 7);
      mantissas.choose(3, 7);
      zero = mantissas.code(coder, magnitude == 0 ? 1 : 0, 7, 0, 7, 0);
    }
    int sign = coder.raw(value < 0 ? 1 : 0, 1);
    int coded = k << m;
    if (zero == 0) {
      coded |= codeMantissa(coder, magnitude & ((1 << m) - 1), m, k, k, NO_FRACTION, unit);
    }
    int result = sign == 1 ? ~coded : coded;
    double size = Math.abs(lane.value(coded));
    learn(column, k < lane.maxField() ? size : slow, sign == 1);
    above[column] = k == 0 ? 0 : 1 << (Math.min(k, 31) - 1);
    left = above[column];
    return result;
  }

  private void learn(int column, double size, boolean negative) {
    double signed = negative ? -size : size;
    fast += (size - fast) * 0.25;
    slow += (size - slow) * Math.max(1 / 24.0, 1 / (++seen + 2.0));
    all += (size - all) * (1 / 256.0);
    last = size;
    lean += (signed - lean) * (1 / 16.0);
    double known = columnSize[column];
    columnSize[column] = known < 0 ? (all + size) / 2 : known + (size - known) * (1 / 12.0);
    columnLean[column] += (signed - columnLean[column]) * (1 / 12.0);
  }
}
