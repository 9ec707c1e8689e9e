package dev.hatchery.runner.ort;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class OnnxModelTest {
  private static final byte[] TINY = TinyOnnx.first("left", "right").bytes();

  @Test
  void scoresARowPerEntryOfTheBatch() {
    try (var model = OnnxModel.load(TINY)) {
      Scores scores = model.run(new Tensor(List.of(3, 2), new float[] {4, 0, 0, 4, 0, 0}));

      assertThat(scores.rows()).isEqualTo(3);
      assertThat(List.of(scores.label(0), scores.label(1), scores.label(2)))
          .containsExactly("left", "right", "left");
      double even = 1 / (1 + Math.exp(-1));
      assertThat(scores.row(2).getFirst()).isCloseTo((float) even, within(1e-6f));
    }
  }

  @Test
  void normalisesAsTheModelsMetadataSays() {
    byte[] shifted = TinyOnnx.first("left", "right").metadata("hatchery.mean", "4").bytes();
    byte[] scaled = TinyOnnx.first("left", "right").metadata("hatchery.scale", "0.25").bytes();
    try (var plain = OnnxModel.load(TINY);
        var minusFour = OnnxModel.load(shifted);
        var quarter = OnnxModel.load(scaled)) {
      List<Float> expected = plain.run(entry(1, 9)).row(0);

      assertThat(minusFour.run(entry(5, 13)).row(0)).isEqualTo(expected);
      assertThat(quarter.run(entry(4, 36)).row(0)).isEqualTo(expected);
      assertThat(plain.run(entry(4, 36)).row(0)).isNotEqualTo(expected);
    }
  }

  @Test
  void namesClassesByNumberWhenTheModelDoesNot() {
    try (var model = OnnxModel.load(new TinyOnnx().bytes())) {
      assertThat(model.labels()).containsExactly("0", "1");
    }
  }

  @Test
  void aSmallBatchAfterALargeOneIsNotMixedWithIt() {
    try (var model = OnnxModel.load(TINY)) {
      List<Float> alone = model.run(entry(0, 4)).row(0);
      model.run(new Tensor(List.of(2, 2), new float[] {9, 9, 9, 9}));

      assertThat(model.run(entry(0, 4)).row(0)).isEqualTo(alone);
    }
  }

  @Test
  void aWrongShapeIsTheSendersMistake() {
    try (var model = OnnxModel.load(TINY)) {
      assertRefused(
          Code.BAD_INPUT, () -> model.run(new Tensor(List.of(1, 3), new float[] {1, 2, 3})));
      assertRefused(Code.BAD_INPUT, () -> model.run(new Tensor(List.of(1025, 2), new float[2050])));
      assertRefused(Code.BAD_INPUT, () -> model.run(new Tensor(List.of(2), new float[] {1, 2})));
    }
  }

  @Test
  void scoresThatAreNotNumbersAreAnError() {
    try (var model = OnnxModel.load(TINY)) {
      assertRefused(Code.INTERNAL, () -> model.run(entry(-1, 0)));
      assertThat(model.run(entry(4, 0)).label(0)).isEqualTo("left");
    }
  }

  @Test
  void aFileThatIsNoModelIsRefused() {
    assertRefused(Code.LOADER, () -> OnnxModel.load("not a model".getBytes(UTF_8)));
    assertRefused(Code.LOADER, () -> OnnxModel.load(new byte[0]));
    assertRefused(Code.LOADER, () -> OnnxModel.load(new TinyOnnx().operator("Sqart").bytes()));
    assertRefused(Code.LOADER, () -> OnnxModel.load(Arrays.copyOf(TINY, TINY.length / 2)));
  }

  @Test
  void aModelOfAnotherKindIsRefused() {
    assertRefused(Code.LOADER, () -> OnnxModel.load(new TinyOnnx().secondInput().bytes()));
    assertRefused(Code.LOADER, () -> OnnxModel.load(new TinyOnnx().elementType(11).bytes()));
    assertRefused(Code.LOADER, () -> OnnxModel.load(new TinyOnnx().inputShape(1, 2).bytes()));
    assertRefused(Code.LOADER, () -> OnnxModel.load(new TinyOnnx().inputShape("N", "M").bytes()));
  }

  @Test
  void metadataThatDoesNotHoldIsRefused() {
    assertRefused(Code.LOADER, () -> OnnxModel.load(new TinyOnnx().labels("only").bytes()));
    assertRefused(Code.LOADER, () -> OnnxModel.load(new TinyOnnx().labels("twin,twin").bytes()));
    assertRefused(Code.LOADER, () -> load(new TinyOnnx().metadata("hatchery.mean", "grey")));
    assertRefused(Code.LOADER, () -> load(new TinyOnnx().metadata("hatchery.scale", "NaN")));
  }

  private static void load(TinyOnnx tiny) {
    OnnxModel.load(tiny.bytes()).close();
  }

  private static Tensor entry(float first, float second) {
    return new Tensor(List.of(1, 2), new float[] {first, second});
  }

  private static void assertRefused(Code code, ThrowingCallable work) {
    assertThatThrownBy(work)
        .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(code));
  }
}
