package dev.hatchery.delta.make;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.delta.Lane;
import dev.hatchery.delta.Op;
import dev.hatchery.delta.Parameters;
import dev.hatchery.delta.make.FrameBuilder.Planned;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Made models, whose best predictor is known: it is found, and it is worth it. */
final class ModelDeltaTest {
  private static final int ROWS = 96;
  private static final int WIDTH = 128;
  private static final int LANES = ROWS * WIDTH;

  @TempDir Path folder;

  private final Random random = new Random(11);

  private double[] gaussian(int count, double size) {
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) numbers[i] = random.nextGaussian() * size;
    return numbers;
  }

  private static int[] rounded(Lane lane, double... numbers) {
    int[] lanes = new int[numbers.length];
    for (int i = 0; i < lanes.length; i++) lanes[i] = lane.nearest(numbers[i]);
    return lanes;
  }

  // What the tensor alone costs when it is taken as it lies in the base.
  private double plainBytes(Op.Tensor chosen, byte[] old, byte[] now) throws Exception {
    Pair pair = new Pair(folder, old, now);
    assertThat(pair.patched()).isNotEmpty();
    long from = chosen.source() instanceof Op.Base base ? base.from() : chosen.at();
    var op =
        new Op.Tensor(
            chosen.at(),
            chosen.lane(),
            chosen.lanes(),
            chosen.width(),
            new Op.Base(from),
            new Op.Plain(),
            Optional.empty());
    try (Mapped before = Mapped.open(folder.resolve("old"));
        Mapped after = Mapped.open(folder.resolve("now"))) {
      byte[] frame =
          new FrameBuilder(before, after).build(List.of(new Planned(op, new Parameters(op))), 0, 0);
      return frame.length;
    }
  }

  private static Op.Tensor largest(byte[] patch) throws Exception {
    return Pair.tensors(patch).stream()
        .max((a, b) -> Long.compare(a.length(), b.length()))
        .orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(
      value = Lane.class,
      names = {"F32", "F16", "BF16"})
  void aSmallStepOfAllWeightsIsCodedAgainstTheOldOnes(Lane lane) throws Exception {
    double[] weights = gaussian(LANES, 0.1);
    double[] moved = weights.clone();
    for (int i = 0; i < LANES; i++) moved[i] += random.nextGaussian() * 1e-5;
    byte[] old = model(lane, weights, "w");
    byte[] now = model(lane, moved, "w");

    byte[] patch = new Pair(folder, old, now).patched();

    assertThat(largest(patch).source()).isInstanceOf(Op.Base.class);
    assertThat(patch.length).isLessThan(now.length * 6 / 10);
  }

  private static byte[] model(Lane lane, double[] weights, String name) {
    return new Models.Safetensors()
        .tensor(name, lane, rounded(lane, weights), ROWS, WIDTH)
        .toBytes();
  }

  @Test
  void rowsThatAreMultipliedHaveRatios() throws Exception {
    double[] weights = gaussian(LANES, 0.1);
    double[] scaled = weights.clone();
    for (int row = 0; row < ROWS; row++) {
      double ratio = 1 + random.nextGaussian() * 0.05;
      for (int i = 0; i < WIDTH; i++) scaled[row * WIDTH + i] *= ratio;
    }
    byte[] old = model(Lane.F16, weights, "w");
    byte[] now = model(Lane.F16, scaled, "w");

    byte[] patch = new Pair(folder, old, now).patched();

    Op.Tensor chosen = largest(patch);
    assertThat(chosen.scaling())
        .isInstanceOfSatisfying(Op.Channels.class, c -> assertThat(c.columns()).isFalse());
    assertThat(patch.length).isLessThan((int) (0.5 * plainBytes(chosen, old, now)));
  }

  @Test
  void anAdapterThatWasMergedIsFound() throws Exception {
    double[] weights = gaussian(LANES, 0.1);
    double[] merged = weights.clone();
    for (int k = 0; k < 4; k++) {
      double[] left = gaussian(ROWS, 0.03);
      double[] right = gaussian(WIDTH, 0.3);
      for (int i = 0; i < LANES; i++) merged[i] += left[i / WIDTH] * right[i % WIDTH];
    }
    byte[] old = model(Lane.F16, weights, "w");
    byte[] now = model(Lane.F16, merged, "w");

    byte[] patch = new Pair(folder, old, now).patched();

    Op.Tensor chosen = largest(patch);
    assertThat(chosen.lowRank())
        .hasValueSatisfying(low -> assertThat(low.rank()).isGreaterThanOrEqualTo(4));
    assertThat(patch.length).isLessThan((int) (0.7 * plainBytes(chosen, old, now)));
  }

  // Quantised by row: numbers, and what each row is multiplied by.
  private static byte[] quantised(double[] weights, double[] scales) {
    double[] q = new double[LANES];
    for (int i = 0; i < LANES; i++) q[i] = weights[i] / (float) scales[i / WIDTH];
    return new Models.Safetensors()
        .tensor("w", Lane.I8, rounded(Lane.I8, q), ROWS, WIDTH)
        .tensor("w_scale", Lane.F32, rounded(Lane.F32, scales), ROWS)
        .toBytes();
  }

  @Test
  void newScalesPredictNewIntegers() throws Exception {
    double[] weights = gaussian(LANES, 0.1);
    double[] scales = new double[ROWS];
    double[] others = new double[ROWS];
    for (int row = 0; row < ROWS; row++) {
      scales[row] = 0.003 + random.nextDouble() * 0.002;
      others[row] = scales[row] * (1 + random.nextGaussian() * 0.1);
    }
    byte[] old = quantised(weights, scales);
    byte[] now = quantised(weights, others);

    byte[] patch = new Pair(folder, old, now).patched();

    Op.Tensor chosen = largest(patch);
    assertThat(chosen.lane()).isEqualTo(Lane.I8);
    assertThat(chosen.scaling()).isInstanceOfAny(Op.Scales.class, Op.Channels.class);
    assertThat(patch.length).isLessThan((int) (0.7 * plainBytes(chosen, old, now)));
  }

  private static byte[] blocks(double[] weights, double[] scales) {
    double[] q = new double[LANES];
    for (int i = 0; i < LANES; i++) q[i] = 8 + weights[i] / (float) scales[i / 32];
    return Models.blocks(rounded(Lane.U4, q), rounded(Lane.F32, scales), ROWS, WIDTH, 32);
  }

  @Test
  void halfBytesOfBlocksArePredictedFromTheScalesOfBoth() throws Exception {
    double[] weights = gaussian(LANES, 0.1);
    double[] scales = new double[LANES / 32];
    double[] others = new double[LANES / 32];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = 0.03 + random.nextDouble() * 0.01;
      others[i] = scales[i] * (1 + random.nextGaussian() * 0.15);
    }
    byte[] old = blocks(weights, scales);
    byte[] now = blocks(weights, others);

    byte[] patch = new Pair(folder, old, now).patched();

    Op.Tensor chosen = largest(patch);
    assertThat(chosen.lane()).isEqualTo(Lane.U4);
    assertThat(chosen.scaling()).isInstanceOf(Op.Scales.class);
    assertThat(patch.length).isLessThan((int) (0.9 * plainBytes(chosen, old, now)) + 1600);
  }

  @Test
  void aVectorThatIsAMultipleOfAnotherCostsAnOp() throws Exception {
    float[] scales = new float[300];
    double[] products = new double[300];
    for (int i = 0; i < 300; i++) {
      scales[i] = (float) (0.01 + random.nextDouble());
      products[i] = (float) (scales[i] * (double) 0.37f);
    }
    double[] wide = new double[300];
    for (int i = 0; i < 300; i++) wide[i] = scales[i];
    byte[] now =
        new Models.Safetensors()
            .tensor("scale", Lane.F32, rounded(Lane.F32, wide), 300)
            .tensor("bias_scale", Lane.F32, rounded(Lane.F32, products), 300)
            .toBytes();

    byte[] patch = new Pair(folder, new byte[0], now).patched();

    assertThat(Pair.tensors(patch))
        .anyMatch(op -> op.scaling() instanceof Op.Factor && op.source() instanceof Op.Written);
    assertThat(patch.length).isLessThan(1600);
  }

  @Test
  void tensorsThatHaveNewNamesAreFoundByWhatTheyHold() throws Exception {
    double[] weights = gaussian(LANES, 0.1);
    byte[] old = model(Lane.F32, weights, "first");
    byte[] now = model(Lane.F32, weights, "another/name");

    assertThat(new Pair(folder, old, now).patched().length).isLessThan(350);
  }
}
