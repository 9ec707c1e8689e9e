package dev.hatchery.delta.make;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.hatchery.delta.Header;
import dev.hatchery.delta.Op;
import dev.hatchery.delta.PatchFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Two files in a folder, and the patch between them. */
final class Pair {
  private final Path old;
  private final Path now;
  private final Path patch;

  Pair(Path folder, byte[] old, byte[] now) throws IOException {
    this.old = Files.write(folder.resolve("old"), old);
    this.now = Files.write(folder.resolve("now"), now);
    this.patch = folder.resolve("patch");
  }

  /** Makes the patch, applies it, and returns its bytes. */
  byte[] patched() throws Exception {
    DeltaMaker.Made made = DeltaMaker.make(old, now, patch);
    byte[] bytes = Files.readAllBytes(patch);
    assertThat(made.patchBytes()).isEqualTo(bytes.length);
    assertThat(made.newBytes()).isEqualTo(Files.size(now));
    assertThat(made.patchBytes()).isLessThanOrEqualTo(made.newBytes() + DeltaMaker.MOST_OVERHEAD);
    Path out = patch.resolveSibling("out");
    PatchFile.apply(old, patch, out);
    assertThat(Files.mismatch(out, now)).isEqualTo(-1);
    return bytes;
  }

  /** All ops of a patch. */
  static List<Op> ops(byte[] patch) throws Exception {
    ByteBuffer in = ByteBuffer.wrap(patch).order(ByteOrder.LITTLE_ENDIAN);
    List<Op> ops = new ArrayList<>();
    for (int at = Header.SIZE; at < patch.length; ) {
      int size = in.getInt(at);
      int stored = in.getInt(at + 4);
      byte[] table = Arrays.copyOfRange(patch, at + 44, at + 44 + stored);
      ops.addAll(Op.parse(stored == size ? table : Zstd.decompress(table, size)));
      at += 44 + stored + in.getInt(at + 12) + in.getInt(at + 28) + in.getInt(at + 32);
    }
    return ops;
  }

  static List<Op.Tensor> tensors(byte[] patch) throws Exception {
    return ops(patch).stream()
        .filter(op -> op instanceof Op.Tensor)
        .map(op -> (Op.Tensor) op)
        .toList();
  }
}
