package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.delta.make.DeltaMaker;
import dev.hatchery.server.deltas.TwoFileModel;
import dev.hatchery.wire.api.ExpectedBytes;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Phase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of two files: the graph, and the weights beside it. */
final class ExternalDataTest {
  private static final byte[] OLD = TwoFileModel.weights();
  private static final byte[] NEW = TwoFileModel.trainedOn(OLD);

  @TempDir private Path folder;
  private Fleet fleet;

  @BeforeEach
  void start() {
    fleet = Fleet.ready(folder);
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  @Test
  void thePatchOfItsWeightsKnowsWhatTheGraphSaysOfThem() throws Exception {
    Path old = Files.write(folder.resolve("old"), OLD);
    Path now = Files.write(folder.resolve("now"), NEW);
    long blind = DeltaMaker.make(old, now, folder.resolve("blind")).patchBytes();
    Device device = fleet.device("edge-1", Map.of());
    fleet.release("inspection@1.0.0", files(OLD));
    RolloutView one =
        fleet.operator().startRollout(Fleet.spec("one", "inspection@1.0.0", Fleet.ALL));
    await(() -> fleet.operator().rollout(one.id()), r -> r.devicesTouched() == 1);
    device.poll(20).ifPresent(device::obey);
    await(() -> fleet.operator().rollout(one.id()), r -> r.phase() == Phase.COMPLETED);

    fleet.release("inspection@1.1.0", files(NEW));
    ExpectedBytes expected =
        await(
            () ->
                fleet
                    .operator()
                    .tryRollout(Fleet.spec("two", "inspection@1.1.0", Fleet.ALL))
                    .expectedBytes(),
            ExpectedBytes::ready);

    long saved = expected.full() - expected.planned();
    assertThat(NEW.length - saved).as("the patch").isLessThan(blind * 6 / 10);
  }

  private static Map<String, byte[]> files(byte[] weights) {
    return Map.of(TwoFileModel.MODEL, TwoFileModel.graph(), TwoFileModel.DATA, weights);
  }

  private <T> T await(Supplier<T> look, Predicate<T> good) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    T seen = look.get();
    while (!good.test(seen)) {
      if (System.nanoTime() > deadline) throw new AssertionError("still " + seen);
      fleet.clock.advance(Duration.ofMillis(20));
      Thread.onSpinWait();
      seen = look.get();
    }
    return seen;
  }
}
