package dev.hatchery.formats;

import static dev.hatchery.formats.OnnxOut.F32;
import static dev.hatchery.formats.OnnxOut.I8;
import static dev.hatchery.formats.OnnxOut.U8;
import static dev.hatchery.formats.OnnxOut.entry;
import static dev.hatchery.formats.OnnxOut.external;
import static dev.hatchery.formats.OnnxOut.graph;
import static dev.hatchery.formats.OnnxOut.initializer;
import static dev.hatchery.formats.OnnxOut.model;
import static dev.hatchery.formats.OnnxOut.node;
import static dev.hatchery.formats.OnnxOut.raw;
import static dev.hatchery.formats.OnnxOut.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Refusal;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ONNX tensors whose bytes lie in another file. */
final class ExternalDataTest {
  private static ModelFile data(ModelFile model, int size) {
    ModelFile data = ModelFile.readExternal(model, "m.data", MemorySegment.ofArray(new byte[size]));
    Read.sound(data, size);
    return data;
  }

  @Test
  void theModelNamesThemAndTheDataFileHasTheirLayout() {
    ModelFile model =
        Read.file(
            model(
                graph(
                    external("late", F32, "m.data", "16", 2),
                    external("early", U8, "m.data", "0", 3),
                    external("other", U8, "dir/n.data", "0", 3),
                    raw("inside", U8, new byte[1], 1))));

    assertThat(model.tensors()).extracting(Tensor::name).containsExactly("inside");
    assertThat(model.externals())
        .extracting(ExternalTensor::name)
        .containsExactly("late", "early", "other");
    assertThat(model.externals().getLast().location()).isEqualTo("dir/n.data");
    ModelFile data = data(model, 24);
    assertThat(data.format()).isEqualTo(Format.ONNX);
    assertThat(data.tensors()).extracting(Tensor::name).containsExactly("early", "late");
    assertThat(data.tensors().getLast().offset()).isEqualTo(16);
    assertThat(data.tensors().getLast().length()).isEqualTo(8);
  }

  @Test
  void tiedWeightsAreOneTensor() {
    ModelFile model =
        Read.file(
            model(graph(external("a", U8, "m.data", "0", 4), external("b", U8, "m.data", "0", 4))));

    assertThat(data(model, 4).tensors()).extracting(Tensor::name).containsExactly("a");
  }

  @Test
  void scalesCountOnlyInTheSameFile() {
    OnnxOut.Part weight = external("w", I8, "m.data", "8", 2, 2);
    OnnxOut.Part node = node("DequantizeLinear", "w,s", "y");

    ModelFile beside = Read.file(model(graph(node, weight, external("s", F32, "m.data", "0", 2))));
    ModelFile apart = Read.file(model(graph(node, weight, raw("s", F32, new byte[8], 2))));

    Scaling scaling = data(beside, 12).tensors().getLast().scaling().orElseThrow();
    assertThat(scaling.offset()).isZero();
    assertThat(scaling.count()).isEqualTo(2);
    assertThat(apart.externals().getFirst().scaling()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../m.data",
        "/etc/passwd",
        "a/../b",
        "a//b",
        "./m.data",
        "",
        "a\\b",
        "C:m",
        "a b",
        "a/"
      })
  void aLocationIsAPlainRelativePath(String location) {
    assertThat(Read.refused(model(graph(external("w", U8, location, "0", 1)))))
        .hasMessageContaining("relative path");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "", "1e3", "0x10", "9999999999999999999", " 1"})
  void anOffsetIsADecimalNumber(String offset) {
    assertThat(Read.refused(model(graph(external("w", U8, "m.data", offset, 1)))))
        .hasMessageContaining("decimal");
  }

  @Test
  void aLengthMustFitTheShape() {
    ProtoOut tensor =
        tensor("w", U8, 4)
            .message(13, entry("location", "m.data"))
            .message(13, entry("length", "5"))
            .number(14, 1);

    assertThat(Read.refused(model(graph(initializer(tensor))))).hasMessageContaining("4 bytes");
  }

  @Test
  void tensorsOutsideOfTheDataOrAcrossEachOtherAreRefused() {
    ModelFile outside = Read.file(model(graph(external("w", U8, "m.data", "3", 2))));
    ModelFile across =
        Read.file(
            model(graph(external("a", U8, "m.data", "0", 3), external("b", U8, "m.data", "2", 2))));

    assertThat(data(outside, 5).tensors()).hasSize(1);
    assertThatThrownBy(() -> data(outside, 4)).isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> data(across, 4))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("overlap");
  }
}
