package dev.hatchery.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files beyond 4 GiB, written with a hole in the middle, so that they take no space. */
final class LargeFileTest {
  private static final long FIRST = 5L << 30;

  @TempDir Path folder;

  @Test
  void safetensorsBeyond4GiBAreRead() throws IOException {
    String header =
        """
        {"big":{"dtype":"U8","shape":[5,1073741824],"data_offsets":[0,%d]},\
        "late":{"dtype":"F32","shape":[2],"data_offsets":[%d,%d]}}\
        """
            .formatted(FIRST, FIRST, FIRST + 8);
    byte[] head =
        new Out().u64(header.length()).bytes(header.getBytes(StandardCharsets.UTF_8)).toBytes();

    try (var arena = Arena.ofConfined()) {
      MemorySegment file = sparse(arena, head, head.length + FIRST, Out.floats(1, 2));
      late(file, ModelFile.read(file), head.length + FIRST);
    }
  }

  @Test
  void ggufBeyond4GiBIsRead() throws IOException {
    byte[] head =
        new GgufOut(3)
            .tensor("big", GgufOut.F32, 0, 1L << 28, 5)
            .tensor("late", GgufOut.F32, FIRST, 2)
            .header(32);

    try (var arena = Arena.ofConfined()) {
      MemorySegment file = sparse(arena, head, head.length + FIRST, Out.floats(1, 2));
      late(file, ModelFile.read(file), head.length + FIRST);
    }
  }

  @Test
  void externalDataBeyond4GiBIsRead() throws IOException {
    ModelFile model =
        Read.file(
            OnnxOut.model(
                OnnxOut.graph(
                    OnnxOut.external("big", OnnxOut.U8, "m.data", "0", 5, 1L << 30),
                    OnnxOut.external("late", OnnxOut.F32, "m.data", "" + FIRST, 2))));

    try (var arena = Arena.ofConfined()) {
      MemorySegment file = sparse(arena, new byte[1], FIRST, Out.floats(1, 2));
      late(file, ModelFile.readExternal(model, "m.data", file), FIRST);
    }
  }

  private static void late(MemorySegment file, ModelFile read, long offset) {
    Read.sound(read, file.byteSize());
    assertThat(read.tensors()).extracting(Tensor::name).containsExactly("big", "late");
    assertThat(read.tensors().getFirst().length()).isEqualTo(FIRST);
    Tensor late = read.tensors().getLast();
    assertThat(late.offset()).isEqualTo(offset);
    MemorySegment content = file.asSlice(late.offset(), late.length());
    assertThat(content.mismatch(MemorySegment.ofArray(Out.floats(1, 2)))).isEqualTo(-1);
  }

  private MemorySegment sparse(Arena arena, byte[] head, long at, byte[] tail) throws IOException {
    Path path = folder.resolve("large");
    try (var channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.SPARSE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(head), 0);
      channel.write(ByteBuffer.wrap(tail), at);
      return channel.map(MapMode.READ_ONLY, 0, at + tail.length, arena);
    }
  }
}
