package dev.hatchery.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Bytes;
import dev.hatchery.examples.inspection.HeldOut;
import dev.hatchery.examples.inspection.Releases;
import dev.hatchery.examples.inspection.network.Normalisation;
import dev.hatchery.examples.inspection.surface.Surfaces;
import dev.hatchery.examples.inspection.surface.Tile;
import dev.hatchery.pipeline.data.Samples;
import dev.hatchery.pipeline.optimise.Calibration;
import dev.hatchery.pipeline.optimise.Goal;
import dev.hatchery.pipeline.optimise.Optimiser;
import dev.hatchery.pipeline.optimise.Policy;
import dev.hatchery.pipeline.optimise.Prune;
import dev.hatchery.pipeline.optimise.Recipe;
import dev.hatchery.runner.ort.Values;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What optimisation costs the inspection model, on tiles that no training has seen. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OptimisedInspectionTest {
  private final Bytes original = Releases.full().baseline().onnx();
  private final double before = HeldOut.full().accuracy(original);

  /** Tiles as the runner hands them to the network; a series of their own. */
  private record Tiles(int count) implements Samples {
    private static final Surfaces SURFACES = new Surfaces(3003, 0.1f);

    @Override
    public Map<String, Values> sample(int index) {
      float[] pixels = new float[Tile.PIXELS];
      SURFACES.tile(index).copyTo(pixels, 0);
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (pixels[i] - Normalisation.MEAN) * Normalisation.SCALE;
      }
      return Map.of(
          "image", Values.of(List.of(1L, 1L, (long) Tile.SIDE, (long) Tile.SIDE), pixels));
    }
  }

  private double lost(Goal goal) {
    var recipe = new Recipe(goal, new Prune.Nothing(), Policy.ALL, Calibration.MIN_MAX, 32);
    var optimiser = new Optimiser(original.toArray(), Optional.of(new Tiles(200)));
    Optimiser.Result result = optimiser.optimise(recipe);
    double after = HeldOut.full().accuracy(Bytes.of(result.model()));
    System.out.printf("%s: accuracy %.4f, before %.4f, %s%n", goal, after, before, result.steps());
    return before - after;
  }

  @Test
  void eightStaticBitsCostLessThanHalfAPoint() {
    assertThat(lost(Goal.INT8_STATIC)).isLessThan(0.005);
  }

  @Test
  void eightBitWeightsCostLessThanHalfAPoint() {
    assertThat(lost(Goal.INT8_WEIGHT)).isLessThan(0.005);
  }
}
