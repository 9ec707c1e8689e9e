package dev.hatchery.examples.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class DeterminismTest {
  private static final Releases SHORT = new Releases(240, 80);

  @Test
  void trainingTwiceGivesTheSameBytes() {
    TrainedRelease first = SHORT.baseline();
    TrainedRelease again = SHORT.baseline();

    assertThat(again.onnx()).isEqualTo(first.onnx());
    assertThat(SHORT.fineTuned(again).onnx()).isEqualTo(SHORT.fineTuned(first).onnx());
    assertThat(SHORT.widened(again).onnx()).isEqualTo(SHORT.widened(first).onnx());
    assertThat(new Releases(248, 80).baseline().onnx()).isNotEqualTo(first.onnx());
  }

  @Test
  void trainingGivesTheSameBytesOnEveryMachine() {
    // Whoever changes network, data or training on purpose writes the new digests here.
    TrainedRelease baseline = SHORT.baseline();
    TrainedRelease fineTuned = SHORT.fineTuned(baseline);

    assertThat(List.of(baseline, fineTuned, SHORT.widened(fineTuned)))
        .map(release -> release.onnx().digest().brief())
        .containsExactly("bbc5613de402", "63eeb5897f6d", "73c3c2837b3b");
  }
}
