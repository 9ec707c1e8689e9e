package dev.hatchery.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** safetensors, whose header is the only JSON that is read here. */
final class SafetensorsTest {
  private static byte[] file(String header, int data) {
    byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return new Out().u64(json.length).bytes(json).bytes(Out.counting(1, data)).toBytes();
  }

  private static String entry(String name, String dtype, String shape, int begin, int end) {
    return "'%s':{'dtype':'%s','shape':[%s],'data_offsets':[%d,%d]}"
        .formatted(name, dtype, shape, begin, end);
  }

  @Test
  void tensorsAreWhereTheHeaderSays() {
    byte[] file =
        file(
            "{ "
                + entry("b", "I8", "2, 3", 8, 14)
                + " ,\n"
                + entry("a", "F32", "2", 0, 8)
                + ","
                + entry("none", "F32", "0,4", 8, 8)
                + ", '__metadata__' : {'format':'pt','by':'ha\\nd'}}   ",
            14);

    ModelFile read = Read.file(file);

    assertThat(read.format()).isEqualTo(Format.SAFETENSORS);
    assertThat(read.tensors()).extracting(Tensor::name).containsExactly("a", "b");
    Tensor b = read.tensors().getLast();
    assertThat(b.type()).isEqualTo(ElementType.I8);
    assertThat(b.shape()).containsExactly(2L, 3L);
    assertThat(Read.content(file, b)).isEqualTo(Out.counting(9, 6));
    assertThat(read.metadata()).isEqualTo(Map.of("format", "pt", "by", "ha\nd"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BOOL",
        "U8",
        "I8",
        "F8_E5M2",
        "F8_E4M3",
        "F8_E8M0",
        "F8_E4M3FNUZ",
        "F8_E5M2FNUZ",
        "I16",
        "U16",
        "F16",
        "BF16",
        "I32",
        "U32",
        "F32",
        "C64",
        "F64",
        "I64",
        "U64"
      })
  void everyTypeOfTheFormatIsKnown(String dtype) {
    int bytes = 4 * ElementType.valueOf(dtype).bytesPerBlock();

    assertThat(Read.file(file("{" + entry("w", dtype, "4", 0, bytes) + "}", bytes)).tensors())
        .extracting(t -> t.type().name())
        .containsExactly(dtype);
  }

  @Test
  void smallTypesShareBytes() {
    String header = entry("f", "F4", "6", 0, 3) + "," + entry("s", "F6_E2M3", "2,4", 3, 9);

    assertThat(Read.file(file("{" + header + "}", 9)).tensors()).hasSize(2);
  }

  @Test
  void aNameMayBeEscapedAndInAnyScript() {
    byte[] file = file("{" + entry("\\u00e9\\ud83d\\ude00\\\"\\\\\\/é", "U8", "1", 0, 1) + "}", 1);

    assertThat(Read.file(file).tensors().getFirst().name()).isEqualTo("é😀\"\\/é");
  }

  @Test
  void anEmptyFileHasNoTensors() {
    assertThat(Read.file(file("{}", 0)).tensors()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'w':{'dtype':'U8','shape':[4],'data_offsets':[0,4]}", // not closed
        "{'w':{'dtype':'U8','shape':[4],'data_offsets':[0,4]},}",
        "{'w':{'dtype':'U8','shape':[4],'data_offsets':[0,4]}}x",
        "{'w':{'dtype':'U8','shape':[4],'data_offsets':[0,4],'more':1}}",
        "{'w':{'dtype':'U8','shape':[4],'shape':[4],'data_offsets':[0,4]}}",
        "{'w':{'dtype':'U8','shape':[4]}}",
        "{'w':{'dtype':'U8','shape':[4],'data_offsets':[0,4,4]}}",
        "{'w':{'dtype':'U8','shape':[4],'data_offsets':[4]}}",
        "{'w':{'dtype':'U7','shape':[4],'data_offsets':[0,4]}}",
        "{'w':{'dtype':'U8','shape':[-4],'data_offsets':[0,4]}}",
        "{'w':{'dtype':'U8','shape':[04],'data_offsets':[0,4]}}",
        "{'w':{'dtype':'U8','shape':[4.0],'data_offsets':[0,4]}}",
        "{'w':{'dtype':'U8','shape':[4e0],'data_offsets':[0,4]}}",
        "{'w':{'dtype':'U8','shape':[5],'data_offsets':[0,4]}}",
        "{'w':{'dtype':'U8','shape':[4],'data_offsets':[4,0]}}",
        "{'w':{'dtype':'U8','shape':[3],'data_offsets':[0,3]}}", // a byte left over
        "{'w':{'dtype':'U8','shape':[3],'data_offsets':[1,4]}}", // a hole before
        "{'w':{'dtype':'U8','shape':[5],'data_offsets':[0,5]}}", // beyond the end
        "{'w':{'dtype':'U8','shape':[99999999999999999999],'data_offsets':[0,4]}}",
        "{'w':{'dtype':'F64','shape':[2000000000,2000000000,2],'data_offsets':[0,4]}}",
        "{'w':{'dtype':'U8','shape':[4],'data_offsets':[0,4]},'w':{}}",
        "{'__metadata__':{'a':1},'w':{'dtype':'U8','shape':[4],'data_offsets':[0,4]}}",
        "{'__metadata__':{'a':{}},'w':{'dtype':'U8','shape':[4],'data_offsets':[0,4]}}",
        "{'w\\ud800':{'dtype':'U8','shape':[4],'data_offsets':[0,4]}}",
        "{'w\\x':{'dtype':'U8','shape':[4],'data_offsets':[0,4]}}",
        "{'w\\u12g4':{'dtype':'U8','shape':[4],'data_offsets':[0,4]}}",
        "{'w\n':{'dtype':'U8','shape':[4],'data_offsets':[0,4]}}",
        "{w:{'dtype':'U8','shape':[4],'data_offsets':[0,4]}}",
        "{'w':[]}",
        "{'w':{'dtype':'U8','shape':[2],'data_offsets':[0,2]},"
            + "'v':{'dtype':'U8','shape':[3],'data_offsets':[1,4]}}" // overlap
      })
  void anotherHeaderIsRefused(String header) {
    assertThat(Read.refused(file(header, 4)).problem().title()).contains("SAFETENSORS");
  }

  @Test
  void textThatIsNotUtf8IsRefused() {
    byte[] file = file("{" + entry("w~", "U8", "1", 0, 1) + "}", 1);
    for (int i = 0; i < file.length; i++) if (file[i] == '~') file[i] = (byte) 0xc0;

    assertThat(Read.refused(file)).hasMessageContaining("UTF-8");
  }

  @Test
  void longMetadataIsLeftOutAndLongNamesAreRefused() {
    String text = "x".repeat(Limits.NAME);
    byte[] file = file("{'__metadata__':{'long':'" + text + "','short':'s'}}", 0);

    assertThat(Read.file(file).metadata()).isEqualTo(Map.of("short", "s"));
    assertThat(Read.file(file("{" + entry(text, "U8", "1", 0, 1) + "}", 1)).tensors()).hasSize(1);
    assertThat(Read.refused(file("{" + entry(text + "x", "U8", "1", 0, 1) + "}", 1)))
        .hasMessageContaining("4096");
  }

  @Test
  void scalesAreFoundByTheirNames() {
    String header =
        entry("a_q", "I8", "2,3", 0, 6)
            + ","
            + entry("a_s", "F32", "2", 6, 14)
            + ","
            + entry("b", "I8", "2,3", 14, 20)
            + ","
            + entry("b_scale", "F16", "3,1", 20, 26)
            + ","
            + entry("b_zero_point", "I8", "3", 26, 29)
            + ","
            + entry("c", "U8", "2", 29, 31)
            + ","
            + entry("c.scale", "F32", "", 31, 35)
            + ","
            + entry("d", "I8", "2,3", 35, 41)
            + ","
            + entry("d_scale", "F32", "4", 41, 57);
    byte[] file = file("{" + header + "}", 57);

    ModelFile read = Read.file(file);

    Scaling a = Read.tensor(read, "a_q").scaling().orElseThrow();
    assertThat(a.offset()).isEqualTo(Read.tensor(read, "a_s").offset());
    assertThat(a.axis()).isZero();
    Scaling b = Read.tensor(read, "b").scaling().orElseThrow();
    assertThat(b.axis()).isEqualTo(1);
    assertThat(b.type()).isEqualTo(ElementType.F16);
    assertThat(b.zeroPoints())
        .contains(
            new ZeroPoints.Stored(Read.tensor(read, "b_zero_point").offset(), 3, ElementType.I8));
    assertThat(Read.tensor(read, "c").scaling().map(Scaling::axis)).contains(-1);
    assertThat(Read.tensor(read, "d").scaling()).isEmpty();
  }
}
