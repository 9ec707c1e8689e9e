package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.wire.api.RolloutView;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the server learns of a device's nights from its reports, and what it does not. */
final class HabitTest {
  private static final String LEARNED = "sleeps 00:00-01:45 UTC, learned from 5 days";

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

  private List<String> told(Device device) {
    return fleet
        .operator()
        .explainDevice(device.id)
        .slots()
        .getOrDefault(Fleet.SLOT, List.of())
        .stream()
        .filter(line -> line.contains("sleeps ") || line.contains("awake "))
        .toList();
  }

  // The server listens for an hour and a half after midnight; later the devices are heard of.
  private void nights(int nights, Device... devices) {
    for (int n = 0; n < nights; n++) {
      var now = fleet.clock.instant().atOffset(ZoneOffset.UTC);
      var midnight = now.toLocalDate().plusDays(1).atStartOfDay().atOffset(ZoneOffset.UTC);
      fleet.clock.advance(Duration.between(now, midnight));
      for (int minute = 0; minute <= 92; minute += 4) {
        fleet.server().housekeep();
        fleet.clock.advance(Duration.ofMinutes(4));
      }
      for (Device device : devices) device.renewedToken().send(device.idle());
      // The quarter in which they were heard of is over.
      fleet.clock.advance(Duration.ofMinutes(20));
    }
  }

  @Test
  void nightsAreLearnedKeptAndOutrankedByTheLabel() {
    Device device = fleet.device("edge-1", Map.of());
    device.send(device.idle());
    nights(4, device);
    assertThat(told(device)).as("four nights are none").isEmpty();
    fleet.restart();
    device.server = fleet.address();
    nights(1, device);
    assertThat(told(device)).containsExactly(LEARNED);
    label("edge-1", "always");
    assertThat(told(device)).isEmpty();
    label("edge-1", "06.00-22.00");
    assertThat(told(device)).containsExactly("awake 06:00-22:00 UTC, by its label awake");
  }

  @Test
  void aReleaseThatSilencesADeviceTeachesNoExcuse() {
    Device healthy = fleet.device("edge-1", Map.of("site", "oslo"));
    Device silenced = fleet.device("edge-2", Map.of("site", "bergen"));
    fleet.release("inspection@1.0.0");
    fleet.release("inspection@1.1.0");
    String first = begin("one", "inspection@1.0.0", "");
    for (Device device : List.of(healthy, silenced)) device.obey(device.poll(20).orElseThrow());
    await(first, r -> r.phase().over());
    String bad = begin("two", "inspection@1.1.0", "selector: site=bergen");
    await(bad, r -> r.devicesTouched() == 1);
    fleet.operator().abort(bad, "it is silent");
    await(bad, r -> r.phase() == RolloutView.Phase.ROLLING_BACK);
    nights(5, healthy, silenced);
    assertThat(told(healthy)).containsExactly(LEARNED);
    assertThat(told(silenced)).isEmpty();
  }

  private void label(String device, String awake) {
    byte[] sheet =
        ("device,awake\n" + device + "," + awake + "\n").getBytes(StandardCharsets.UTF_8);
    fleet.operator().importLabels(sheet, false);
  }

  private String begin(String name, String release, String more) {
    return fleet.operator().startRollout(Fleet.spec(name, release, Fleet.ALL, more)).id();
  }

  private void await(String id, Predicate<RolloutView> until) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!until.test(fleet.operator().rollout(id))) {
      if (System.nanoTime() > deadline) throw new AssertionError("still " + id);
      Thread.onSpinWait();
    }
  }
}
