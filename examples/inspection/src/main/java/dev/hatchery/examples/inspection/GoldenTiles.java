package dev.hatchery.examples.inspection;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.examples.inspection.surface.SurfaceClass;
import dev.hatchery.examples.inspection.surface.Surfaces;
import dev.hatchery.examples.inspection.surface.Tile;
import dev.hatchery.runner.ort.OnnxModel;
import dev.hatchery.runner.ort.Scores;
import dev.hatchery.runner.ort.Tensor;
import dev.hatchery.wire.Golden;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Place;
import dev.hatchery.wire.tree.Tree;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Golden samples of a model file: two tiles of each class that it is sure of, so that a device
 * whose answer differs has something wrong with it, and not a matter of rounding.
 */
public final class GoldenTiles {
  private static final long SEED = 2002;
  private static final int PER_CLASS = 2;
  private static final int TRIES_PER_CLASS = 200;
  private static final float SURE = 0.95f;
  private static final List<Integer> SHAPE = List.of(1, 1, Tile.SIDE, Tile.SIDE);

  private GoldenTiles() {}

  /**
   * The samples; {@code Wire.GOLDEN} writes them as golden.json.
   *
   * @throws Refusal with {@link Code#GOLDEN} when the model is too seldom sure of a class
   */
  public static Golden of(Bytes onnx) {
    List<Golden.Sample> samples = new ArrayList<>();
    try (var model = OnnxModel.load(onnx.toArray())) {
      for (SurfaceClass truth : SurfaceClass.values()) {
        samples.addAll(sure(model, truth));
      }
    }
    return new Golden(samples, 1.0);
  }

  private static List<Golden.Sample> sure(OnnxModel model, SurfaceClass truth) {
    var surfaces = new Surfaces(SEED, 0);
    long first = (long) truth.output() * TRIES_PER_CLASS;
    List<Golden.Sample> samples = new ArrayList<>();
    for (long n = first; n < first + TRIES_PER_CLASS && samples.size() < PER_CLASS; n++) {
      float[] pixels = new float[Tile.PIXELS];
      surfaces.tile(n, truth, false).copyTo(pixels, 0);
      Scores scores = model.run(new Tensor(SHAPE, pixels));
      if (scores.label(0).equals(truth.label()) && Collections.max(scores.row(0)) >= SURE) {
        samples.add(new Golden.Sample(request(pixels), truth.label()));
      }
    }
    if (samples.size() < PER_CLASS) {
      throw Refusal.of(Code.GOLDEN, "the model is not sure of enough tiles")
          .at(truth.label())
          .expected(PER_CLASS + " of " + TRIES_PER_CLASS + " with a score of " + SURE)
          .got(samples.size());
    }
    return samples;
  }

  /** The body that {@code POST /infer} takes. */
  private static Node request(float[] pixels) {
    List<Integer> at = IntStream.range(0, pixels.length).boxed().toList();
    return Tree.object()
        .put("shape", Tree.list(SHAPE, side -> Tree.integer(side)))
        .put("data", Tree.list(at, i -> shortest(pixels[i])))
        .done();
  }

  /** Pixels have three decimals; as doubles they would have seventeen. */
  private static Node shortest(float pixel) {
    return new Node.Real(Double.parseDouble(Float.toString(pixel)), Place.NOWHERE);
  }
}
