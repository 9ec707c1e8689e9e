package dev.hatchery.examples.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.runner.InputSource;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

final class CameraTest {
  private final InputSource.Frames frames = new Camera().open(41);

  @Test
  void isFoundByTheRunner() {
    List<String> names = new ArrayList<>();
    ServiceLoader.load(InputSource.class).forEach(source -> names.add(source.name()));

    assertThat(names).contains("inspection");
  }

  @Test
  void aFrameIsABatchOfTiles() {
    assertThat(frames.at(0).shape()).containsExactly(192, 1, 32, 32);
  }

  @Test
  void aFrameDependsOnSeedAndNumberAlone() {
    float[] frame = frames.at(7).toArray();

    assertThat(new Camera().open(41).at(7).toArray()).isEqualTo(frame);
    assertThat(frames.at(8).toArray()).isNotEqualTo(frame);
    assertThat(new Camera().open(42).at(7).toArray()).isNotEqualTo(frame);
  }

  @Test
  void someFramesAreTakenInLowLight() {
    int dark = 0;
    for (int index = 0; index < 200; index++) {
      double sum = 0;
      for (float pixel : frames.at(index).toArray()) {
        sum += pixel;
      }
      double mean = sum / (192 * 1024);
      assertThat(mean < 0.4 || mean > 0.45).isTrue();
      dark += mean < 0.4 ? 1 : 0;
    }

    assertThat(dark).isBetween(10, 50);
  }
}
