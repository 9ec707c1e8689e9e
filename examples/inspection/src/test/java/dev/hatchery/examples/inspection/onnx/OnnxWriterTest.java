package dev.hatchery.examples.inspection.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hatchery.examples.inspection.network.Classifier;
import dev.hatchery.examples.inspection.network.Network;
import dev.hatchery.examples.inspection.network.Shape;
import dev.hatchery.examples.inspection.surface.Surfaces;
import dev.hatchery.examples.inspection.surface.Tile;
import dev.hatchery.runner.ort.OnnxModel;
import dev.hatchery.runner.ort.Scores;
import dev.hatchery.runner.ort.Tensor;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class OnnxWriterTest {
  @Test
  void onnxRuntimeComputesWhatTheNetworkComputes() {
    Network network = Network.untrained(new Shape(5, 7), 31);
    var normalised = new TreeMap<>(Map.of("hatchery.mean", "0.5", "hatchery.scale", "2"));
    try (var model = OnnxModel.load(OnnxWriter.write(network, normalised))) {
      for (int n = 0; n < 20; n++) {
        float[] pixels = new float[Tile.PIXELS];
        new Surfaces(32, 0.2f).tile(n).copyTo(pixels, 0);
        Scores scores = model.run(new Tensor(List.of(1, 1, 32, 32), pixels));
        float[] expected = new Classifier(network).classify(pixels);
        for (int c = 0; c < Shape.CLASSES; c++) {
          assertThat(scores.row(0).get(c)).isCloseTo(expected[c], within(1e-5f));
        }
      }
    }
  }
}
