package dev.hatchery.pipeline.optimise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.pipeline.data.Drawn;
import dev.hatchery.pipeline.graph.Built;
import dev.hatchery.pipeline.graph.Model;
import dev.hatchery.pipeline.graph.Weight;
import dev.hatchery.runner.ort.Computation;
import dev.hatchery.runner.ort.Values;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What we make of weights is, bit for bit, what ONNX Runtime makes of them. */
final class AgainstRuntimeTest {
  private static final byte[] IMAGES = Built.convolutions(13);

  private static float[] first(byte[] model, Map<String, Values> inputs) {
    try (Computation computation = Computation.load(model)) {
      return computation.run(inputs).values().iterator().next().floats().orElseThrow();
    }
  }

  @ParameterizedTest
  @CsvSource({"conv1.weight, 0", "conv2.weight, 0", "logits.weight, 0", "logits.weight, 1"})
  void eightBitsAreTheRuntimesOwn(String name, int axis) {
    Weight weight = Model.read(IMAGES).weight(name).orElseThrow();
    Channels ours = Channels.of(weight, axis);
    float[] scales = new float[weight.dimension(axis)];
    for (int c = 0; c < scales.length; c++) scales[c] = ours.scale(c);

    float[] theirs =
        first(
            Built.quantised(weight.floats().orElseThrow(), weight.shape(), scales, axis),
            Map.of("x", Values.of(List.of(1L, 1L), new float[1])));

    byte[] bytes = ours.values("ours").bytes();
    assertThat(bytes).hasSameSizeAs(theirs);
    for (int i = 0; i < bytes.length; i++) assertThat((float) bytes[i]).isEqualTo(theirs[i]);
  }

  @Test
  void fourBitsAreReadByTheRuntimeAsTheyWereMeant() {
    int k = 64;
    int n = 32;
    byte[] model = Built.products(k, n, 8);
    float[] weights = Model.read(model).weight("w1").orElseThrow().floats().orElseThrow();
    var recipe = new Recipe(Goal.INT4, new Prune.Nothing(), Policy.ALL, Calibration.MIN_MAX, 32);
    Model four = Model.read(new Optimiser(model, Optional.empty()).optimise(recipe).model());
    four.reveal("h");

    try (Computation computation = Computation.load(four.bytes())) {
      for (int row = 0; row < k; row++) {
        float[] one = new float[k];
        one[row] = 1;
        Map<String, Values> answers =
            computation.run(Map.of("x", Values.of(List.of(1L, (long) k), one)));
        float[] read = Objects.requireNonNull(answers.get("h")).floats().orElseThrow();
        for (int c = 0; c < n; c++) {
          assertThat(read[c]).isEqualTo(expected(weights, n, row, c));
        }
      }
    }
  }

  // Section 1 and 2e of the reference, without the code that packs.
  private static float expected(float[] weights, int n, int row, int column) {
    float farthest = 0;
    int from = row / 32 * 32;
    for (int i = from; i < from + 32; i++) {
      float value = weights[i * n + column];
      if (Math.abs(value) > Math.abs(farthest)) farthest = value;
    }
    float scale = farthest / -8;
    return (float) Math.clamp(Math.rint(weights[row * n + column] / scale), -8, 7) * scale;
  }

  @Test
  void calibrationFindsTheEndsOfEachActivation() {
    Model model = Model.read(IMAGES);
    var samples = new Drawn(model.inputs(), 20, 3);
    var layers = new StaticLayers(model, Layer.in(model).layers());

    Ranges ranges = Ranges.measure(model, layers.values(), samples, Calibration.MIN_MAX);

    float least = 0;
    float most = 0;
    for (int i = 0; i < 20; i++) {
      for (float x :
          Objects.requireNonNull(samples.sample(i).get("image")).floats().orElseThrow()) {
        least = Math.min(least, x);
        most = Math.max(most, x);
      }
    }
    assertThat(ranges.of("image")).isEqualTo(new Ranges.Range(least, most));
    assertThat(ranges.of("relu1").least()).isZero();
    assertThat(ranges.names())
        .containsExactly("features", "image", "pool1", "pool2", "relu1", "relu2");
  }

  @Test
  void aRangeOfPercentilesLeavesOutliersOut() {
    Model model = Model.read(IMAGES);
    var samples = new Drawn(model.inputs(), 100, 3);
    var layers = new StaticLayers(model, Layer.in(model).layers());

    Ranges all = Ranges.measure(model, layers.values(), samples, Calibration.MIN_MAX);
    Ranges inner = Ranges.measure(model, layers.values(), samples, Calibration.PERCENTILE);

    assertThat(inner.of("image").most()).isLessThan(all.of("image").most());
    assertThat(inner.of("image").least()).isGreaterThan(all.of("image").least());
    assertThat(inner.of("image").most()).isGreaterThan(0.8f * all.of("image").most());
  }

  @Test
  void aBiasHasTheScaleOfTheProductsItIsAddedTo() {
    var recipe =
        new Recipe(Goal.INT8_STATIC, new Prune.Nothing(), Policy.ALL, Calibration.MIN_MAX, 32);
    var samples = new Drawn(Model.read(IMAGES).inputs(), 20, 3);
    Model model = Model.read(new Optimiser(IMAGES, Optional.of(samples)).optimise(recipe).model());

    float in = model.weight("image_scale").orElseThrow().floats().orElseThrow()[0];
    float[] weights = model.weight("conv1.weight_scale").orElseThrow().floats().orElseThrow();
    float[] scales =
        model.weight("conv1.bias_quantized_scale").orElseThrow().floats().orElseThrow();
    float[] reals = Model.read(IMAGES).weight("conv1.bias").orElseThrow().floats().orElseThrow();
    ByteBuffer whole =
        ByteBuffer.wrap(model.weight("conv1.bias_quantized").orElseThrow().bytes())
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int c = 0; c < scales.length; c++) {
      assertThat(scales[c]).isEqualTo(in * weights[c]);
      assertThat(whole.getInt()).isEqualTo((int) Math.rint(reals[c] / scales[c]));
    }
  }
}
