package dev.hatchery.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Predictions, against the same arithmetic done lane by lane. */
final class PredictionTest {
  private static final int LANES = 94; // the last row is short
  private static final int WIDTH = 10;
  private static final int SCALES = 12;
  private static final int TENSOR = SCALES * 4;

  private final Random random = new Random(4);

  private static List<Op.Scaling> scalings() {
    List<Op.Scaling> all = new ArrayList<>();
    all.add(new Op.Plain());
    all.add(new Op.Factor(0.75f));
    all.add(new Op.Channels(false, 4));
    all.add(new Op.Channels(true, 3));
    for (Lane lane : new Lane[] {Lane.F32, Lane.F16, Lane.BF16}) {
      for (int zero : new int[] {0, 7}) {
        all.add(new Op.Scales(new Op.PerRow(), 0, 0, lane, 10, zero));
        all.add(new Op.Scales(new Op.PerRow(), 4, 0, lane, 3, zero));
        all.add(new Op.Scales(new Op.PerColumn(), 0, 4, lane, 10, zero));
        all.add(new Op.Scales(new Op.PerColumn(), 4, 4, lane, 4, zero));
        all.add(new Op.Scales(new Op.PerColumn(), 4, 4, lane, 1, zero));
        all.add(new Op.Scales(new Op.PerBlock(8), 0, 0, lane, 12, zero));
        all.add(new Op.Scales(new Op.PerBlock(25), 0, 0, lane, 2, zero));
        all.add(new Op.Scales(new Op.PerBlock(1), 0, 0, lane, 12, zero));
      }
    }
    return all;
  }

  private static double ratio(Op.Scaling scaling, Parameters with, int lane, Memory a, Memory b)
      throws IOException {
    return switch (scaling) {
      case Op.Plain _ -> 1;
      case Op.Factor factor -> factor.factor();
      case Op.Channels c ->
          1
              + with.ratios[c.columns() ? lane % WIDTH : lane / WIDTH]
                  / (double) (1 << c.precision());
      case Op.Scales s -> {
        int index =
            switch (s.layout()) {
              case Op.PerRow _ -> Math.min(lane / WIDTH, s.count() - 1);
              case Op.PerColumn _ -> lane % WIDTH % s.count();
              case Op.PerBlock block -> Math.min(lane / block.lanes(), s.count() - 1);
            };
        double ratio = scale(s.lane(), a, s.base(), index) / scale(s.lane(), b, s.written(), index);
        yield Double.isFinite(ratio) ? ratio : 1;
      }
    };
  }

  private static double scale(Lane lane, Memory file, long at, int index) throws IOException {
    byte[] bytes = new byte[4];
    file.read(at + (long) index * lane.bits() / 8, bytes, 0, lane.bits() / 8);
    int[] lanes = new int[1];
    lane.unpack(bytes, 0, lanes, 1);
    return lane.value(lanes[0]);
  }

  private Memory file(Lane lane, int[] lanes) {
    Out out = new Out();
    for (int i = 0; i < SCALES; i++) out.f32(i == 4 ? 0 : 0.5f + random.nextFloat());
    return new Memory(out.bytes(Numbers.packed(lane, lanes)).toBytes());
  }

  @ParameterizedTest
  @EnumSource(Lane.class)
  void everyScalingOfEveryOriginIsWhatItsArithmeticSays(Lane lane) throws IOException {
    int[] old = Numbers.weights(lane, LANES, random);
    for (int i = 0; i < LANES; i += 9) old[i] = Numbers.any(lane, random);
    int[] early = Numbers.moved(lane, old, 1.2, random);
    Memory base = file(lane, old);
    Memory result = file(lane, early);
    for (Op.Scaling scaling : scalings()) {
      for (int rank = 0; rank < 3; rank++) {
        for (Op.Origin origin :
            List.of(new Op.Nothing(1), new Op.Base(TENSOR), new Op.Written(TENSOR))) {
          int[] source =
              switch (origin) {
                case Op.Nothing _ -> new int[0];
                case Op.Base _ -> old;
                case Op.Written _ -> early;
              };
          check(lane, scaling, rank, origin, source, base, result);
        }
      }
    }
  }

  private void check(
      Lane lane,
      Op.Scaling scaling,
      int rank,
      Op.Origin origin,
      int[] source,
      Memory base,
      Memory result)
      throws IOException {
    double step = lane.isFloat() ? 0x1p-12 : 0.01;
    Optional<Op.LowRank> low =
        rank == 0 ? Optional.empty() : Optional.of(new Op.LowRank(rank, step));
    var op = new Op.Tensor(500, lane, LANES, WIDTH, origin, scaling, low);
    var parameters = new Parameters(op);
    Samples.fill(parameters, random);
    var prediction = new Prediction(base, result);
    prediction.begin(op, parameters);
    for (int row = 0; row < op.rows(); row++) {
      int count = Math.min(WIDTH, LANES - row * WIDTH);
      prediction.row(row, count);
      for (int i = 0; i < count; i++) {
        int from = source.length == 0 ? 1 : source[row * WIDTH + i];
        int at = row * WIDTH + i;
        double ratio = ratio(scaling, parameters, at, base, result);
        double number = expected(lane, scaling, from, ratio, parameters, rank, step, row, i);
        assertThat(prediction.number(i)).isEqualTo(Double.valueOf(number)); // also what is none
        requireRounded(lane, op, prediction, i, from, number);
      }
    }
  }

  private static double expected(
      Lane lane,
      Op.Scaling scaling,
      int from,
      double ratio,
      Parameters with,
      int rank,
      double step,
      int row,
      int column) {
    double number = lane.value(from);
    int zero = scaling instanceof Op.Scales s ? s.zero() : 0;
    if (!(scaling instanceof Op.Plain)) number = (number - zero) * ratio + zero;
    if (rank == 0) return number;
    long sum = 0;
    for (int k = 0; k < rank; k++) {
      sum += (long) with.left[row * rank + k] * with.right[k * WIDTH + column];
    }
    return number + step * Math.pow(2, with.exponents[row]) * sum;
  }

  private static void requireRounded(
      Lane lane, Op.Tensor op, Prediction prediction, int i, int from, double number) {
    boolean plain = op.scaling() instanceof Op.Plain && op.lowRank().isEmpty();
    if (plain || !Double.isFinite(number)) {
      assertThat(prediction.lanes[i]).isEqualTo(from);
      assertThat(prediction.fractions[i]).isEqualTo((byte) LaneModel.NO_FRACTION);
      return;
    }
    assertThat(prediction.lanes[i]).isEqualTo(lane.nearest(number));
    double bounded = Math.clamp(number, -1e300, 1e300);
    if (!lane.isFloat() && lane != Lane.I32) {
      bounded = Math.clamp(number, (double) Numbers.least(lane), (double) Numbers.most(lane));
    }
    double left = bounded - lane.value(prediction.lanes[i]);
    double steps = left / lane.unit(lane.field(prediction.lanes[i]));
    int fraction = Math.abs(steps) <= 0.5 ? (int) ((steps + 0.5) * 15.999) : 7;
    assertThat(prediction.fractions[i]).isEqualTo((byte) fraction);
  }

  @Test
  void aScaleOfZeroPredictsAsIfNothingHadBeenScaled() throws IOException {
    Memory scales = new Memory(new Out().f32(2).f32(0).toBytes());
    Memory old = new Memory(new Out().f32(1).f32(5).bytes((byte) 40, (byte) 40).toBytes());
    var scaling = new Op.Scales(new Op.PerColumn(), 0, 0, Lane.F32, 2, 0);
    var op = new Op.Tensor(8, Lane.I8, 2, 2, new Op.Base(8), scaling, Optional.empty());
    var prediction = new Prediction(old, scales);

    prediction.begin(op, new Parameters(op));
    prediction.row(0, 2);

    assertThat(prediction.lanes[0]).isEqualTo(20);
    assertThat(prediction.lanes[1]).isEqualTo(40);
  }
}
