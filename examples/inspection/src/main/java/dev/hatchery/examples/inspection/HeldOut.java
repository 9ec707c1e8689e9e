package dev.hatchery.examples.inspection;

import dev.hatchery.core.Bytes;
import dev.hatchery.examples.inspection.surface.Surfaces;
import dev.hatchery.examples.inspection.surface.Tile;
import dev.hatchery.runner.ort.OnnxModel;
import dev.hatchery.runner.ort.Scores;
import dev.hatchery.runner.ort.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The CI data: tiles no training has seen, and how many of them a model file tells right, measured
 * through ONNX Runtime as the device will run it.
 *
 * @param tiles how many
 */
public record HeldOut(int tiles) {
  private static final long SEED = 1001;
  private static final float LOW_LIGHT = 0.1f;
  private static final int BATCH = 100;

  public HeldOut {
    if (tiles < BATCH || tiles > 100_000 || tiles % BATCH != 0) {
      throw new IllegalArgumentException("tiles must be whole hundreds to 100000: " + tiles);
    }
  }

  /** As the demo checks. */
  public static HeldOut full() {
    return new HeldOut(4_000);
  }

  /** The share of tiles whose most probable class is the true one, 0 to 1. */
  public double accuracy(Bytes onnx) {
    var surfaces = new Surfaces(SEED, LOW_LIGHT);
    int right = 0;
    try (var model = OnnxModel.load(onnx.toArray())) {
      for (int from = 0; from < tiles; from += BATCH) {
        right += right(model, surfaces, from);
      }
    }
    return right / (double) tiles;
  }

  private static int right(OnnxModel model, Surfaces surfaces, int from) {
    List<Tile> batch = IntStream.range(from, from + BATCH).mapToObj(surfaces::tile).toList();
    float[] pixels = new float[BATCH * Tile.PIXELS];
    for (int i = 0; i < BATCH; i++) {
      batch.get(i).copyTo(pixels, i * Tile.PIXELS);
    }
    Scores scores = model.run(new Tensor(List.of(BATCH, 1, Tile.SIDE, Tile.SIDE), pixels));
    int right = 0;
    for (int i = 0; i < BATCH; i++) {
      if (scores.label(i).equals(batch.get(i).truth().label())) {
        right++;
      }
    }
    return right;
  }
}
