package dev.hatchery.delta;

import java.util.Optional;

/**
 * The numbers of an op that are coded with its lanes: ratios, and the factors of a low-rank
 * correction. Whole numbers all of them.
 */
public final class Parameters {
  /** By channel, when the op has {@link Op.Channels}; otherwise empty. */
  public final int[] ratios;

  /** By row and then by rank. */
  public final int[] left;

  /** By rank and then by column. */
  public final int[] right;

  /** By row, powers of two. */
  public final int[] exponents;

  private static final int MAX_EXPONENT = 1000;

  /** All zero, of the sizes that the op needs. */
  public Parameters(Op.Tensor op) {
    int rows = op.rows();
    int channels = op.scaling() instanceof Op.Channels c ? (c.columns() ? op.width() : rows) : 0;
    ratios = new int[channels];
    Optional<Op.LowRank> low = op.lowRank();
    int rank = low.map(Op.LowRank::rank).orElse(0);
    left = new int[rows * rank];
    right = new int[rank * op.width()];
    exponents = new int[rank == 0 ? 0 : rows];
  }

  /** Codes them; a decoder's are filled. */
  void code(Coder coder, LaneModel numbers, int rank) {
    if (ratios.length > 0) code(coder, numbers, ratios);
    if (rank == 0) return;
    code(coder, numbers, exponents);
    for (int i = 0; i < exponents.length; i++) {
      exponents[i] = Math.clamp(exponents[i], -MAX_EXPONENT, MAX_EXPONENT);
    }
    // Each rank is a column of its own: its numbers are of one size.
    numbers.begin(Lane.I32, rank);
    for (int at = 0; at < left.length; at++) {
      if (at % rank == 0) numbers.row();
      left[at] = factor(number(coder, numbers, at % rank, left[at]));
    }
    numbers.begin(Lane.I32, rank);
    int width = right.length / rank;
    for (int column = 0; column < width; column++) {
      numbers.row();
      for (int k = 0; k < rank; k++) {
        int at = k * width + column;
        right[at] = factor(number(coder, numbers, k, right[at]));
      }
    }
  }

  // So that the sum of 64 products is a long, whatever a patch says.
  private static int factor(int number) {
    return Math.clamp(number, -Op.LowRank.MAX_FACTOR, Op.LowRank.MAX_FACTOR);
  }

  private static void code(Coder coder, LaneModel numbers, int[] values) {
    numbers.begin(Lane.I32, 1);
    for (int i = 0; i < values.length; i++) values[i] = number(coder, numbers, 0, values[i]);
  }

  private static int number(Coder coder, LaneModel numbers, int column, int value) {
    return numbers.residual(coder, column, 1, 1, 0, LaneModel.NO_FRACTION, value);
  }
}
