package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.DesiredState;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Order;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole story with real parts: enrolment, releases, rollouts that pass and one that does not.
 */
final class StoryTest {
  @TempDir private Path folder;

  @Test
  void aGoodReleaseReachesAllAndABadOneOnlyItsCanary() {
    try (var fleet = Fleet.ready(folder)) {
      Map<String, Device> devices = new LinkedHashMap<>();
      for (int i = 1; i <= 4; i++) devices.put("edge-" + i, fleet.device("edge-" + i, Map.of()));
      fleet.release("inspection@1.0.0");
      fleet.release("inspection@1.1.0");

      RolloutView first = run(fleet, devices, good("first", "1.0.0"), _ -> true);
      assertThat(first.phase()).isEqualTo(Phase.COMPLETED);
      assertThat(first.previous()).isEmpty();
      assertThat(first.bytesDownloaded()).isEqualTo(4000);
      assertThat(head(fleet)).contains(ReleaseId.parse("inspection@1.0.0"));

      RolloutView bad = run(fleet, devices, staged("second", "1.1.0"), _ -> false);
      assertThat(bad.phase()).isEqualTo(Phase.ROLLED_BACK);
      assertThat(bad.devicesTouched()).isEqualTo(1);
      assertThat(bad.abort().orElseThrow().gate()).isEqualTo("errors:limit");
      assertThat(bad.abort().orElseThrow().firstBadAt()).isPresent();
      assertThat(bad.bytesForRollback()).isZero();
      assertThat(bad.finishedAt()).isPresent();
      assertThat(head(fleet)).contains(ReleaseId.parse("inspection@1.0.0"));
      assertThat(fleet.operator().decisions(bad.id()))
          .anySatisfy(d -> assertThat(d.summary()).contains("aborted by errors:limit"));
    }
  }

  private static RolloutSpec good(String name, String version) {
    return Fleet.spec(name, "inspection@" + version, "[{name: all, percent: 100, soak: 1s}]");
  }

  private static RolloutSpec staged(String name, String version) {
    return Fleet.spec(
        name,
        "inspection@" + version,
        "[{name: canary, count: 1, soak: 1s}, {name: all, percent: 100, soak: 1s}]");
  }

  private static Optional<ReleaseId> head(Fleet fleet) {
    return fleet.operator().channels().getFirst().head();
  }

  // Plays all devices until the rollout is over.
  private static RolloutView run(
      Fleet fleet, Map<String, Device> devices, RolloutSpec spec, Predicate<Device> works) {
    String id = fleet.operator().startRollout(spec).id();
    Map<String, DesiredState> held = new HashMap<>();
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (System.nanoTime() < deadline) {
      RolloutView now = fleet.operator().rollout(id);
      if (now.phase().over()) return now;
      Digest target =
          fleet.operator().releases().stream()
              .filter(r -> r.release().equals(spec.release()))
              .findFirst()
              .orElseThrow()
              .digest();
      for (Device device : devices.values()) {
        device.poll(0).ifPresent(desired -> held.put(device.id.value(), desired));
        DesiredState desired = held.get(device.id.value());
        if (desired == null) continue;
        Order order = Device.order(desired);
        boolean bad = order.manifest().equals(target) && !works.test(device);
        device.obey(order, bad ? 45 : 0, 30);
      }
      fleet.clock.advance(Duration.ofSeconds(1));
    }
    throw new AssertionError("not over: " + List.of(fleet.operator().rollout(id).verdicts()));
  }
}
