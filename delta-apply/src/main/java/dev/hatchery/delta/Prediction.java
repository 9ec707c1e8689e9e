package dev.hatchery.delta;

import java.io.IOException;
import java.util.Optional;

/**
 * What a row of lanes is expected to be: the source's numbers, scaled, corrected by the low-rank
 * term, and rounded once. Double arithmetic: one product, one sum for the zero point, one for the
 * correction, in this order, nothing fused; the correction's inner sum is of whole numbers.
 */
public final class Prediction {
  private final double[] numbers = new double[LaneModel.MAX_COLUMNS];
  private final double[] ratios = new double[LaneModel.MAX_COLUMNS];
  private final long[] sums = new long[LaneModel.MAX_COLUMNS];
  private final byte[] bytes = new byte[LaneModel.MAX_COLUMNS * 4];
  private final int[] scratch = new int[LaneModel.MAX_COLUMNS];
  private final int[] source = new int[LaneModel.MAX_COLUMNS];

  /** The lane each is predicted to be. */
  final int[] lanes = new int[LaneModel.MAX_COLUMNS];

  /** What rounding left, in sixteenths. */
  final byte[] fractions = new byte[LaneModel.MAX_COLUMNS];

  private boolean rounded;

  private final Source base;
  private final Source written;
  private Op.Tensor op = NONE;
  private Parameters parameters = new Parameters(NONE);

  private static final Op.Tensor NONE =
      new Op.Tensor(0, Lane.I8, 1, 1, new Op.Nothing(0), new Op.Plain(), Optional.empty());

  /**
   * Predictions from two files.
   *
   * @param written the result as far as it is written; an encoder gives the whole of it
   */
  public Prediction(Source base, Source written) {
    this.base = base;
    this.written = written;
  }

  /** Begins a tensor. */
  public void begin(Op.Tensor of, Parameters with) throws IOException {
    op = of;
    parameters = with;
    switch (of.scaling()) {
      case Op.Plain _ -> {}
      case Op.Factor factor -> fill(factor.factor(), of.width());
      case Op.Channels channels -> {
        if (channels.columns()) {
          for (int i = 0; i < of.width(); i++) ratios[i] = ratio(channels, with.ratios[i]);
        }
      }
      case Op.Scales scales -> {
        if (scales.layout() instanceof Op.PerColumn) {
          int known = Math.min(scales.count(), of.width());
          read(scales, 0, known);
          for (int i = known; i < of.width(); i++) ratios[i] = ratios[i - known];
        }
      }
    }
  }

  private static double ratio(Op.Channels channels, int q) {
    return 1 + Math.scalb((double) q, -channels.precision());
  }

  private void fill(double ratio, int count) {
    for (int i = 0; i < count; i++) ratios[i] = ratio;
  }

  // Old over new, for the lanes [0, count) of the row at hand.
  private void read(Op.Scales scales, int first, int count) throws IOException {
    int width = scales.lane().bits() / 8;
    base.read(scales.base() + (long) first * width, bytes, 0, count * width);
    scales.lane().unpack(bytes, 0, scratch, count);
    for (int i = 0; i < count; i++) ratios[i] = scales.lane().value(scratch[i]);
    written.read(scales.written() + (long) first * width, bytes, 0, count * width);
    scales.lane().unpack(bytes, 0, scratch, count);
    for (int i = 0; i < count; i++) {
      double ratio = ratios[i] / scales.lane().value(scratch[i]);
      ratios[i] = Math.abs(ratio) <= Double.MAX_VALUE ? ratio : 1;
    }
  }

  /** Predicts the lanes of a row into {@link #lanes} and {@link #fractions}. */
  public void row(int row, int count) throws IOException {
    switch (op.source()) {
      case Op.Nothing nothing -> {
        for (int i = 0; i < count; i++) source[i] = nothing.centre();
      }
      case Op.Base from -> lanes(base, from.from(), row, count);
      case Op.Written from -> lanes(written, from.from(), row, count);
    }
    if (op.scaling() instanceof Op.Plain && op.lowRank().isEmpty()) {
      rounded = false;
      System.arraycopy(source, 0, lanes, 0, count);
      java.util.Arrays.fill(fractions, 0, count, (byte) LaneModel.NO_FRACTION);
      return;
    }
    Lane lane = op.lane();
    rounded = true;
    for (int i = 0; i < count; i++) numbers[i] = lane.value(source[i]);
    scale(row, count);
    op.lowRank().ifPresent(low -> correct(low, row, count));
    round(lane, count);
  }

  /** What was predicted for a lane of the last row, before it was rounded. */
  public double number(int index) {
    return rounded ? numbers[index] : op.lane().value(source[index]);
  }

  private void lanes(Source from, long at, int row, int count) throws IOException {
    Lane lane = op.lane();
    long first = (long) row * op.width() * lane.bits() / 8;
    int length = (int) lane.bytes(count);
    from.read(at + first, bytes, 0, length);
    lane.unpack(bytes, 0, source, count);
  }

  private void scale(int row, int count) throws IOException {
    int zero = 0;
    switch (op.scaling()) {
      case Op.Plain _ -> {
        return;
      }
      case Op.Factor _ -> {}
      case Op.Channels channels -> {
        if (!channels.columns()) fill(ratio(channels, parameters.ratios[row]), count);
      }
      case Op.Scales scales -> {
        zero = scales.zero();
        scales(scales, row, count);
      }
    }
    for (int i = 0; i < count; i++) numbers[i] = (numbers[i] - zero) * ratios[i] + zero;
  }

  private void scales(Op.Scales scales, int row, int count) throws IOException {
    switch (scales.layout()) {
      case Op.PerColumn _ -> {}
      case Op.PerRow _ -> {
        read(scales, Math.min(row, scales.count() - 1), 1);
        fill(ratios[0], count);
      }
      case Op.PerBlock block -> {
        long begin = (long) row * op.width();
        int first = (int) Math.min(begin / block.lanes(), scales.count() - 1);
        int last = (int) Math.min((begin + count - 1) / block.lanes(), scales.count() - 1);
        read(scales, first, last - first + 1);
        // Backwards: the ratios are spread out in the array they stand in.
        for (int i = count - 1; i >= 0; i--) {
          int index = (int) Math.min((begin + i) / block.lanes(), scales.count() - 1);
          ratios[i] = ratios[index - first];
        }
      }
    }
  }

  private void correct(Op.LowRank low, int row, int count) {
    int rank = low.rank();
    int width = op.width();
    for (int i = 0; i < count; i++) sums[i] = 0;
    for (int k = 0; k < rank; k++) {
      long l = parameters.left[row * rank + k];
      if (l == 0) continue;
      int at = k * width;
      for (int i = 0; i < count; i++) sums[i] += l * parameters.right[at + i];
    }
    double step = Math.scalb(low.step(), parameters.exponents[row]);
    for (int i = 0; i < count; i++) numbers[i] += step * sums[i];
  }

  private void round(Lane lane, int count) {
    for (int i = 0; i < count; i++) {
      double number = lane.bounded(numbers[i]);
      if (!(Math.abs(number) <= Double.MAX_VALUE)) {
        lanes[i] = source[i];
        fractions[i] = LaneModel.NO_FRACTION;
        continue;
      }
      int nearest = lane.nearest(number);
      lanes[i] = nearest;
      double left = (number - lane.value(nearest)) * lane.inverse(lane.field(nearest));
      // A number beyond the largest float leaves more than half a step, or no number at all.
      fractions[i] =
          left >= -0.5 && left <= 0.5
              ? (byte) ((left + 0.5) * (LaneModel.FRACTIONS - 0.001))
              : LaneModel.NO_FRACTION;
    }
  }
}
