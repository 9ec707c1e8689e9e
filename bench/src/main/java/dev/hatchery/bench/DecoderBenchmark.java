package dev.hatchery.bench;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import dev.hatchery.delta.BadPatch;
import dev.hatchery.delta.Checkpoint;
import dev.hatchery.delta.Decoder;
import dev.hatchery.delta.make.DeltaMaker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How fast a device makes the new file, ours beside {@code zstd --patch-from}. An operation is one
 * whole file; weights a second are the score times {@code rows} times 1,024.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class DecoderBenchmark {
  private static final int LEVEL = 19;
  private static final int WINDOW = 27;

  @Param public Weights weights = Weights.INT8_NEAR;

  /** Rows of 1,024 weights. */
  @Param("1024")
  public int rows;

  private Memory before = new Memory(new byte[0]);
  private Memory patch = before;
  private Memory made = before;
  private byte[] zstdPatch = new byte[0];

  /** Makes the two patches. */
  @Setup(Level.Trial)
  public void prepare() throws IOException {
    before = new Memory(weights.before(rows));
    byte[] after = weights.after(rows);
    patch = new Memory(patch(before.bytes(), after));
    made = new Memory(new byte[after.length]);
    try (var zstd = new ZstdCompressCtx()) {
      zstd.setLevel(LEVEL).setLong(WINDOW).loadDict(before.bytes());
      zstdPatch = zstd.compress(after);
    }
    if (!Arrays.equals(zstdPatchFrom(), after)) throw new IOException("zstd made another file");
  }

  static byte[] patch(byte[] before, byte[] after) throws IOException {
    Path folder = Files.createTempDirectory("hatchery-bench");
    Path old = Files.write(folder.resolve("old.safetensors"), before);
    Path wanted = Files.write(folder.resolve("new.safetensors"), after);
    Path patch = folder.resolve("patch");
    try {
      DeltaMaker.make(old, wanted, patch);
      return Files.readAllBytes(patch);
    } finally {
      for (Path file : new Path[] {old, wanted, patch, folder}) Files.deleteIfExists(file);
    }
  }

  /** Decodes, without the hashes of base and result. */
  @Benchmark
  public byte[] ours() throws IOException, BadPatch {
    var decoder = new Decoder(before, patch, made, Checkpoint.START);
    while (decoder.next()) {}
    return made.bytes();
  }

  /** The same file by zstd, with the old one as its dictionary. */
  @Benchmark
  public byte[] zstdPatchFrom() {
    try (var zstd = new ZstdDecompressCtx()) {
      zstd.loadDict(before.bytes());
      return zstd.decompress(zstdPatch, made.bytes().length);
    }
  }
}
