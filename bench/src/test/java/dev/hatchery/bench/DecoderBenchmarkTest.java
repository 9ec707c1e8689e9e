package dev.hatchery.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A benchmark that measures the wrong thing is worse than none. */
final class DecoderBenchmarkTest {
  @ParameterizedTest
  @EnumSource
  void bothMakeTheNewFile(Weights weights) throws Exception {
    var benchmark = new DecoderBenchmark();
    benchmark.weights = weights;
    benchmark.rows = 4;
    benchmark.prepare();

    assertThat(benchmark.zstdPatchFrom()).isEqualTo(weights.after(4));
    assertThat(benchmark.ours()).isEqualTo(weights.after(4));
  }
}
