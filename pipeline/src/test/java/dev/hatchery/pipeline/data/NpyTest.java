package dev.hatchery.pipeline.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.pipeline.graph.Port;
import dev.hatchery.runner.ort.Values;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NpyTest {
  @TempDir private Path folder;

  // As NumPy writes it: the header padded with spaces to a multiple of 64, a line's end last.
  private static byte[] array(String type, String shape, byte[] values) {
    String text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
    int length = (10 + text.length() + 1 + 63) / 64 * 64 - 10;
    byte[] header =
        (text + " ".repeat(length - text.length() - 1) + "\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(10 + length + values.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
        .putShort((short) length)
        .put(header)
        .put(values)
        .array();
  }

  private static byte[] floats(float... values) {
    byte[] bytes = new byte[4 * values.length];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    return bytes;
  }

  private static Npy read(byte[] file) {
    return Npy.read("x.npy", MemorySegment.ofArray(file));
  }

  @Test
  void entriesAreBatchesOfOne() {
    Npy array = read(array("<f4", "2, 3", floats(1, 2, 3, 4, 5, 6)));

    assertThat(array.entries()).isEqualTo(2);
    assertThat(array.entry(1)).isEqualTo(Values.of(List.of(1L, 3L), new float[] {4, 5, 6}));
  }

  @Test
  void aListOfNumbersHasOneInEachEntry() {
    assertThat(read(array("<f4", "3,", floats(1, 2, 3))).entry(2))
        .isEqualTo(Values.of(List.of(1L), new float[] {3}));
  }

  @Test
  void bytesAreFloatsAndWholeNumbersStayWhole() {
    assertThat(read(array("|u1", "1, 2", new byte[] {1, (byte) 255})).entry(0))
        .isEqualTo(Values.of(List.of(1L, 2L), new float[] {1, 255}));
    assertThat(read(array("<i8", "1, 1", new byte[] {7, 0, 0, 0, 0, 0, 0, 0})).entry(0))
        .isEqualTo(Values.of(List.of(1L, 1L), new long[] {7}));
  }

  @Test
  void whatCannotBeUsedIsToldWithWhatCan() {
    assertThatThrownBy(() -> read(array(">f4", "1, 1", floats(1)))).hasMessageContaining("<f4");
    assertThatThrownBy(() -> read(array("<f4", "2, 2", floats(1))))
        .hasMessageContaining("16 bytes");
    assertThatThrownBy(() -> read(array("<f4", "", floats(1)))).hasMessageContaining("dimensions");
    assertThatThrownBy(() -> read(new byte[] {1, 2, 3})).hasMessageContaining("magic");
  }

  @Test
  void mutationsAreReadOrRefused() {
    byte[] whole = array("<f4", "2, 3", floats(1, 2, 3, 4, 5, 6));
    int read = 0;
    for (long seed = 0; seed < 100_000; seed++) {
      var chance = new SplittableRandom(seed);
      byte[] file = whole.clone();
      for (int i = chance.nextInt(3); i >= 0; i--) {
        file[chance.nextInt(file.length)] = (byte) chance.nextInt(' ', 127);
      }
      if (chance.nextInt(4) == 0) file = Arrays.copyOf(file, chance.nextInt(file.length));
      try {
        Npy array = read(file);
        for (int i = 0; i < array.entries(); i++) array.entry(i);
        read++;
      } catch (Refusal refusal) {
        assertThat(refusal.code()).isEqualTo(Code.BAD_INPUT);
      }
    }
    assertThat(read).isBetween(1000, 99_000);
  }

  @Test
  void aModelOfTwoInputsTakesAFolderWithAFileForEach() throws IOException {
    List<Port> ports =
        List.of(new Port("a", true, List.of(0L, 1L)), new Port("b", true, List.of(0L, 1L)));
    Files.write(folder.resolve("a.npy"), array("<f4", "2, 1", floats(1, 2)));
    assertThatThrownBy(() -> NpySamples.open(folder, ports)).hasMessageContaining("b.npy");

    Files.write(folder.resolve("b.npy"), array("<f4", "1, 1", floats(1)));
    assertThatThrownBy(() -> NpySamples.open(folder, ports))
        .hasMessageContaining("as many samples");

    Files.write(folder.resolve("b.npy"), array("<f4", "2, 1", floats(3, 4)));
    try (NpySamples samples = NpySamples.open(folder, ports)) {
      assertThat(samples.count()).isEqualTo(2);
      assertThat(samples.sample(1).get("b")).isEqualTo(Values.of(List.of(1L, 1L), new float[] {4}));
    }
  }
}
