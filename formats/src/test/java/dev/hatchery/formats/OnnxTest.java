package dev.hatchery.formats;

import static dev.hatchery.formats.OnnxOut.F16;
import static dev.hatchery.formats.OnnxOut.F32;
import static dev.hatchery.formats.OnnxOut.I32;
import static dev.hatchery.formats.OnnxOut.I4;
import static dev.hatchery.formats.OnnxOut.I64;
import static dev.hatchery.formats.OnnxOut.STRING;
import static dev.hatchery.formats.OnnxOut.U8;
import static dev.hatchery.formats.OnnxOut.attribute;
import static dev.hatchery.formats.OnnxOut.graph;
import static dev.hatchery.formats.OnnxOut.graphAttribute;
import static dev.hatchery.formats.OnnxOut.initializer;
import static dev.hatchery.formats.OnnxOut.model;
import static dev.hatchery.formats.OnnxOut.node;
import static dev.hatchery.formats.OnnxOut.raw;
import static dev.hatchery.formats.OnnxOut.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where ONNX keeps its tensors. */
final class OnnxTest {
  @Test
  void rawDataOfAnInitializerIsItsTensor() {
    byte[] file =
        model(
            graph(
                raw("w", F32, Out.floats(1, 2, 3, 4, 5, 6), 2, 3),
                raw("h", F16, Out.counting(40, 4), 2),
                raw("four", I4, Out.counting(70, 3), 5)));

    ModelFile read = Read.file(file);

    assertThat(read.format()).isEqualTo(Format.ONNX);
    assertThat(read.tensors()).extracting(Tensor::name).containsExactly("w", "h", "four");
    Tensor w = Read.tensor(read, "w");
    assertThat(w.type()).isEqualTo(ElementType.F32);
    assertThat(w.shape()).containsExactly(2L, 3L);
    assertThat(Read.content(file, w)).isEqualTo(Out.floats(1, 2, 3, 4, 5, 6));
    assertThat(Read.content(file, Read.tensor(read, "h"))).isEqualTo(Out.counting(40, 4));
    assertThat(Read.content(file, Read.tensor(read, "four"))).isEqualTo(Out.counting(70, 3));
  }

  @Test
  void metadataSaysWhoWroteTheModelAndForWhichOperators() {
    assertThat(Read.file(model(graph())).metadata())
        .isEqualTo(
            Map.of(
                "onnx.ir_version", "10",
                "onnx.producer_name", "writer",
                "onnx.producer_version", "1.5",
                "onnx.opset.ai.onnx", "21",
                "onnx.opset.com.microsoft", "1",
                "labels", "ok,dent"));
  }

  @Test
  void dimensionsMayStandOneByOne() {
    ProtoOut one = new ProtoOut().number(1, 2).number(1, 1).number(2, U8).text(8, "w");

    ModelFile read = Read.file(model(graph(initializer(one.bytes(9, Out.counting(1, 2))))));

    assertThat(read.tensors().getFirst().shape()).containsExactly(2L, 1L);
  }

  @Test
  void packedFloatsAreATensor() {
    byte[] file = model(graph(initializer(tensor("w", F32, 2).bytes(4, Out.floats(7, 8)))));

    Tensor w = Read.file(file).tensors().getFirst();

    assertThat(Read.content(file, w)).isEqualTo(Out.floats(7, 8));
  }

  @Test
  void smallBytesInInt32DataAreATensorAndLargeOnesAreNot() {
    byte[] file =
        model(
            graph(
                initializer(tensor("small", U8, 3).packed(5, 1, 2, 127)),
                initializer(tensor("large", U8, 3).packed(5, 1, 2, 128)),
                initializer(tensor("words", I32, 3).packed(5, 1, 2, 3))));

    ModelFile read = Read.file(file);

    assertThat(read.tensors()).extracting(Tensor::name).containsExactly("small");
    assertThat(Read.content(file, read.tensors().getFirst())).containsExactly(1, 2, 127);
  }

  @Test
  void whatDoesNotLieInOnePieceIsLeftOut() {
    byte[] two = Out.floats(1);
    ModelFile read =
        Read.file(
            model(
                graph(
                    initializer(tensor("pieces", F32, 2).bytes(4, two).bytes(4, two)),
                    initializer(tensor("loose", F32, 1).float32(4, 1)),
                    initializer(tensor("words", STRING, 1).text(6, "a")),
                    initializer(tensor("later", 99, 1).bytes(9, two)),
                    initializer(tensor("segment", F32, 1).bytes(3, new byte[0]).bytes(9, two)),
                    raw("empty", F32, new byte[0], 0, 7))));

    assertThat(read.tensors()).isEmpty();
  }

  @Test
  void aConstantsTensorBearsTheNameOfItsOutput() {
    ProtoOut value = tensor("inner", I64, 1).bytes(9, Out.counting(1, 8));

    ModelFile read = Read.file(model(graph(node("Constant", "", "c", attribute("value", value)))));

    assertThat(read.tensors()).extracting(Tensor::name).containsExactly("c");
  }

  @Test
  void tensorsOfGraphsWithinNodesBearTheirPath() {
    ProtoOut then = graph(raw("w", U8, Out.counting(1, 2), 2));
    ProtoOut other = graph(raw("w", U8, Out.counting(3, 2), 2));
    byte[] file =
        model(
            graph(
                node(
                    "If",
                    "x",
                    "y",
                    graphAttribute("then_branch", then),
                    graphAttribute("else_branch", other))));

    ModelFile read = Read.file(file);

    assertThat(read.tensors())
        .extracting(Tensor::name)
        .containsExactly("node_y/then_branch/w", "node_y/else_branch/w");
    assertThat(Read.content(file, Read.tensor(read, "node_y/else_branch/w"))).containsExactly(3, 4);
  }

  @Test
  void namesThatAppearTwiceAreToldApart() {
    byte[] one = Out.counting(1, 1);

    ModelFile read =
        Read.file(model(graph(raw("w", U8, one, 1), raw("w#2", U8, one, 1), raw("w", U8, one, 1))));

    assertThat(read.tensors()).extracting(Tensor::name).containsExactly("w", "w#2", "w#3");
  }

  @Test
  void bytesThatDoNotFitTheShapeAreRefused() {
    assertThat(Read.refused(model(graph(raw("w", F32, new byte[7], 2)))))
        .hasMessageContaining("8 bytes");
    assertThat(Read.refused(model(graph(raw("w", I4, new byte[3], 4)))))
        .hasMessageContaining("2 bytes");
    assertThat(Read.refused(model(graph(raw("w", U8, new byte[3], -3)))))
        .hasMessageContaining("dimensions");
    assertThat(Read.refused(model(graph(raw("w", F32, new byte[8], 1L << 40, 1L << 40)))))
        .hasMessageContaining("2^63");
  }

  @Test
  void aModelHasOneGraph() {
    assertThat(Read.refused(new ProtoOut().number(1, 8).text(2, "p").toBytes()))
        .hasMessageContaining("a graph");
    ProtoOut two = new ProtoOut().number(1, 8).message(7, graph()).message(7, graph());
    assertThat(Read.refused(two.toBytes())).hasMessageContaining("one graph");
  }

  @Test
  void graphsMayNotNestWithoutEnd() {
    ProtoOut graph = graph(raw("w", U8, new byte[1], 1));
    for (int i = 0; i < Limits.DEPTH; i++) {
      graph = graph(node("If", "x", "y", graphAttribute("then_branch", graph)));
    }
    assertThat(Read.file(model(graph)).tensors()).hasSize(1);

    ProtoOut deeper = graph(node("If", "x", "y", graphAttribute("then_branch", graph)));
    assertThat(Read.refused(model(deeper))).hasMessageContaining("deeper");
  }

  @Test
  void groupsAndFieldZeroAreNotProtobufOfToday() {
    assertThat(Read.refused(new Out().u8(8).u8(8).u8(0x12).u8(0).u8(0x0b).toBytes()))
        .hasMessageContaining("wire type");
    assertThat(Read.refused(new Out().u8(8).u8(8).u8(0x12).u8(0).u8(0x02).u8(0).toBytes()))
        .hasMessageContaining("field number");
  }

  @Test
  void aNumberOfMoreThan64BitsIsRefused() {
    var out = new Out().u8(8).u8(8).u8(0x28);
    for (int i = 0; i < 9; i++) out.u8(0xff);

    assertThat(Read.refused(out.u8(2).toBytes())).hasMessageContaining("64 bits");
  }

  @Test
  void aTensorMayHave16DimensionsAndNoMore() {
    long[] shape = new long[16];
    Arrays.fill(shape, 1);
    List<Tensor> tensors = Read.file(model(graph(raw("w", U8, new byte[1], shape)))).tensors();
    assertThat(tensors.getFirst().shape()).hasSize(16);

    long[] more = Arrays.copyOf(shape, 17);
    assertThat(Read.refused(model(graph(raw("w", U8, new byte[1], more)))))
        .hasMessageContaining("at most 16 dimensions");
  }
}
