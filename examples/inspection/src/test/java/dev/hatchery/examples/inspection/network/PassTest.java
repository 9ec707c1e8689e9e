package dev.hatchery.examples.inspection.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hatchery.examples.inspection.surface.Dice;
import dev.hatchery.examples.inspection.surface.Surfaces;
import dev.hatchery.examples.inspection.surface.Tile;
import org.junit.jupiter.api.Test;

final class PassTest {
  private static final float STEP = 1e-5f;
  private final Network network = Network.untrained(new Shape(3, 5), 11);
  private final float[] pixels = new float[Tile.PIXELS];
  private final int truth;

  PassTest() {
    Tile tile = new Surfaces(12, 0).tile(4);
    tile.copyTo(pixels, 0);
    Normalisation.apply(pixels);
    truth = tile.truth().output();
  }

  @Test
  void probabilitiesSumToOne() {
    float[] probabilities = new Pass(network).forward(pixels);

    float sum = 0;
    for (float p : probabilities) {
      assertThat(p).isBetween(0f, 1f);
      sum += p;
    }
    assertThat(sum).isBetween(0.9999f, 1.0001f);
  }

  @Test
  void computesWhatTheDefinitionSays() {
    double expected = new PlainNetwork(network).loss(pixels, truth);

    assertThat(-Math.log(new Pass(network).forward(pixels)[truth]))
        .isCloseTo(expected, within(1e-5));
  }

  @Test
  void gradientsAreTheSlopesOfTheLoss() {
    var gradient = new Network(network.shape());
    var pass = new Pass(network);
    pass.forward(pixels);
    pass.backward(truth, gradient);

    var dice = new Dice(13);
    for (int p = 0; p < network.parameters().size(); p++) {
      float[] weights = network.parameters().get(p).live();
      float[] slopes = gradient.parameters().get(p).live();
      for (int tries = 0; tries < 40; tries++) {
        int i = dice.below(weights.length);
        double measured = slope(weights, i);
        assertThat((double) slopes[i])
            .as("%s[%d]", network.parameters().get(p).name(), i)
            .isCloseTo(measured, within(1e-4 + 1e-3 * Math.abs(measured)));
      }
    }
  }

  private double slope(float[] weights, int i) {
    float weight = weights[i];
    weights[i] = weight + STEP;
    double above = new PlainNetwork(network).loss(pixels, truth);
    double distance = weights[i];
    weights[i] = weight - STEP;
    double below = new PlainNetwork(network).loss(pixels, truth);
    distance -= weights[i];
    weights[i] = weight;
    return (above - below) / distance;
  }
}
