package dev.hatchery.server;

import static dev.hatchery.server.Refused.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.Restraint;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.wire.api.RecordedDeviceView;
import dev.hatchery.wire.api.RehearsalView;
import dev.hatchery.wire.api.RolloutView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a rehearsal stands on, from a real server. */
final class RehearsalTest {
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
  void thePlanIsAnsweredAsItWouldBeMadeAndNothingIsStarted() {
    Device device = fleet.device("edge-1", Map.of());
    runs("inspection@1.0.0", device);
    fleet.release("inspection@1.1.0");
    RehearsalView view = fleet.operator().rehearsal(next());
    RolloutView wouldBe = fleet.operator().tryRollout(next());

    assertThat(view.rollout()).isEqualTo(wouldBe.id()).isEqualTo("next-1");
    assertThat(view.previous().orElseThrow().release()).hasToString("inspection@1.0.0");
    assertThat(view.fit().devices()).isEqualTo(1);
    assertThat(view.idle()).isEqualTo(Duration.ofSeconds(60));
    assertThat(view.refused()).isEmpty();
    assertThat(fleet.operator().rollouts()).hasSize(1);
  }

  @Test
  void aDeviceComesWithItsPastItsDutyAndWhatItHasToFetch() {
    Device device = fleet.device("edge-1", Map.of("awake", "06.00-22.00", "zone", "Europe/Oslo"));
    runs("inspection@1.0.0", device);
    fleet.release("inspection@1.1.0", new byte[3 << 20]);
    RecordedDeviceView recorded = devices(Optional.empty()).getFirst();

    assertThat(recorded.id()).isEqualTo(device.id);
    assertThat(recorded.past().orElseThrow().requests()).isEqualTo(50);
    assertThat(recorded.past().orElseThrow().latency().total()).isEqualTo(50);
    assertThat(recorded.duty().orElseThrow().awake()).hasToString("06:00-22:00");
    assertThat(recorded.duty().orElseThrow().zone()).hasToString("Europe/Oslo");
    assertThat(recorded.heard()).isPresent();
    assertThat(recorded.bytes()).isGreaterThanOrEqualTo(3 << 20);
  }

  @Test
  void aDeviceThatWasNeverHeardOfHasNoPast() {
    fleet.device("edge-1", Map.of());
    fleet.release("inspection@1.0.0");
    RecordedDeviceView recorded =
        fleet
            .operator()
            .recordedDevices(Fleet.spec("next", "inspection@1.0.0", Fleet.ALL), Optional.empty())
            .devices()
            .getFirst();

    assertThat(recorded.past()).isEmpty();
    assertThat(recorded.duty()).isEmpty();
    assertThat(recorded.heard()).isEmpty();
  }

  @Test
  void aPageBeginsAfterTheLastDeviceOfTheOneBeforeAndPinnedOnesAreInNone() {
    runs("inspection@1.0.0", fleet.device("edge-1", Map.of()), fleet.device("edge-2", Map.of()));
    fleet.release("inspection@1.1.0");
    assertThat(devices(Optional.empty())).hasSize(2);
    assertThat(devices(Optional.of(new DeviceId("edge-1"))))
        .extracting(d -> d.id().value())
        .containsExactly("edge-2");
    assertThat(devices(Optional.of(new DeviceId("edge-2")))).isEmpty();

    fleet
        .operator()
        .restrain(
            new Restraint(
                Restraint.Kind.PIN,
                Optional.of(new Name("vision")),
                Optional.of(new DeviceId("edge-1")),
                Optional.empty(),
                fleet.clock.instant(),
                Optional.empty(),
                "stays"));
    assertThat(devices(Optional.empty())).extracting(d -> d.id().value()).containsExactly("edge-2");
    assertThat(fleet.operator().rehearsal(next()).restraints()).isEmpty();
  }

  @Test
  void whatPlanningWouldRefuseIsToldAndTheRestAnsweredAllTheSame() {
    runs("inspection@1.0.0", fleet.device("edge-1", Map.of()));
    fleet.release("inspection@1.1.0");
    fleet.release("inspection@1.2.0");
    fleet.operator().startRollout(Fleet.spec("busy", "inspection@1.2.0", Fleet.ALL));
    RehearsalView view = fleet.operator().rehearsal(next());

    assertThat(view.refused()).contains("one rollout at a time");
    assertThat(view.rollout()).isEqualTo("next-1");
    assertThat(devices(Optional.empty())).hasSize(1);
  }

  @Test
  void anUnknownReleaseIsRefused() {
    RolloutSpec spec = Fleet.spec("next", "inspection@9.9.9", Fleet.ALL);
    refused(Code.NOT_FOUND, () -> fleet.operator().rehearsal(spec));
    refused(Code.NOT_FOUND, () -> fleet.operator().recordedDevices(spec, Optional.empty()));
  }

  private static RolloutSpec next() {
    return Fleet.spec("next", "inspection@1.1.0", Fleet.ALL);
  }

  private List<RecordedDeviceView> devices(Optional<DeviceId> after) {
    RecordedDeviceView.Page page = fleet.operator().recordedDevices(next(), after);
    assertThat(page.more()).isFalse();
    return page.devices();
  }

  private void runs(String release, Device... devices) {
    fleet.release(release);
    String id = fleet.operator().startRollout(Fleet.spec("first", release, Fleet.ALL)).id();
    await(id, r -> r.devicesTouched() == devices.length);
    for (Device device : devices) device.obey(device.poll(20).orElseThrow());
    await(id, r -> r.phase() == RolloutView.Phase.COMPLETED);
  }

  private void await(String id, Predicate<RolloutView> condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.test(fleet.operator().rollout(id))) {
      if (System.nanoTime() > deadline) throw new AssertionError("still waiting for " + id);
      fleet.clock.advance(Duration.ofMillis(50));
      Thread.onSpinWait();
    }
  }
}
