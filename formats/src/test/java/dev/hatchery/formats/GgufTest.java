package dev.hatchery.formats;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** GGUF in its three versions. */
final class GgufTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void tensorsAreWhereTheTableSays(int version) {
    byte[] data = Out.counting(1, 96 + 8);
    byte[] file =
        new GgufOut(version)
            .text("general.architecture", "llama")
            .strings("tokenizer.ggml.tokens", "a", "bc", "")
            .number("llama.block_count", 4_000_000_000L)
            .tensor("blk.0.w", GgufOut.Q4_0, 0, 32, 3)
            .tensor("norm", GgufOut.F32, 96, 2)
            .file(32, data);

    ModelFile read = Read.file(file);

    assertThat(read.format()).isEqualTo(Format.GGUF);
    assertThat(read.tensors()).extracting(Tensor::name).containsExactly("blk.0.w", "norm");
    Tensor w = read.tensors().getFirst();
    assertThat(w.type()).isEqualTo(ElementType.Q4_0);
    assertThat(w.shape()).containsExactly(3L, 32L);
    assertThat(w.length()).isEqualTo(54);
    assertThat(Read.content(file, w)).isEqualTo(Out.counting(1, 54));
    assertThat(Read.content(file, read.tensors().getLast())).isEqualTo(Out.counting(97, 8));
    assertThat(read.metadata())
        .containsEntry("gguf.version", "" + version)
        .containsEntry("general.architecture", "llama")
        .containsEntry("llama.block_count", "4000000000")
        .hasSize(3);
  }

  @Test
  void everyKindOfValueIsRead() {
    var out = new GgufOut(3);
    out.pair("u8", 0).u8(200);
    out.pair("i8", 1).u8(200);
    out.pair("u16", 2).u16(60000);
    out.pair("i16", 3).u16(60000);
    out.pair("i32", 5).u32(-5);
    out.pair("f32", 6).f32(1.5f);
    out.pair("bool", 7).u8(1);
    out.pair("u64", 10).u64(-1);
    out.pair("i64", 11).u64(-1);
    out.pair("f64", 12).u64(Double.doubleToLongBits(-2.5));
    out.pair("ints", 9).u32(5).u64(3).u32(1).u32(2).u32(3);
    out.pair("lists", 9).u32(9).u64(2).u32(0).u64(1).u8(7).u32(8).u64(0);

    assertThat(Read.file(out.file(32, new byte[0])).metadata())
        .containsEntry("u8", "200")
        .containsEntry("i8", "-56")
        .containsEntry("u16", "60000")
        .containsEntry("i16", "-5536")
        .containsEntry("i32", "-5")
        .containsEntry("f32", "1.5")
        .containsEntry("bool", "1")
        .containsEntry("u64", "18446744073709551615")
        .containsEntry("i64", "-1")
        .containsEntry("f64", "-2.5")
        .doesNotContainKeys("ints", "lists");
  }

  @Test
  void theAlignmentIsTheFiles() {
    byte[] file =
        new GgufOut(3)
            .number("general.alignment", 8)
            .tensor("a", GgufOut.F32, 0, 1)
            .tensor("b", GgufOut.F32, 8, 1)
            .file(8, Out.counting(1, 12));

    ModelFile read = Read.file(file);

    assertThat(Read.content(file, Read.tensor(read, "b"))).isEqualTo(Out.counting(9, 4));
  }

  @ParameterizedTest
  @CsvSource({"0", "3", "2097152", "4294967295"})
  void anAlignmentIsASmallPowerOfTwo(long alignment) {
    byte[] file = new GgufOut(3).number("general.alignment", alignment).file(32, new byte[0]);

    assertThat(Read.refused(file)).hasMessageContaining("power of two");
  }

  @Test
  void scalarsAndEmptyTensorsAreAllowed() {
    byte[] file =
        new GgufOut(3)
            .tensor("scalar", GgufOut.F32, 0)
            .tensor("empty", GgufOut.F32, 32, 0)
            .file(32, new byte[4]);

    assertThat(Read.file(file).tensors()).extracting(Tensor::name).containsExactly("scalar");
  }

  @Test
  void tensorsThatCannotBeAreRefused() {
    assertThat(Read.refused(with(GgufOut.Q6_K, 0, 128))).hasMessageContaining("whole blocks");
    assertThat(Read.refused(with(GgufOut.F32, 4, 1))).hasMessageContaining("multiples of 32");
    assertThat(Read.refused(with(GgufOut.F32, -32, 1))).hasMessageContaining("multiples of 32");
    assertThat(Read.refused(with(GgufOut.F32, 0, 17))).hasMessageContaining("bytes 0 to");
    assertThat(Read.refused(with(GgufOut.F32, Long.MAX_VALUE - 31, 1))).isNotNull();
    assertThat(Read.refused(with(GgufOut.F32, 0, 1L << 62, 4))).hasMessageContaining("shape");
    assertThat(Read.refused(with(GgufOut.F32, 0, -1))).hasMessageContaining("below 2^63");
    assertThat(Read.refused(with(4, 0, 32))).hasMessageContaining("type of ggml");
    assertThat(Read.refused(with(-1, 0, 32))).hasMessageContaining("type of ggml");
  }

  private static byte[] with(int type, long offset, long... dimensions) {
    return new GgufOut(3).tensor("w", type, offset, dimensions).file(32, new byte[64]);
  }

  @Test
  void tensorsMayNotOverlapNorKeysAndNamesRepeat() {
    GgufOut overlap = new GgufOut(3).tensor("a", GgufOut.F32, 0, 9).tensor("b", GgufOut.F32, 32, 1);
    GgufOut names = new GgufOut(3).tensor("a", GgufOut.F32, 0, 1).tensor("a", GgufOut.F32, 32, 1);
    GgufOut keys = new GgufOut(3).number("a", 1).number("a", 1);

    assertThat(Read.refused(overlap.file(32, new byte[64]))).hasMessageContaining("overlap");
    assertThat(Read.refused(names.file(32, new byte[64]))).hasMessageContaining("names differ");
    assertThat(Read.refused(keys.file(32, new byte[64]))).hasMessageContaining("keys that differ");
  }

  @Test
  void bigEndianAndLaterVersionsAreRefused() {
    assertThat(Read.refused(new Out().text("GGUF").bigEndian32(3).u64(0).u64(0).toBytes()))
        .hasMessageContaining("little endian");
    assertThat(Read.refused(new Out().text("GGUF").u32(4).u64(0).u64(0).toBytes()))
        .hasMessageContaining("version 1 to 3");
  }

  @Test
  void arraysMayNotNestWithoutEnd() {
    var out = new GgufOut(3);
    Out pair = out.pair("deep", 9);
    for (int i = 0; i < 5; i++) pair.u32(9).u64(1);
    pair.u32(0).u64(1).u8(1);

    assertThat(Read.refused(out.file(32, new byte[0]))).hasMessageContaining("less deep");
  }
}
