package dev.hatchery.runner.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Refusal;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TensorTest {
  @Test
  void keepsShapeAndValues() {
    var tensor = new Tensor(List.of(2, 1), new float[] {3, 4});

    assertThat(tensor.shape()).containsExactly(2, 1);
    assertThat(tensor.toArray()).containsExactly(3, 4);
  }

  @Test
  void refusesAShapeThatIsNotItsDatas() {
    assertRefused(List.of(2, 2), 3);
    assertRefused(List.of(), 0);
    assertRefused(List.of(1, 1, 1, 1, 1, 1, 1, 1, 1), 1);
  }

  @Test
  void refusesDimensionsThatAreNegativeOrOverflow() {
    assertRefused(List.of(-1, -1), 1);
    assertRefused(List.of(0), 0);
    assertRefused(List.of(65_536, 65_536), 0);
    assertRefused(List.of(1 << 30, 1 << 30, 1 << 30), 0);
    assertRefused(List.of(Tensor.VALUES_MAX + 1), Tensor.VALUES_MAX + 1);
  }

  @Test
  void refusesWhatIsNotANumber() {
    for (float odd : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      assertThatThrownBy(() -> new Tensor(List.of(2), new float[] {0, odd}))
          .isInstanceOf(Refusal.class);
    }
  }

  private static void assertRefused(List<Integer> shape, int values) {
    assertThatThrownBy(() -> new Tensor(shape, new float[values])).isInstanceOf(Refusal.class);
  }
}
