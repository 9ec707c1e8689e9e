package dev.hatchery.examples.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Bytes;
import dev.hatchery.runner.InputSource;
import dev.hatchery.runner.ort.OnnxModel;
import dev.hatchery.runner.ort.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the demo tells about its releases, on the releases that the demo makes. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FullReleasesTest {
  private final TrainedRelease baseline = Releases.full().baseline();
  private final TrainedRelease fineTuned = Releases.full().fineTuned(baseline);
  private final TrainedRelease widened = Releases.full().widened(fineTuned);

  @Test
  void eachIsAtLeastAsGoodOnTheCiDataAsTheOneBefore() {
    double first = HeldOut.full().accuracy(baseline.onnx());
    double second = HeldOut.full().accuracy(fineTuned.onnx());
    double third = HeldOut.full().accuracy(widened.onnx());

    assertThat(first).isGreaterThanOrEqualTo(0.95);
    assertThat(second).isGreaterThanOrEqualTo(first);
    assertThat(third).isGreaterThanOrEqualTo(second - 0.001);
  }

  @Test
  void eachHasGoldenSamples() {
    assertThat(GoldenTiles.of(baseline.onnx()).samples()).hasSize(8);
    assertThat(GoldenTiles.of(fineTuned.onnx()).samples()).hasSize(8);
    assertThat(GoldenTiles.of(widened.onnx()).samples()).hasSize(8);
  }

  @Test
  void theThirdTakesFourTimesAsLongPerFrame() {
    assertThat(medianNanos(fineTuned.onnx())).isLessThan(2 * medianNanos(baseline.onnx()));
    assertThat(medianNanos(widened.onnx())).isGreaterThan(4 * medianNanos(fineTuned.onnx()));
  }

  /** The median of many: what else the machine does hits few of them. */
  private static long medianNanos(Bytes onnx) {
    InputSource.Frames frames = new Camera().open(51);
    long[] nanos = new long[60];
    try (var model = OnnxModel.load(onnx.toArray())) {
      for (int i = 0; i < nanos.length; i++) {
        Tensor frame = frames.at(i);
        long start = System.nanoTime();
        model.run(frame);
        nanos[i] = System.nanoTime() - start;
      }
    }
    Arrays.sort(nanos);
    return nanos[nanos.length / 2];
  }
}
