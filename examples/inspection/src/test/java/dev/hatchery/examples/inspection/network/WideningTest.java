package dev.hatchery.examples.inspection.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hatchery.examples.inspection.surface.Surfaces;
import dev.hatchery.examples.inspection.surface.Tile;
import org.junit.jupiter.api.Test;

final class WideningTest {
  private final Network narrow = Network.untrained(new Shape(3, 5), 21);

  @Test
  void theWideNetworkSaysWhatTheNarrowOneSays() {
    Network wide = new Widening(3, 0, 22).widen(narrow);

    assertThat(wide.shape()).isEqualTo(new Shape(9, 15));
    assertThat(largestDifference(wide)).isLessThan(1e-5f);
  }

  @Test
  void noiseMakesCopiesDifferAndAnswersHardly() {
    Network wide = new Widening(2, 0.01f, 22).widen(narrow);

    assertThat(wide.kernel1[0]).isCloseTo(narrow.kernel1[0], within(0.05f));
    assertThat(wide.kernel1[0]).isNotEqualTo(wide.kernel1[3 * Shape.TAPS]);
    assertThat(largestDifference(wide)).isBetween(1e-6f, 0.05f);
  }

  @Test
  void theNarrowNetworkStaysAsItIs() {
    float[] before = narrow.parameters().get(2).values();
    new Widening(3, 0.01f, 22).widen(narrow);

    assertThat(narrow.parameters().get(2).values()).isEqualTo(before);
  }

  private float largestDifference(Network wide) {
    float[] pixels = new float[Tile.PIXELS];
    float largest = 0;
    for (int n = 0; n < 20; n++) {
      new Surfaces(23, 0.2f).tile(n).copyTo(pixels, 0);
      Normalisation.apply(pixels);
      float[] expected = new Pass(narrow).forward(pixels);
      float[] got = new Pass(wide).forward(pixels);
      for (int c = 0; c < Shape.CLASSES; c++) {
        largest = Math.max(largest, Math.abs(got[c] - expected[c]));
      }
    }
    return largest;
  }
}
