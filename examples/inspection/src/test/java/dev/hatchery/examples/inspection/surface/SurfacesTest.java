package dev.hatchery.examples.inspection.surface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SurfacesTest {
  private final Surfaces surfaces = new Surfaces(1, 0.1f);

  @Test
  void aTileDependsOnSeedAndNumberAlone() {
    float[] tile = pixels(surfaces.tile(77));

    assertThat(pixels(new Surfaces(1, 0.1f).tile(77))).isEqualTo(tile);
    assertThat(pixels(surfaces.tile(78))).isNotEqualTo(tile);
    assertThat(pixels(new Surfaces(2, 0.1f).tile(77))).isNotEqualTo(tile);
  }

  @Test
  void pixelsAreGreySteps() {
    for (int n = 0; n < 50; n++) {
      for (float pixel : pixels(surfaces.tile(n))) {
        assertThat(pixel).isBetween(0f, 1f);
        assertThat(pixel).isEqualTo(Math.round(pixel * 250) / 250f);
      }
    }
  }

  @Test
  void everyClassComesAboutEquallyOften() {
    Map<SurfaceClass, Integer> counts = new EnumMap<>(SurfaceClass.class);
    for (int n = 0; n < 1_000; n++) {
      counts.merge(surfaces.tile(n).truth(), 1, Integer::sum);
    }

    assertThat(counts).hasSize(4);
    assertThat(counts.values()).allMatch(count -> count > 200 && count < 300);
  }

  @Test
  void lowLightIsDark() {
    for (int n = 0; n < 50; n++) {
      double bright = mean(surfaces.tile(n, SurfaceClass.OK, false));
      double dark = mean(surfaces.tile(n, SurfaceClass.OK, true));
      assertThat(dark).isBetween(bright * 0.45, bright * 0.85);
    }
  }

  @Test
  void whatIsToBeSeenChangesThePicture() {
    float[] fine = pixels(surfaces.tile(3, SurfaceClass.OK, false));
    for (SurfaceClass fault : SurfaceClass.values()) {
      float[] tile = pixels(surfaces.tile(3, fault, false));
      assertThat(Arrays.equals(tile, fine)).isEqualTo(fault == SurfaceClass.OK);
    }
  }

  @Test
  void aShareIsBetweenNoneAndAll() {
    assertThatThrownBy(() -> new Surfaces(1, 1.1f)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Surfaces(1, Float.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static double mean(Tile tile) {
    double sum = 0;
    for (float pixel : pixels(tile)) {
      sum += pixel;
    }
    return sum / Tile.PIXELS;
  }

  private static float[] pixels(Tile tile) {
    float[] pixels = new float[Tile.PIXELS];
    tile.copyTo(pixels, 0);
    return pixels;
  }
}
