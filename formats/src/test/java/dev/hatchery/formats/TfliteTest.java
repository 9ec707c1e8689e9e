package dev.hatchery.formats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.formats.FlatOut.Table;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** TFLite, a FlatBuffer. */
final class TfliteTest {
  @Test
  void tensorsAreWhereTheirBuffersAre() {
    var out = new TfliteOut();
    out.tensor("input", TfliteOut.F32, 0, 1, 4);
    out.tensor("w", TfliteOut.F32, out.buffer(Out.floats(1, 2, 3, 4)), 2, 2);
    out.tensor("four", TfliteOut.I4, out.buffer(Out.counting(50, 2)), 3);
    byte[] file = out.toBytes();

    ModelFile read = Read.file(file);

    assertThat(read.format()).isEqualTo(Format.TFLITE);
    assertThat(read.tensors()).extracting(Tensor::name).containsExactly("w", "four");
    Tensor w = read.tensors().getFirst();
    assertThat(w.shape()).containsExactly(2L, 2L);
    assertThat(Read.content(file, w)).isEqualTo(Out.floats(1, 2, 3, 4));
    assertThat(Read.content(file, read.tensors().getLast())).isEqualTo(Out.counting(50, 2));
    assertThat(read.metadata())
        .containsEntry("tflite.description", "made by hand")
        .containsEntry("tflite.subgraphs", "1");
  }

  @Test
  void tensorsThatShareABufferAreOne() {
    var out = new TfliteOut();
    int buffer = out.buffer(Out.counting(1, 4));
    out.tensor("a", TfliteOut.U8, buffer, 4);
    out.tensor("b", TfliteOut.U8, buffer, 2, 2);

    assertThat(Read.file(out.toBytes()).tensors()).extracting(Tensor::name).containsExactly("a");
  }

  @Test
  void equalNamesAreToldApart() {
    var out = new TfliteOut();
    out.tensor("a", TfliteOut.U8, out.buffer(new byte[1]), 1);
    out.tensor("a", TfliteOut.U8, out.buffer(new byte[1]), 1);

    assertThat(Read.file(out.toBytes()).tensors())
        .extracting(Tensor::name)
        .containsExactlyInAnyOrder("a", "a#2");
  }

  @Test
  void scalesAndZeroPointsArePlacesInTheFile() {
    var out = new TfliteOut();
    out.tensor("w", TfliteOut.I8, out.buffer(Out.counting(1, 6)), 2, 3)
        .node(4, TfliteOut.scales(1, new float[] {.25f, .5f, .75f}, 0, 0, 9));
    byte[] file = out.toBytes();

    Scaling scaling = Read.file(file).tensors().getFirst().scaling().orElseThrow();

    assertThat(scaling.axis()).isEqualTo(1);
    assertThat(scaling.type()).isEqualTo(ElementType.F32);
    assertThat(Arrays.copyOfRange(file, (int) scaling.offset(), (int) scaling.offset() + 12))
        .isEqualTo(Out.floats(.25f, .5f, .75f));
    var zeros = (ZeroPoints.Stored) scaling.zeroPoints().orElseThrow();
    assertThat(zeros.type()).isEqualTo(ElementType.I64);
    assertThat(zeros.count()).isEqualTo(3);
    assertThat(file[(int) zeros.offset() + 16]).isEqualTo((byte) 9);
  }

  @Test
  void oneScaleIsForAll() {
    var out = new TfliteOut();
    out.tensor("w", TfliteOut.I8, out.buffer(new byte[6]), 2, 3)
        .node(4, TfliteOut.scales(0, new float[] {.25f}));

    Scaling scaling = Read.file(out.toBytes()).tensors().getFirst().scaling().orElseThrow();

    assertThat(scaling.axis()).isEqualTo(-1);
    assertThat(scaling.zeroPoints()).isEmpty();
  }

  @Test
  void scalesThatDoNotFitAreNotScales() {
    assertThat(scaling(TfliteOut.scales(0, new float[] {1, 2, 3}))).isEmpty();
    assertThat(scaling(TfliteOut.scales(7, new float[] {1, 2, 3}))).isEmpty();
    assertThat(scaling(TfliteOut.scales(-1, new float[] {1, 2, 3}))).isEmpty();
    assertThat(scaling(TfliteOut.scales(1, new float[] {1, 2, 3}, 1))).isEmpty();
    assertThat(scaling(TfliteOut.scales(1, new float[] {1, 2, 3}).u8(4, 1))).isEmpty();
    assertThat(scaling(TfliteOut.scales(1, new float[0]))).isEmpty();
    assertThat(scaling(TfliteOut.scales(1, new float[] {1, 2, 3}))).isPresent();
  }

  private static Optional<Scaling> scaling(Table parameters) {
    var out = new TfliteOut();
    out.tensor("w", TfliteOut.I8, out.buffer(new byte[6]), 2, 3).node(4, parameters);
    return Read.file(out.toBytes()).tensors().getFirst().scaling();
  }

  @Test
  void dataBehindTheFlatBufferIsFound() {
    var out = new TfliteOut();
    // Where the data will be is not known before the file is written; its size does not depend on
    // it.
    out.tensor("w", TfliteOut.U8, out.buffer(new Table().u64(1, 1 << 12).u64(2, 4)), 4);
    byte[] head = out.toBytes();
    byte[] file =
        new Out()
            .bytes(head)
            .bytes(new byte[(1 << 12) - head.length])
            .bytes(Out.counting(60, 4))
            .toBytes();

    Tensor w = Read.file(file).tensors().getFirst();

    assertThat(w.offset()).isEqualTo(1 << 12);
    assertThat(Read.content(file, w)).isEqualTo(Out.counting(60, 4));
    assertThat(Read.refused(head)).hasMessageContaining("bytes 0 to");
  }

  @Test
  void stringsAndSparseTensorsAreLeftOut() {
    var out = new TfliteOut();
    out.tensor("words", TfliteOut.STRING, out.buffer(new byte[3]), 1);
    out.tensor("sparse", TfliteOut.F32, out.buffer(new byte[3]), 9).node(6, new Table());

    assertThat(Read.file(out.toBytes()).tensors()).isEmpty();
  }

  @Test
  void bytesThatDoNotFitTheShapeAreRefused() {
    var out = new TfliteOut();
    out.tensor("w", TfliteOut.F32, out.buffer(new byte[12]), 2, 2);

    assertThat(Read.refused(out.toBytes())).hasMessageContaining("16 bytes");
  }

  @Test
  void aBufferThatIsNotThereAndAnotherVersionAreRefused() {
    var missing = new TfliteOut();
    missing.tensor("w", TfliteOut.F32, 7, 1);

    assertThat(Read.refused(missing.toBytes())).hasMessageContaining("a buffer");
    assertThat(Read.refused(new TfliteOut().version(2).toBytes()))
        .hasMessageContaining("version 3");
  }

  /** Crashed TensorFlow's own reader (tensorflow#115308). */
  @Test
  void aRootBehindTheEndIsRefused() {
    assertThat(Read.refused(new Out().u32(0x18).text("TFL3").toBytes())).isNotNull();
  }
}
