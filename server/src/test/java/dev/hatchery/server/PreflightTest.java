package dev.hatchery.server;

import static dev.hatchery.server.Refused.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.Compatibility;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Limits;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.Version;
import dev.hatchery.core.VersionRange;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.PreflightView;
import dev.hatchery.wire.api.PreflightView.Check;
import dev.hatchery.wire.api.PreflightView.Finding;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.yaml.Yaml;
import java.nio.charset.StandardCharsets;
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

final class PreflightTest {
  private static final DeviceFacts ROOMY = facts("5.2.0", DataSize.mib(10_000));

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
  void aFleetThatIsReadyStopsNothingAndNothingIsStarted() {
    runs("inspection@1.0.0", fleet.device("edge-1", Map.of(), ROOMY));
    fleet.release("inspection@1.1.0");
    PreflightView view = look(spec("inspection@1.1.0", ""));
    assertThat(view.findings()).isEmpty();
    assertThat(view.go()).isTrue();
    assertThat(view.passed()).containsExactly(Check.values());
    assertThat(view.devices()).isEqualTo(1);
    assertThat(fleet.operator().rollouts()).hasSize(1);
  }

  @Test
  void aChannelsFirstReleaseHasNothingToGoBackToAndThatIsSaid() {
    Device device = fleet.device("edge-1", Map.of(), ROOMY);
    device.send(device.idle());
    fleet.release("inspection@1.0.0");
    PreflightView view = look(spec("inspection@1.0.0", ""));
    assertThat(view.go()).isTrue();
    assertThat(view.findings()).singleElement().satisfies(f -> is(f, Check.LKG, false, 1));
  }

  @Test
  void whoNeverConfirmedAnythingHasNoWayBack() {
    runs("inspection@1.0.0", fleet.device("edge-1", Map.of(), ROOMY));
    Device late = fleet.device("edge-2", Map.of(), ROOMY);
    late.send(late.idle());
    fleet.release("inspection@1.1.0");
    PreflightView view = look(spec("inspection@1.1.0", ""));
    assertThat(view.findings())
        .singleElement()
        .satisfies(
            f -> {
              is(f, Check.LKG, true, 1);
              assertThat(f.examples()).containsExactly(late.id);
            });
    assertThat(view.go()).isFalse();
  }

  @Test
  void whoWasNotHeardOfLatelyIsNamed() {
    Device device = fleet.device("edge-1", Map.of(), ROOMY);
    runs("inspection@1.0.0", device);
    fleet.device("edge-2", Map.of(), ROOMY);
    fleet.release("inspection@1.1.0");
    fleet.clock.advance(Duration.ofHours(2));
    assertThat(look(spec("inspection@1.1.0", "")).findings())
        .singleElement()
        .satisfies(
            f -> {
              is(f, Check.CHECK_IN, true, 1);
              assertThat(f.what()).contains("never");
            });
    assertThat(
            fleet
                .operator()
                .preflight(spec("inspection@1.1.0", ""), Optional.of(Duration.ofHours(1)))
                .findings())
        .extracting(Finding::what)
        .containsExactlyInAnyOrder(
            "never heard of since it was enrolled", "not heard of for more than 1h");
    fleet.clock.advance(Duration.ofHours(23));
    assertThat(look(spec("inspection@1.1.0", "")).findings()).hasSize(2);
  }

  @Test
  void aFullDiskStopsAndASilentOneIsListed() {
    Device full = fleet.device("full", Map.of(), facts("5.2.0", DataSize.mib(65)));
    Device mute = fleet.device("mute", Map.of());
    runs("inspection@1.0.0", full, mute);
    fleet.release("inspection@1.1.0", new byte[3 << 20]);
    List<Finding> findings = look(spec("inspection@1.1.0", "")).findings();
    assertThat(findings).hasSize(2);
    is(findings.getFirst(), Check.SPACE, true, 1);
    assertThat(findings.getFirst().examples()).containsExactly(full.id);
    // the model once more, as large as a patch of it may be
    assertThat(findings.getFirst().what())
        .startsWith("no room for 6.0 MiB (3.0 MiB and a patch of up to 3.0 MiB)");
    is(findings.getLast(), Check.SPACE, false, 1);
    assertThat(findings.getLast().examples()).containsExactly(mute.id);
    assertThat(
            look(spec("inspection@1.1.0", "delivery: {deltas: off}")).findings().getFirst().what())
        .startsWith("no room for 3.0 MiB beside");
    full.tell(facts("5.2.0", DataSize.mib(71)));
    assertThat(look(spec("inspection@1.1.0", "")).go()).isTrue();
  }

  @Test
  void theStackIsHeldAgainstWhatTheReleaseAsksByTheRolloutsRule() {
    Device good = fleet.device("good", Map.of(), ROOMY);
    Device old = fleet.device("old", Map.of(), facts("5.1.1", DataSize.mib(10_000)));
    runs("inspection@1.0.0", good, old);
    fleet.release(
        "inspection@1.1.0",
        new Compatibility(
            List.of(),
            List.of(),
            List.of(),
            Map.of("hailort", VersionRange.parse(">=5.2")),
            new DataSize(0),
            false));
    assertThat(look(spec("inspection@1.1.0", "")).findings())
        .singleElement()
        .satisfies(
            f -> {
              is(f, Check.STACK, true, 1);
              assertThat(f.what()).isEqualTo("hailort 5.1.1, needs >=5.2.0");
              assertThat(f.fix()).contains("incompatible: skip");
            });
    assertThat(look(spec("inspection@1.1.0", "incompatible: skip")).findings())
        .singleElement()
        .satisfies(f -> is(f, Check.STACK, false, 1));
  }

  @Test
  void aLinkThatCostsOrTakesTooLongIsNamed() {
    Device sat = fleet.device("sat", Map.of(Labels.METERED, "true", "site", "mast"), ROOMY);
    runs("inspection@1.0.0", sat);
    fleet.release("inspection@1.1.0", new byte[3 << 20]);
    assertThat(look(spec("inspection@1.1.0", "")).findings())
        .singleElement()
        .satisfies(f -> is(f, Check.LINK, false, 1));
    assertThat(look(spec("inspection@1.1.0", "delivery: {unmeteredOnly: true}")).findings())
        .singleElement()
        .satisfies(f -> is(f, Check.LINK, true, 1));
    // 3 MiB at 1 KiB a second are 52 minutes; a stage has ten.
    fleet
        .operator()
        .setLimits(
            new Limits(
                Limits.Server.NONE, Map.of(), Limits.Site.NONE, Optional.of(DataSize.kib(1))));
    assertThat(look(spec("inspection@1.1.0", "")).findings())
        .hasSize(2)
        .first()
        .satisfies(
            f -> {
              is(f, Check.LINK, true, 1);
              assertThat(f.what()).contains("52m at 1.0 KiB a second, longer than the 10m");
            });
  }

  @Test
  void whatPlanningRefusesIsOneFindingAmongOthers() {
    Device device = fleet.device("edge-1", Map.of(), ROOMY);
    runs("inspection@1.0.0", device);
    fleet.release("inspection@1.1.0");
    fleet.release("inspection@1.2.0");
    fleet.operator().startRollout(Fleet.spec("busy", "inspection@1.1.0", Fleet.ALL));
    fleet.device("edge-2", Map.of(), ROOMY);
    List<Finding> findings = look(spec("inspection@1.2.0", "")).findings();
    assertThat(findings).extracting(Finding::check).containsExactly(Check.PLAN, Check.CHECK_IN);
    assertThat(findings.getFirst().what()).startsWith("CONFLICT").contains("busy-1");
    refused(Code.NOT_FOUND, () -> look(spec("nothing@1.0.0", "")));
    refused(
        Code.BAD_INPUT,
        () -> fleet.operator().preflight(spec("inspection@1.2.0", ""), Optional.of(Duration.ZERO)));
  }

  private static void is(Finding finding, Check check, boolean stops, int devices) {
    assertThat(finding.check()).isEqualTo(check);
    assertThat(finding.stops()).isEqualTo(stops);
    assertThat(finding.devices()).isEqualTo(devices);
    assertThat(finding.fix()).isNotEmpty();
  }

  private PreflightView look(RolloutSpec spec) {
    return fleet.operator().preflight(spec, Optional.empty());
  }

  // A disk of 100 MiB, of which an agent keeps 64 MiB free.
  private static DeviceFacts facts(String hailort, DataSize free) {
    return new DeviceFacts(
            "",
            "aarch64",
            "",
            "",
            new DataSize(0),
            List.of(),
            Map.of("hailort", Version.parse(hailort)),
            "")
        .with(DataSize.mib(100).bytes(), free.bytes());
  }

  private static RolloutSpec spec(String release, String more) {
    RolloutSpec usual = Fleet.spec("next", release, Fleet.ALL);
    String json = new String(Wire.ROLLOUT_SPEC.bytes(usual), StandardCharsets.UTF_8);
    String said = more.isEmpty() ? "" : ", " + more;
    return Wire.ROLLOUT_SPEC.read(
        Yaml.parse(json.substring(0, json.length() - 1) + said + "}", "rollout.yaml"));
  }

  private void runs(String release, Device... devices) {
    fleet.release(release);
    String id = fleet.operator().startRollout(Fleet.spec("first", release, Fleet.ALL)).id();
    await(id, r -> r.devicesTouched() == devices.length);
    for (Device device : devices) {
      device.obey(device.poll(20).orElseThrow());
    }
    RolloutView view = await(id, r -> r.phase() == RolloutView.Phase.COMPLETED);
    assertThat(view.fleet()).isEqualTo(devices.length);
  }

  private RolloutView await(String id, Predicate<RolloutView> condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    RolloutView view = fleet.operator().rollout(id);
    while (!condition.test(view)) {
      if (System.nanoTime() > deadline) throw new AssertionError("still " + view);
      fleet.clock.advance(Duration.ofMillis(50));
      Thread.onSpinWait();
      view = fleet.operator().rollout(id);
    }
    return view;
  }
}
