package dev.hatchery.server;

import static dev.hatchery.server.Refused.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Restraint;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.Version;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.AuditView;
import dev.hatchery.wire.api.PreflightView.Check;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Phase;
import dev.hatchery.wire.api.VerdictView;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What changes below a device's models keeps other models away for a time. */
final class InterlockTest {
  private static final DeviceId ONE = new DeviceId("edge-1");
  private static final Duration DAY = Duration.ofHours(24);

  private static final Name OS = new Name("os");
  private static final Name CANARY = new Name("canary");

  @TempDir private Path folder;
  private Fleet fleet;
  private Device first;
  private Device second;

  @BeforeEach
  void start() {
    fleet = Fleet.ready(folder);
    first = fleet.device("edge-1", Map.of(), stack("6.6.31"));
    second = fleet.device("edge-2", Map.of(), stack("6.6.31"));
    fleet.release("inspection@1.0.0");
    fleet.release("inspection@1.1.0");
    complete("one", "inspection@1.0.0", first, second);
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  private static DeviceFacts stack(String kernel) {
    return new DeviceFacts(
        "Raspberry Pi 5",
        "aarch64",
        "Debian GNU/Linux 12 (bookworm)",
        kernel,
        new DataSize(0),
        List.of(),
        Map.of("hailort", Version.parse("5.1.1")),
        "");
  }

  @Test
  void aDeviceWhoseKernelChangedGetsNoModelUntilTheInterlockIsOver() {
    first.tell(stack("6.12.20"));
    String id = begin("two", "inspection@1.1.0").id();
    // Until deltas are made it is told that edge-1 waits, and nobody is ordered.
    RolloutView held = await(id, r -> holds(r).isPresent() && r.devicesTouched() > 0);
    assertThat(held.devicesTouched()).as("edge-2 alone").isEqualTo(1);
    assertThat(holds(held).orElseThrow().reason())
        .startsWith("edge-1 has changed: kernel 6.6.31 → 6.12.20 at 20")
        .contains("; no other model before 20");
    assertThat(fleet.operator().explainRollout(id).ways().getFirst())
        .startsWith("wait: edge-1 has changed: kernel");
    assertThat(fleet.operator().explainDevice(ONE).slots().get(Fleet.SLOT))
        .anyMatch(l -> l.startsWith("interlock: it has changed: kernel 6.6.31 → 6.12.20 at "));
    assertThat(fleet.operator().audit(0))
        .filteredOn(a -> a.action().equals("device.stack"))
        .singleElement()
        .satisfies(a -> assertThat(a.object()).isEqualTo("edge-1"))
        .extracting(AuditView::detail)
        .isEqualTo("kernel 6.6.31 → 6.12.20");
  }

  @Test
  void anInterlockOutlivesTheServerAndEndsByItself() {
    first.tell(stack("6.12.20"));
    second.tell(stack("6.12.20"));
    String id = begin("two", "inspection@1.1.0").id();
    await(id, r -> holds(r).isPresent());
    fleet.restart();
    assertThat(await(id, r -> holds(r).isPresent()).devicesTouched()).isZero();
    fleet.clock.advance(DAY);
    reconnect();
    for (Device device : List.of(first, second)) device.obey(device.poll(20).orElseThrow());
    await(id, r -> r.phase() == Phase.COMPLETED);
  }

  @Test
  void aKernelThatChangesUnderACanaryMakesItCountAnew() {
    String id =
        begin("two", "inspection@1.1.0", Fleet.CANARY_FIRST.replace("soak: 1s", "soak: 1h")).id();
    Device canary = touched(id).equals(ONE) ? first : second;
    Order order = Device.order(canary.poll(20).orElseThrow());
    canary.obey(order, 0, 30);
    await(id, r -> r.members().getFirst().requests() == 50);
    canary.tell(stack("6.12.20"));
    RolloutView held = await(id, r -> holds(r).isPresent());
    assertThat(held.members().getFirst().requests()).isZero();
    assertThat(holds(held).orElseThrow().reason())
        .startsWith(canary.id + " counts anew from 20")
        .contains(": kernel 6.6.31 → 6.12.20 at 20");
    assertThat(fleet.operator().explainDevice(canary.id).slots().get(Fleet.SLOT))
        .anyMatch(l -> l.startsWith("  unmet: what it shows counts anew from 20"));
    // What fails meanwhile says nothing of the release.
    canary.obey(order, 50, 30);
    fleet.restart();
    reconnect();
    RolloutView still = await(id, r -> holds(r).isPresent());
    assertThat(still.phase()).isEqualTo(Phase.RUNNING);
    assertThat(still.members().getFirst().requests()).isZero();
  }

  @Test
  void whatIsLearntOrForgottenAndComesBackIsNoChange() {
    first.tell(facts("6.6.31", Optional.of("5.1.1")));
    first.tell(stack("6.6.31"));
    assertThat(changes()).containsExactly("driver 5.1.1 → unknown");
    first.tell(facts("6.6.31", Optional.of("5.1.1")));
    assertThat(changes()).hasSize(1);
    first.tell(stack("6.6.31"));
    first.tell(facts("6.6.31", Optional.of("5.2.0")));
    assertThat(changes())
        .containsExactly(
            "driver 5.1.1 → unknown", "driver 5.1.1 → unknown", "driver 5.1.1 → 5.2.0");
  }

  @Test
  void aRolloutMaySayHowLongItKeepsAway() {
    first.tell(stack("6.12.20"));
    RolloutSpec spec = with(Fleet.spec("two", "inspection@1.1.0", Fleet.ALL), "interlock", "0s");
    String id = fleet.operator().startRollout(spec).id();
    first.obey(first.poll(20).orElseThrow());
    second.obey(second.poll(20).orElseThrow());
    await(id, r -> r.phase() == Phase.COMPLETED);
  }

  @Test
  void preflightNamesWhoIsInAnInterlock() {
    first.tell(stack("6.12.20"));
    var view =
        fleet
            .operator()
            .preflight(Fleet.spec("two", "inspection@1.1.0", Fleet.ALL), Optional.empty());
    assertThat(view.findings())
        .filteredOn(f -> f.check() == Check.INTERLOCK)
        .singleElement()
        .satisfies(
            f -> {
              assertThat(f.stops()).isFalse();
              assertThat(f.examples()).containsExactly(ONE);
              assertThat(f.what()).startsWith("has changed: kernel 6.6.31 → 6.12.20 at ");
            });
  }

  @Test
  void firmwareAndModelsDoNotTakeEachOthersSlots() {
    fleet.firmware("hailo-os@1.0.0");
    Refusal.Problem model = refused(Code.BAD_SPEC, () -> start(firmware("a", "inspection@1.1.0")));
    assertThat(model.expected()).isEqualTo("kind: firmware");
    assertThat(model.got()).isEqualTo("inspection@1.1.0, kind: model");
    Refusal.Problem firmware = refused(Code.BAD_SPEC, () -> begin("b", "hailo-os@1.0.0"));
    assertThat(firmware.expected()).isEqualTo("kind: model");
    // A slot that has had models has models, whatever the file declares.
    RolloutSpec declared = with(Fleet.spec("c", "hailo-os@1.0.0", Fleet.ALL), "kind", "firmware");
    Refusal.Problem had = refused(Code.BAD_SPEC, () -> start(declared));
    assertThat(had.title()).isEqualTo("this slot has had the other kind so far");
    assertThat(had.expected()).isEqualTo("kind: model");
  }

  @Test
  void theOlderOfTwoRolloutsGoesFirstAndTheOtherKeepsItsDistance() {
    Device both = fleet.device("edge-3", Map.of(), Map.of(Fleet.SLOT, CANARY, OS, Fleet.CHANNEL));
    fleet.firmware("hailo-os@1.0.0");
    both.hasNothing(OS);
    String model = start(with(Fleet.spec("m", "inspection@1.0.0", Fleet.ALL), "channel", "canary"));
    String firmware = start(firmware("f", "hailo-os@1.0.0"));
    Order order = Device.order(both.poll(20).orElseThrow());
    assertThat(holds(await(firmware, r -> holds(r).isPresent())).orElseThrow().reason())
        .startsWith(
            "edge-3 was taken first by rollout m-1 (inspection@1.0.0 on vision); left alone");
    both.obey(order, 0, 30);
    await(model, r -> r.phase() == Phase.COMPLETED);
    RolloutView locked = await(firmware, r -> reason(r).contains("has changed"));
    assertThat(reason(locked))
        .startsWith("edge-3 has changed: vision unknown → inspection@1.0.0 at 20")
        .contains("; no other firmware before 20");
    assertThat(locked.devicesTouched()).isZero();

    fleet.clock.advance(DAY);
    both.renewedToken();
    await(firmware, r -> r.devicesTouched() == 1);
    // Now it is the firmware that came first.
    String later = start(with(Fleet.spec("n", "inspection@1.1.0", Fleet.ALL), "channel", "canary"));
    assertThat(holds(await(later, r -> holds(r).isPresent())).orElseThrow().reason())
        .startsWith("edge-3 was taken first by rollout f-1 (hailo-os@1.0.0 on os)");
    Order below = Optional.ofNullable(both.poll(20).orElseThrow().slots().get(OS)).orElseThrow();
    both.install(OS, below);
    fleet.operator().abort(firmware, "seen enough");
    RolloutView still = await(later, r -> reason(r).contains("has changed"));
    assertThat(reason(still)).startsWith("edge-3 has changed: os unknown → hailo-os@1.0.0 at 20");
    assertThat(still.devicesTouched()).isZero();
  }

  @Test
  void aHigherPriorityGoesBeforeOneThatHasNotBegun() {
    Device both = fleet.device("edge-3", Map.of(), Map.of(Fleet.SLOT, CANARY, OS, Fleet.CHANNEL));
    fleet.firmware("hailo-os@1.0.0");
    both.hasNothing(OS);
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
                Optional.of(now.plusSeconds(600)),
                "holidays"));
    String model = start(with(Fleet.spec("m", "inspection@1.0.0", Fleet.ALL), "channel", "canary"));
    String firmware = start(with(firmware("f", "hailo-os@1.0.0"), "priority", "high"));
    await(firmware, r -> r.verdicts().stream().anyMatch(v -> v.gate().equals("freeze")));
    // The turn is kept with the rollout.
    fleet.restart();
    both.server = fleet.address();
    fleet.clock.advance(Duration.ofSeconds(601));
    both.renewedToken();
    await(firmware, r -> r.devicesTouched() == 1);
    assertThat(reason(await(model, r -> holds(r).isPresent())))
        .startsWith(
            "edge-3 was taken first by rollout f-1 (hailo-os@1.0.0 on os, priority high); left");
    assertThat(fleet.operator().explainRollout(firmware).standing()).contains(", priority high");
    // Nobody goes before one that has begun.
    fleet.operator().abort(model, "later");
    String again =
        start(
            with(
                with(Fleet.spec("n", "inspection@1.1.0", Fleet.ALL), "channel", "canary"),
                "priority",
                "high"));
    assertThat(reason(await(again, r -> holds(r).isPresent())))
        .startsWith("edge-3 was taken first by rollout f-1");
  }

  private static RolloutSpec firmware(String name, String release) {
    RolloutSpec spec = Fleet.spec(name, release, Fleet.ALL);
    Node.Obj written = (Node.Obj) Wire.ROLLOUT_SPEC.write(spec);
    Tree tree = Tree.object();
    written
        .fields()
        .forEach(
            (field, value) -> {
              if (field.equals("slot")) tree.put(field, "os");
              else tree.put(field, value);
            });
    return Wire.ROLLOUT_SPEC.read(tree.done());
  }

  private String start(RolloutSpec spec) {
    return fleet.operator().startRollout(spec).id();
  }

  private static String reason(RolloutView rollout) {
    return holds(rollout).map(VerdictView::reason).orElse("");
  }

  private static DeviceFacts facts(String kernel, Optional<String> driver) {
    return stack(kernel)
        .on(
            new DeviceFacts.Platform(
                driver.map(Version::parse),
                Optional.empty(),
                new DataSize(0),
                new DataSize(0),
                new DataSize(0)));
  }

  private static RolloutSpec with(RolloutSpec spec, String field, String value) {
    Node.Obj written = (Node.Obj) Wire.ROLLOUT_SPEC.write(spec);
    Tree tree = Tree.object();
    written
        .fields()
        .forEach(
            (name, node) -> {
              if (!name.equals(field)) tree.put(name, node);
            });
    return Wire.ROLLOUT_SPEC.read(tree.put(field, value).done());
  }

  private List<String> changes() {
    return fleet.operator().audit(0).stream()
        .filter(a -> a.action().equals("device.stack"))
        .map(AuditView::detail)
        .toList();
  }

  private void reconnect() {
    for (Device device : List.of(first, second)) {
      device.server = fleet.address();
      device.renewedToken();
    }
  }

  private DeviceId touched(String id) {
    return await(id, r -> r.devicesTouched() == 1).members().getFirst().device();
  }

  private static Optional<VerdictView> holds(RolloutView rollout) {
    return rollout.verdicts().stream()
        .filter(v -> v.gate().equals("interlock") && v.kind() == VerdictView.Kind.HOLD)
        .findFirst();
  }

  private RolloutView begin(String name, String release) {
    return begin(name, release, Fleet.ALL);
  }

  private RolloutView begin(String name, String release, String stages) {
    return fleet.operator().startRollout(Fleet.spec(name, release, stages));
  }

  private void complete(String name, String release, Device... devices) {
    String id = begin(name, release).id();
    for (Device device : devices) device.obey(device.poll(20).orElseThrow());
    await(id, r -> r.phase() == Phase.COMPLETED);
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
