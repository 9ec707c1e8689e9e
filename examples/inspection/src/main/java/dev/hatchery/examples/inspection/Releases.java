package dev.hatchery.examples.inspection;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.examples.inspection.network.Network;
import dev.hatchery.examples.inspection.network.Normalisation;
import dev.hatchery.examples.inspection.network.Shape;
import dev.hatchery.examples.inspection.network.Training;
import dev.hatchery.examples.inspection.network.Widening;
import dev.hatchery.examples.inspection.onnx.OnnxWriter;
import dev.hatchery.examples.inspection.surface.SurfaceClass;
import dev.hatchery.examples.inspection.surface.Surfaces;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes the model's three releases from nothing, the same bytes on every machine.
 *
 * <p>1.0.0 is the baseline. 1.1.0 goes on from its weights with more tiles and more of them in low
 * light, and is better. 1.2.0 is as good as 1.1.0 on every image, and several times slower on every
 * device, because its network is five times as wide: what CI does not see and the field does.
 *
 * @param tiles how many tiles 1.0.0 sees
 * @param moreTiles how many more 1.1.0 sees
 */
public record Releases(int tiles, int moreTiles) {
  private static final String NAME = "inspection";
  private static final Shape SHAPE = new Shape(16, 64);
  private static final int WIDER = 5;
  private static final float WIDENING_NOISE = 0.005f;
  private static final float LOW_LIGHT = 0.1f;
  private static final float MORE_LOW_LIGHT = 0.2f;
  private static final float RATE = 0.0015f;
  private static final float FINE_RATE = 0.0005f;

  // Seeds of series that share no tile; HeldOut and Golden have others.
  private static final long WEIGHTS_SEED = 1;
  private static final long TRAINING_SEED = 7;
  private static final long MORE_SEED = 8;
  private static final long WIDENING_SEED = 9;

  /** As the demo trains them. */
  public static Releases full() {
    return new Releases(12_000, 6_000);
  }

  public TrainedRelease baseline() {
    var training = new Training(new Surfaces(TRAINING_SEED, LOW_LIGHT), tiles, RATE);
    return release("1.0.0", training.train(Network.untrained(SHAPE, WEIGHTS_SEED)));
  }

  public TrainedRelease fineTuned(TrainedRelease baseline) {
    var training = new Training(new Surfaces(MORE_SEED, MORE_LOW_LIGHT), moreTiles, FINE_RATE);
    return release("1.1.0", training.train(baseline.network()));
  }

  public TrainedRelease widened(TrainedRelease fineTuned) {
    var widening = new Widening(WIDER, WIDENING_NOISE, WIDENING_SEED);
    return release("1.2.0", widening.widen(fineTuned.network()));
  }

  private static TrainedRelease release(String version, Network network) {
    // The keys are the runner's; see ModelCard there.
    var metadata =
        new TreeMap<>(
            Map.of(
                "hatchery.labels", String.join(",", SurfaceClass.labels()),
                "hatchery.mean", Float.toString(Normalisation.MEAN),
                "hatchery.scale", Float.toString(Normalisation.SCALE),
                "version", version));
    byte[] onnx = OnnxWriter.write(network, metadata);
    return new TrainedRelease(ReleaseId.parse(NAME + "@" + version), network, Bytes.of(onnx));
  }
}
