package dev.hatchery.examples.inspection.network;

import dev.hatchery.examples.inspection.surface.Surfaces;
import dev.hatchery.examples.inspection.surface.Tile;

/**
 * Stochastic gradient descent with momentum over tiles that are each seen once; the rate falls in a
 * straight line to zero. One thread, a fixed order, no intrinsics whose results may differ: the
 * same input gives the same bits on every machine.
 *
 * @param tiles how many tiles are seen, from the series' beginning
 * @param rate the first learning rate, per tile of a batch
 */
public record Training(Surfaces surfaces, int tiles, float rate) {
  private static final int BATCH = 8;
  private static final float MOMENTUM = 0.9f;
  private static final int TILES_MAX = 1_000_000;

  public Training {
    if (tiles < BATCH || tiles > TILES_MAX) {
      throw new IllegalArgumentException(
          "tiles must be " + BATCH + " to " + TILES_MAX + ": " + tiles);
    }
    if (!(rate > 0 && rate < 1)) {
      throw new IllegalArgumentException("rate must lie between 0 and 1: " + rate);
    }
  }

  /** A trained copy; the network given stays as it is. */
  public Network train(Network start) {
    Network network = start.copy();
    var velocity = new Network(start.shape());
    var pass = new Pass(network);
    float[] pixels = new float[Tile.PIXELS];
    int batches = tiles / BATCH;
    for (int batch = 0; batch < batches; batch++) {
      for (int i = 0; i < BATCH; i++) {
        Tile tile = surfaces.tile((long) batch * BATCH + i);
        tile.copyTo(pixels, 0);
        Normalisation.apply(pixels);
        pass.forward(pixels);
        pass.backward(tile.truth().output(), velocity);
      }
      step(network, velocity, rate * (batches - batch) / batches);
    }
    return network;
  }

  /**
   * The velocity already holds the batch's gradient on top of what the steps before left of theirs.
   */
  private static void step(Network network, Network velocity, float rate) {
    for (int p = 0; p < network.parameters().size(); p++) {
      float[] weights = network.parameters().get(p).live();
      float[] speeds = velocity.parameters().get(p).live();
      for (int i = 0; i < weights.length; i++) {
        weights[i] -= rate * speeds[i];
        speeds[i] *= MOMENTUM;
      }
    }
  }
}
