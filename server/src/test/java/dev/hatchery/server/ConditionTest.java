package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Restraint;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.SiteRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps a device from what it is ordered, told one by one. */
final class ConditionTest {
  @TempDir private Path folder;
  private Fleet fleet;
  private Device first;
  private Device second;

  @BeforeEach
  void start() {
    fleet = Fleet.ready(folder);
    first = fleet.device("edge-1", Map.of("site", "oslo"));
    second = fleet.device("edge-2", Map.of("site", "bergen"));
    fleet.release("inspection@1.0.0");
    fleet.release("inspection@1.1.0");
    String id = begin("one", "inspection@1.0.0", "");
    for (Device device : List.of(first, second)) device.obey(device.poll(20).orElseThrow());
    await(id, r -> r.phase().over());
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  private List<String> unmet(Device device) {
    return fleet
        .operator()
        .explainDevice(device.id)
        .slots()
        .getOrDefault(Fleet.SLOT, List.of())
        .stream()
        .map(String::strip)
        .filter(line -> line.startsWith("unmet: "))
        .map(line -> line.substring("unmet: ".length()))
        .toList();
  }

  @Test
  void whoHasWhatItIsOrderedWantsNothing() {
    first.send(first.idle());
    assertThat(unmet(first)).isEmpty();
  }

  @Test
  void anOrderThatIsNotAcceptedIsToldWithBothCounters() {
    String id = begin("two", "inspection@1.1.0", "");
    await(id, r -> r.devicesTouched() == 2);
    assertThat(unmet(first))
        .anyMatch(l -> l.matches("it holds desired state 1, and should hold 2, since .*Z"));
  }

  @Test
  void silenceIsToldWithItsTime() {
    fleet.clock.advance(Duration.ofMinutes(10));
    assertThat(unmet(first)).anyMatch(l -> l.matches("silent for 10m.*, since .*Z"));
    Device fresh = fleet.device("edge-3", Map.of());
    assertThat(unmet(fresh)).anyMatch(l -> l.startsWith("it was never heard of; it enrolled at "));
  }

  @Test
  void aWindowThatIsShutIsToldInTheDevicesZone() {
    fleet.operator().setSite(new SiteRequest("oslo", Optional.of(ZoneId.of("Europe/Oslo"))));
    var here = fleet.clock.instant().atZone(ZoneId.of("Europe/Oslo"));
    String window =
        "%02d:00-%02d:00".formatted((here.getHour() + 3) % 24, (here.getHour() + 5) % 24);
    String id =
        begin(
            "two",
            "inspection@1.1.0",
            "delivery: {activateWindow: \"" + window + "\", activateFrom: 2099-01-01T00:00:00Z}");
    await(id, r -> r.devicesTouched() == 2);
    assertThat(unmet(first))
        .anyMatch(
            l ->
                l.startsWith(
                    "it is put to use in " + window + " Europe/Oslo, which is shut until "))
        .contains("it is put to use from 2099-01-01T00:00:00Z on");
  }

  @Test
  void whatHoldsTheStageOfADeviceThatWasNotToldYetIsToldWithItsTime() {
    Instant now = fleet.clock.instant();
    fleet
        .operator()
        .restrain(
            new Restraint(
                Restraint.Kind.FREEZE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                now.minusSeconds(1),
                Optional.of(now.plusSeconds(3600)),
                "holidays"));
    String id = begin("two", "inspection@1.1.0", "");
    await(id, r -> r.verdicts().stream().anyMatch(v -> v.gate().equals("freeze")));
    assertThat(unmet(first))
        .anyMatch(l -> l.matches("freeze: a freeze by operator:admin .*holidays.*, since .*Z"));
  }

  @Test
  void aRolloutThatLeavesADeviceOutSaysWhy() {
    begin("two", "inspection@1.1.0", "selector: site=oslo");
    assertThat(unmet(second))
        .contains("rollout two-1 leaves it out: its selector site=oslo does not take it");
    byte[] sheet = "device,site\nedge-2,oslo\n".getBytes(StandardCharsets.UTF_8);
    fleet.operator().importLabels(sheet, false);
    assertThat(unmet(second))
        .anyMatch(
            l -> l.startsWith("rollout two-1 leaves it out: it was relabelled while that ran"));
  }

  private String begin(String name, String release, String more) {
    return fleet.operator().startRollout(Fleet.spec(name, release, Fleet.ALL, more)).id();
  }

  private RolloutView await(String id, Predicate<RolloutView> until) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    RolloutView last = fleet.operator().rollout(id);
    while (!until.test(last)) {
      if (System.nanoTime() > deadline) throw new AssertionError("still " + last);
      last = fleet.operator().rollout(id);
    }
    return last;
  }
}
