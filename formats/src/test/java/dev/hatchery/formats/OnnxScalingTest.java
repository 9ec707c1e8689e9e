package dev.hatchery.formats;

import static dev.hatchery.formats.OnnxOut.F16;
import static dev.hatchery.formats.OnnxOut.F32;
import static dev.hatchery.formats.OnnxOut.I32;
import static dev.hatchery.formats.OnnxOut.I4;
import static dev.hatchery.formats.OnnxOut.I8;
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

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where ONNX keeps the scales of quantised tensors. */
final class OnnxScalingTest {
  private static final OnnxOut.Part WEIGHT = raw("w", I8, new byte[12], 3, 4);
  private static final OnnxOut.Part ONE = raw("one", F32, Out.floats(.5f));
  private static final OnnxOut.Part THREE = raw("three", F32, Out.floats(1, 2, 3), 3);
  private static final OnnxOut.Part FOUR = raw("four", F32, Out.floats(1, 2, 3, 4), 4);
  private static final OnnxOut.Part ZEROS = raw("zeros", I8, new byte[4], 4);

  private static Optional<Scaling> scaling(String name, OnnxOut.Part... parts) {
    return Read.tensor(Read.file(model(graph(parts))), name).scaling();
  }

  @Test
  void dequantizeLinearScalesTheSecondAxisUnlessItSaysAnother() {
    OnnxOut.Part first = node("DequantizeLinear", "w,four,zeros", "y");
    ModelFile read = Read.file(model(graph(first, WEIGHT, FOUR, ZEROS)));

    Scaling scaling = Read.tensor(read, "w").scaling().orElseThrow();

    assertThat(scaling.offset()).isEqualTo(Read.tensor(read, "four").offset());
    assertThat(scaling.count()).isEqualTo(4);
    assertThat(scaling.type()).isEqualTo(ElementType.F32);
    assertThat(scaling.axis()).isEqualTo(1);
    assertThat(scaling.block()).isZero();
    assertThat(scaling.zeroPoints())
        .contains(new ZeroPoints.Stored(Read.tensor(read, "zeros").offset(), 4, ElementType.I8));
  }

  @ParameterizedTest
  @CsvSource({"three, 0, 0", "three, -2, 0", "four, 1, 1", "four, -1, 1", "one, 1, -1"})
  void theAxisIsTheNodesAndCountsFromTheEndToo(String scales, int attribute, int axis) {
    OnnxOut.Part node = node("DequantizeLinear", "w," + scales, "y", attribute("axis", attribute));

    Optional<Scaling> scaling = scaling("w", node, WEIGHT, ONE, THREE, FOUR);

    assertThat(scaling.map(Scaling::axis)).contains(axis);
    assertThat(scaling.flatMap(Scaling::zeroPoints)).isEmpty();
  }

  @Test
  void scalesThatDoNotFitAreNotScales() {
    OnnxOut.Part wrongNumber = node("DequantizeLinear", "w,three", "y");
    OnnxOut.Part noAxis = node("DequantizeLinear", "w,four", "y", attribute("axis", 7));
    OnnxOut.Part computed = node("DequantizeLinear", "w,elsewhere", "y");
    OnnxOut.Part zeroComputed = node("DequantizeLinear", "w,four,elsewhere", "y");

    assertThat(scaling("w", wrongNumber, WEIGHT, THREE)).isEmpty();
    assertThat(scaling("w", noAxis, WEIGHT, FOUR)).isEmpty();
    assertThat(scaling("w", computed, WEIGHT, FOUR)).isEmpty();
    assertThat(scaling("w", zeroComputed, WEIGHT, FOUR)).isEmpty();
  }

  @Test
  void aZeroPointThatIsNotPlainBytesIsToldByItsValue() {
    OnnxOut.Part zero = initializer(tensor("zero", U8).packed(5, 129));
    OnnxOut.Part negative = initializer(tensor("negative", I8).packed(5, -4));
    OnnxOut.Part loose = initializer(tensor("loose", U8).number(5, 200));
    OnnxOut.Part bytes = raw("w", U8, new byte[4], 4);

    assertThat(scaling("w", node("DequantizeLinear", "w,one,zero", "y"), bytes, ONE, zero))
        .map(Scaling::zeroPoints)
        .contains(Optional.of(new ZeroPoints.Same(129)));
    assertThat(scaling("w", node("DequantizeLinear", "w,one,negative", "y"), bytes, ONE, negative))
        .map(Scaling::zeroPoints)
        .contains(Optional.of(new ZeroPoints.Same(-4)));
    assertThat(scaling("w", node("DequantizeLinear", "w,one,loose", "y"), bytes, ONE, loose))
        .map(Scaling::zeroPoints)
        .contains(Optional.of(new ZeroPoints.Same(200)));
  }

  @Test
  void anEmbeddingThatIsGatheredFirstHasOneScale() {
    OnnxOut.Part gather = node("Gather", "w,x", "rows");
    OnnxOut.Part one = node("DequantizeLinear", "rows,one", "y");
    OnnxOut.Part four = node("DequantizeLinear", "rows,four", "y");

    assertThat(scaling("w", gather, one, WEIGHT, ONE).map(Scaling::axis)).contains(-1);
    assertThat(scaling("w", gather, four, WEIGHT, FOUR)).isEmpty();
  }

  @Test
  void blocksMayRunAlongAnyAxis() {
    OnnxOut.Part scales = raw("s", F32, Out.floats(1, 2, 3, 4, 5, 6, 7, 8), 2, 4);
    OnnxOut.Part node =
        node("DequantizeLinear", "w,s", "y", attribute("axis", 0), attribute("block_size", 2));

    Scaling scaling = scaling("w", node, WEIGHT, scales).orElseThrow();

    assertThat(scaling.axis()).isZero();
    assertThat(scaling.block()).isEqualTo(2);
    assertThat(scaling.count()).isEqualTo(8);
  }

  @Test
  void matMulIntegersScalesAreFoundByName() {
    OnnxOut.Part weight = raw("m_quantized", I8, new byte[16], 4, 4);
    OnnxOut.Part scale = raw("m_scale", F32, Out.floats(1, 2, 3, 4), 4);
    OnnxOut.Part zero = raw("m_zero_point", I8, new byte[4], 4);
    OnnxOut.Part matrix = node("MatMulInteger", "x,m_quantized,xz,m_zero_point", "y");
    OnnxOut.Part convolution = node("ConvInteger", "x,m_quantized,xz,m_zero_point", "y");

    assertThat(scaling("m_quantized", matrix, weight, scale, zero).map(Scaling::axis)).contains(1);
    assertThat(scaling("m_quantized", convolution, weight, scale, zero).map(Scaling::axis))
        .contains(0);
    assertThat(scaling("m_quantized", weight, scale, zero).flatMap(Scaling::zeroPoints))
        .isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "DynamicQuantizeMatMul, 'x,w,four,zeros', 1",
    "MatMulIntegerToFloat, 'x,w,xs,four,xz,zeros', 1",
    "QLinearMatMul, 'x,xs,xz,w,four,zeros', 1",
    "QLinearConv, 'x,xs,xz,w,three', 0",
    "QGemm, 'x,xs,xz,w,four,zeros', 1",
    "QAttention, 'x,w,b,xs,four,m,xz,zeros', 1"
  })
  void eachQuantisedOperatorNamesItsScales(String operator, String inputs, int axis) {
    assertThat(
            scaling("w", node(operator, inputs, "y"), WEIGHT, THREE, FOUR, ZEROS)
                .map(Scaling::axis))
        .contains(axis);
  }

  @Test
  void aTransposedGemmScalesItsRows() {
    OnnxOut.Part node = node("QGemm", "x,xs,xz,w,three", "y", attribute("transB", 1));

    assertThat(scaling("w", node, WEIGHT, THREE).map(Scaling::axis)).contains(0);
  }

  private static OnnxOut.Part matMulNBits(String inputs, int bits, int k) {
    return node(
        "MatMulNBits",
        inputs,
        "y",
        attribute("K", k),
        attribute("N", 2),
        attribute("bits", bits),
        attribute("block_size", 16));
  }

  @Test
  void matMulNBitsPacksTwoValuesPerByteInRowsOfWholeBlocks() {
    OnnxOut.Part b = raw("b", U8, new byte[2 * 3 * 8], 2, 3, 8);
    OnnxOut.Part scales = raw("s", F16, new byte[12], 6);

    ModelFile read = Read.file(model(graph(matMulNBits("x,b,s", 4, 40), b, scales)));

    Tensor tensor = Read.tensor(read, "b");
    assertThat(tensor.type()).isEqualTo(ElementType.U4);
    assertThat(tensor.shape()).containsExactly(2L, 48L);
    assertThat(tensor.scaling())
        .contains(
            new Scaling(
                Read.tensor(read, "s").offset(),
                6,
                ElementType.F16,
                1,
                16,
                Optional.of(new ZeroPoints.Same(8))));
  }

  @Test
  void matMulNBitsZeroPointsAreInWholeBytesPerRow() {
    OnnxOut.Part b = raw("b", U8, new byte[2 * 3 * 8], 2, 3, 8);
    OnnxOut.Part scales = raw("s", F32, new byte[24], 6);
    OnnxOut.Part packed = raw("z", U8, new byte[4], 4);
    OnnxOut.Part floats = raw("f", F32, new byte[24], 6);

    ModelFile read = Read.file(model(graph(matMulNBits("x,b,s,z", 4, 40), b, scales, packed)));

    long at = Read.tensor(read, "z").offset();
    assertThat(Read.tensor(read, "b").scaling().flatMap(Scaling::zeroPoints))
        .contains(new ZeroPoints.Stored(at, 8, ElementType.U4));
    assertThat(scaling("b", matMulNBits("x,b,s,f", 4, 40), b, scales, floats))
        .flatMap(Scaling::zeroPoints)
        .get()
        .isInstanceOfSatisfying(
            ZeroPoints.Stored.class,
            z -> {
              assertThat(z.count()).isEqualTo(6);
              assertThat(z.type()).isEqualTo(ElementType.F32);
            });
    assertThat(scaling("b", matMulNBits("x,b,s,zeros", 4, 40), b, scales, ZEROS)).isEmpty();
  }

  @Test
  void matMulNBitsMayHaveEightBits() {
    OnnxOut.Part b = raw("b", U8, new byte[96], 2, 3, 16);
    OnnxOut.Part scales = raw("s", F32, new byte[24], 6);

    ModelFile read = Read.file(model(graph(matMulNBits("x,b,s", 8, 48), b, scales)));

    Tensor tensor = Read.tensor(read, "b");
    assertThat(tensor.type()).isEqualTo(ElementType.U8);
    assertThat(tensor.shape()).containsExactly(2L, 48L);
    assertThat(tensor.scaling().flatMap(Scaling::zeroPoints)).contains(new ZeroPoints.Same(128));
  }

  @Test
  void matMulNBitsOfAnotherSizeIsPlainBytes() {
    OnnxOut.Part b = raw("b", U8, new byte[40], 40);
    OnnxOut.Part scales = raw("s", F32, new byte[24], 6);

    ModelFile read = Read.file(model(graph(matMulNBits("x,b,s", 4, 40), b, scales)));

    assertThat(Read.tensor(read, "b").type()).isEqualTo(ElementType.U8);
    assertThat(Read.tensor(read, "b").scaling()).isEmpty();
  }

  @Test
  void gatheredBlocksMayBePackedOrNot() {
    OnnxOut.Part packed = raw("b", U8, new byte[32], 2, 16);
    OnnxOut.Part plain = raw("b", I4, new byte[32], 2, 32);
    OnnxOut.Part scales = raw("s", F32, new byte[16], 2, 2);
    OnnxOut.Part node = node("GatherBlockQuantized", "b,x,s", "y", attribute("block_size", 16));

    Tensor bytes = Read.tensor(Read.file(model(graph(node, packed, scales))), "b");
    Tensor nibbles = Read.tensor(Read.file(model(graph(node, plain, scales))), "b");

    assertThat(bytes.type()).isEqualTo(ElementType.U4);
    assertThat(bytes.shape()).containsExactly(2L, 32L);
    assertThat(bytes.scaling().flatMap(Scaling::zeroPoints)).contains(new ZeroPoints.Same(8));
    assertThat(nibbles.scaling().map(Scaling::block)).contains(16);
    assertThat(nibbles.scaling().flatMap(Scaling::zeroPoints)).isEmpty();
  }

  @Test
  void aNodeWithinAGraphMayNameTensorsAroundIt() {
    ProtoOut inner = graph(node("DequantizeLinear", "w,four", "y"), FOUR);
    OnnxOut.Part outer = node("If", "x", "z", graphAttribute("then_branch", inner));

    assertThat(scaling("w", outer, WEIGHT).map(Scaling::count)).contains(4);
  }

  @Test
  void constantsAreScalesToo() {
    ProtoOut value = tensor("", F32).bytes(9, Out.floats(.25f));
    OnnxOut.Part constant = node("Constant", "", "s", attribute("value", value));
    OnnxOut.Part node = node("DequantizeLinear", "w,s", "y");

    assertThat(scaling("w", constant, node, WEIGHT).map(Scaling::axis)).contains(-1);
  }

  @Test
  void realNumbersHaveNoScales() {
    OnnxOut.Part weight = raw("w", F32, new byte[48], 3, 4);
    OnnxOut.Part whole = raw("i", I32, new byte[16], 4);

    assertThat(scaling("w", node("DequantizeLinear", "w,four", "y"), weight, FOUR)).isEmpty();
    assertThat(scaling("w", node("DequantizeLinear", "w,i", "y"), WEIGHT, whole)).isEmpty();
  }
}
