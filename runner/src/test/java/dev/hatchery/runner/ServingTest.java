package dev.hatchery.runner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.runner.ort.Tensor;
import dev.hatchery.runner.ort.TinyOnnx;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
final class ServingTest {
  private static final byte[] OLD = TinyOnnx.first("old", "other").bytes();
  private static final byte[] NEW = TinyOnnx.first("new", "other").bytes();
  private static final Tensor INPUT = new Tensor(List.of(1, 2), new float[] {1, 1});
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private final SlotFixture slot;
  private final Serving serving;

  ServingTest(@TempDir Path folder) {
    slot = new SlotFixture(folder);
    serving = new Serving(new SlotFolder(folder), InstantSource.fixed(NOON));
  }

  @AfterEach
  void close() {
    serving.close();
  }

  @Test
  void tellsTheBundleAndTheVeryBytesItLoaded() throws InterruptedException {
    Digest bundle = slot.install(OLD);
    LoadedModel loaded = serving.reload();

    assertThat(loaded.bundle()).isEqualTo(bundle);
    assertThat(loaded.file()).isEqualTo(Digest.of(OLD));
    assertThat(loaded.loadedAt()).isEqualTo(NOON);
    assertThat(serving.current()).containsSame(loaded);
  }

  @Test
  void aRequestInFlightKeepsItsModelAndTheReloadWaitsForIt() throws Exception {
    slot.install(OLD);
    LoadedModel old = serving.reload();
    slot.install(NEW);
    var switched = new CountDownLatch(1);
    var reloaded = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answer =
          serving.with(
              model -> {
                var _ =
                    threads.submit(
                        () -> {
                          serving.reload();
                          reloaded.countDown();
                          return true;
                        });
                awaitSwitchFrom(old, switched);
                assertThat(comesWithin100Millis(reloaded)).isFalse();
                return model.model().run(INPUT).label(0);
              });

      assertThat(switched.getCount()).isZero();
      assertThat(answer).contains("old");
      reloaded.await();
      assertThat(serving.with(model -> model.model().run(INPUT).label(0))).contains("new");
      assertThat(old.use()).isFalse();
    }
  }

  private static boolean comesWithin100Millis(CountDownLatch latch) {
    try {
      return latch.await(100, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void awaitSwitchFrom(LoadedModel old, CountDownLatch switched) {
    while (serving.current().filter(model -> model == old).isPresent()) {
      Thread.onSpinWait();
    }
    switched.countDown();
  }

  @Test
  void aReloadThatFailsLeavesTheOldModelInService() throws InterruptedException {
    slot.install(OLD);
    LoadedModel old = serving.reload();
    slot.install("no model".getBytes(UTF_8));

    assertThatThrownBy(serving::reload).isInstanceOf(Refusal.class);
    assertThat(serving.current()).containsSame(old);
    assertThat(serving.with(model -> model.model().run(INPUT).label(0))).contains("old");
  }

  @Test
  void aModelThatCannotComputeIsNotPutInService() {
    // Refused by the warm-up: the square root of -1 is no number.
    slot.install(TinyOnnx.first("left", "right").normalised(1, 1).bytes());

    assertThatThrownBy(serving::reload).isInstanceOf(Refusal.class);
    assertThat(serving.current()).isEmpty();
  }

  @Test
  void afterCloseThereIsNoModelToLend() throws InterruptedException {
    slot.install(OLD);
    LoadedModel loaded = serving.reload();
    serving.close();

    assertThat(loaded.use()).isFalse();
    assertThat(serving.with(model -> "something")).isEmpty();
  }
}
