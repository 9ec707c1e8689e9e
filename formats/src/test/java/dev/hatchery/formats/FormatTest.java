package dev.hatchery.formats;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which files are known at all. */
final class FormatTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"", "x", "GGU", "\u0008", "\u0008\u0008", "PK\u0003\u0004", "not a model at all"})
  void anUnknownFileIsOpaque(String content) {
    ModelFile read = Read.file(new Out().text(content).toBytes());

    assertThat(read.format()).isEqualTo(Format.OPAQUE);
    assertThat(read.tensors()).isEmpty();
    assertThat(read.metadata()).isEmpty();
  }

  @Test
  void protobufOfAnotherKindIsOpaque() {
    // Field 1 is text, as in TensorFlow's saved models.
    assertThat(Read.file(new ProtoOut().text(1, "saved").number(2, 3).toBytes()).format())
        .isEqualTo(Format.OPAQUE);
  }

  @Test
  void aHeaderOfMoreThan100MbIsNotSafetensorsAndOneLongerThanTheFileIsBroken() {
    assertThat(Read.file(new Out().u64(100_000_001).text("{}").toBytes()).format())
        .isEqualTo(Format.OPAQUE);
    assertThat(Read.refused(new Out().u64(100_000_000).text("{}").toBytes())).isNotNull();
  }

  @Test
  void aRefusalSaysWhereAndNothingOfTheFile() {
    byte[] file = new Out().text("GGUF").u32(9).text("secret text").toBytes();

    assertThat(Read.refused(file))
        .hasMessage(
            "MALFORMED_MODEL this GGUF file is broken at byte 4 (expected GGUF version 1 to 3, "
                + "little endian, got 9): export or fetch the model again");
  }
}
