package dev.hatchery.pipeline.optimise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AffineTest {
  @Test
  void weightsHaveZeroInTheMiddleAndLeaveTheLeastNumberOut() {
    Affine affine = Affine.weights(-2.54f, 1);

    assertThat(affine.zero()).isZero();
    assertThat(affine.scale()).isEqualTo((float) (2 * (double) 2.54f / 254));
    assertThat(affine.quantised(-2.54f)).isEqualTo(-127);
    assertThat(affine.quantised(2.54f)).isEqualTo(127);
    assertThat(affine.quantised(9)).isEqualTo(127);
  }

  @Test
  void activationsUseAllNumbersAndMeetZero() {
    Affine affine = Affine.activations(0, 2.55f);

    assertThat(affine.zero()).isEqualTo(-128);
    assertThat(affine.quantised(0)).isEqualTo(-128);
    assertThat(affine.quantised(2.55f)).isEqualTo(127);
    assertThat(affine.real(affine.quantised(0))).isZero();
  }

  @Test
  void rangesAreWidenedToHaveZeroInside() {
    assertThat(Affine.activations(1, 3)).isEqualTo(Affine.activations(0, 3));
    assertThat(Affine.activations(-3, -1)).isEqualTo(Affine.activations(-3, 0));
  }

  @Test
  void halvesGoToTheEvenNumber() {
    var whole = new Affine(1, 0, -128, 127);

    assertThat(whole.quantised(0.5f)).isEqualTo(0);
    assertThat(whole.quantised(1.5f)).isEqualTo(2);
    assertThat(whole.quantised(-2.5f)).isEqualTo(-2);
  }

  @Test
  void nothingButZeroHasScaleOne() {
    assertThat(Affine.weights(0, 0).scale()).isEqualTo(1);
    assertThat(Affine.activations(0, 0)).isEqualTo(new Affine(1, 0, -128, 127));
  }
}
