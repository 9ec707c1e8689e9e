package dev.hatchery.bench;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
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

/** How long the server takes to find the smallest patch, ours beside {@code zstd --patch-from}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 3, time = 5)
@Fork(1)
public class MakerBenchmark {
  private static final int LEVEL = 19;
  private static final int WINDOW = 27;

  @Param public Weights weights = Weights.INT8_NEAR;

  /** Rows of 1,024 weights. */
  @Param("256")
  public int rows;

  private byte[] before = new byte[0];
  private byte[] after = new byte[0];

  /** Makes the pair. */
  @Setup(Level.Trial)
  public void prepare() {
    before = weights.before(rows);
    after = weights.after(rows);
  }

  /** The whole of it: layouts, trials, the winner, written to a file. */
  @Benchmark
  public byte[] ours() throws IOException {
    return DecoderBenchmark.patch(before, after);
  }

  /** What zstd makes of it with the old file as its dictionary. */
  @Benchmark
  public byte[] zstdPatchFrom() {
    try (var zstd = new ZstdCompressCtx()) {
      zstd.setLevel(LEVEL).setLong(WINDOW).loadDict(before);
      return zstd.compress(after);
    }
  }
}
