package dev.hatchery.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.runner.ort.Tensor;
import dev.hatchery.runner.ort.TinyOnnx;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The loop on a clock that moves only when it sleeps, or when a frame takes its time. */
@Timeout(10)
final class FrameLoopTest {
  private static final long SECOND = 1_000_000_000;

  private final Path folder;
  private final RunnerMetrics metrics = new RunnerMetrics(Instant.EPOCH);
  private final List<Long> seen = new ArrayList<>();
  private long now = 42;

  FrameLoopTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void takesFramesAtTheirRate() throws InterruptedException {
    run(4, 10, index -> frame(1));

    assertThat(seen).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    assertThat(now).isEqualTo(42 + 10 * SECOND / 4);
    assertThat(count("hatchery_inputs_total")).isEqualTo(10);
    assertThat(count("hatchery_inference_requests_total")).isEqualTo(10);
  }

  @Test
  void aLateLoopTakesTheNewestFrameAndCountsTheOnesThatWentBy() throws InterruptedException {
    run(
        2,
        5,
        index -> {
          now += index == 1 ? 2 * SECOND : 0;
          return frame(1);
        });

    assertThat(seen).containsExactly(0L, 1L, 5L, 6L, 7L);
    assertThat(count("hatchery_inputs_total")).isEqualTo(8);
    assertThat(count("hatchery_inference_requests_total")).isEqualTo(5);
  }

  @Test
  void aFrameThatFailsIsCountedAndTheNextOneIsTaken() throws InterruptedException {
    run(10, 6, index -> index == 2 ? frame(-1) : frame(1));

    assertThat(count("hatchery_inference_requests_total")).isEqualTo(6);
    assertThat(count("hatchery_inference_errors_total")).isEqualTo(1);
  }

  @Test
  void aFrameThatTheModelDoesNotTakeIsAnErrorOfTheModel() throws InterruptedException {
    run(10, 3, index -> new Tensor(List.of(1, 3), new float[3]));

    assertThat(count("hatchery_inference_errors_total")).isEqualTo(3);
    assertThat(count("hatchery_bad_requests_total")).isZero();
  }

  @Test
  void aSourceThatFailsLeavesItsFramesUnseenButCounted() throws InterruptedException {
    run(
        10,
        3,
        index -> {
          throw new IllegalStateException("the lens cap is on");
        });

    assertThat(count("hatchery_inputs_total")).isEqualTo(3);
    assertThat(count("hatchery_inference_requests_total")).isZero();
  }

  @Test
  void withoutAModelInputsCountAndInferencesDoNot() throws InterruptedException {
    var empty = new Serving(new SlotFolder(folder), InstantSource.system());
    loop(empty, 10, 3, index -> frame(1));

    assertThat(count("hatchery_inputs_total")).isEqualTo(3);
    assertThat(count("hatchery_inference_requests_total")).isZero();
  }

  /** Runs until {@code frames} frames were asked for. */
  private void run(double fps, int frames, InputSource.Frames source) throws InterruptedException {
    new SlotFixture(folder).install(TinyOnnx.first("left", "right").bytes());
    try (var serving = new Serving(new SlotFolder(folder), InstantSource.system())) {
      serving.reload();
      loop(serving, fps, frames, source);
    }
  }

  private void loop(Serving serving, double fps, int frames, InputSource.Frames source) {
    InputSource.Frames noted =
        index -> {
          seen.add(index);
          return source.at(index);
        };
    var beside = new SlotFolder(folder).shadow();
    var none = new Serving(beside, InstantSource.system());
    var shadow = new Beside(beside, none, new ShadowMetrics(), () -> 0);
    var inference = new Inference(serving, metrics, shadow, () -> 0);
    new FrameLoop(noted, fps, inference, metrics, pace(frames)).run();
    // The loop ended by an interrupt and passed it on; it must not reach the next test.
    assertThat(Thread.interrupted()).isTrue();
  }

  private FrameLoop.Pace pace(int frames) {
    return new FrameLoop.Pace() {
      @Override
      public void sleep(long nanos) throws InterruptedException {
        now += Math.max(0, nanos);
        if (seen.size() >= frames) {
          throw new InterruptedException("enough");
        }
      }

      @Override
      public long nanoTime() {
        return now;
      }
    };
  }

  private static Tensor frame(float value) {
    return new Tensor(List.of(1, 2), new float[] {value, value});
  }

  private long count(String name) {
    return metrics
        .text(Optional.empty())
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
        .sum();
  }
}
