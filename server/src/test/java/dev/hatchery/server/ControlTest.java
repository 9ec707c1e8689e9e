package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Control;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Experiment;
import dev.hatchery.core.Order;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.wire.api.ControlView;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Phase;
import dev.hatchery.wire.api.VerdictView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stage that passes because it is no worse than devices that were held back. */
final class ControlTest {
  private static final String STAGES =
      "[{name: canary, count: 3, soak: 1s, minRequests: 200},"
          + " {name: all, percent: 100, soak: 1s}]";

  @TempDir private Path folder;
  private Fleet fleet;
  private final List<Device> devices = new ArrayList<>();
  private final Map<DeviceId, Order> orders = new HashMap<>();

  @BeforeEach
  void start() {
    fleet = Fleet.ready(folder);
    for (int i = 0; i < 8; i++) devices.add(fleet.device("edge-" + i, Map.of()));
    fleet.release("inspection@1.0.0");
    fleet.release("inspection@1.1.0");
    String first =
        fleet.operator().startRollout(Fleet.spec("a", "inspection@1.0.0", Fleet.ALL)).id();
    await(first, r -> r.devicesTouched() == 8);
    devices.forEach(d -> obey(d, 30));
    await(first, r -> r.phase() == Phase.COMPLETED);
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  private static RolloutSpec compared(String name) {
    Control control =
        new Control(
            new RolloutSpec.Count(4), List.of(), Control.DEFAULT_MARGINS, Control.DEFAULT_ALPHA);
    return Fleet.spec(name, "inspection@1.1.0", STAGES).with(s -> s.control(control));
  }

  // Does what it was told last, and says how long its requests take.
  private void obey(Device device, int millis) {
    device.poll(0).ifPresent(told -> orders.put(device.id, Device.order(told)));
    device.obey(Objects.requireNonNull(orders.get(device.id)), 0, millis);
  }

  // Enough that no failure among them says something.
  private void serve(Device device, int millis) {
    for (int i = 0; i < 5; i++) obey(device, millis);
  }

  private static boolean is(RolloutView view, String gate, Predicate<VerdictView> what) {
    return view.verdicts().stream().anyMatch(v -> v.gate().equals(gate) && what.test(v));
  }

  private Set<DeviceId> touched(String id) {
    return fleet.operator().rollout(id).members().stream()
        .map(RolloutView.Member::device)
        .collect(Collectors.toSet());
  }

  private String begun() {
    String id = fleet.operator().startRollout(compared("b")).id();
    await(id, r -> r.devicesTouched() == 3);
    Set<DeviceId> canaries = touched(id);
    devices.stream().filter(d -> canaries.contains(d.id)).forEach(d -> obey(d, 30));
    await(id, r -> is(r, "control", v -> v.reason().startsWith("compared with 4 devices")));
    return id;
  }

  @Test
  void aStageThatIsNoWorseThanTheControlPassesAndTheLastTakesTheControl() {
    String id = begun();
    Set<DeviceId> canaries = touched(id);
    List<Device> held =
        devices.stream()
            .filter(d -> explained(d).contains("held back as control until the last stage"))
            .toList();
    assertThat(held).hasSize(4).noneMatch(d -> canaries.contains(d.id));
    fleet.clock.advance(Duration.ofMillis(10));
    // A hot day: all are twice as slow, whatever they run.
    held.forEach(d -> serve(d, 60));
    fleet.restart();
    devices.forEach(d -> d.server = fleet.address());
    devices.stream().filter(d -> canaries.contains(d.id)).forEach(d -> serve(d, 60));
    await(id, r -> r.stage() == 1);
    await(id, r -> r.devicesTouched() == 8);
    devices.forEach(d -> obey(d, 30));
    await(id, r -> r.phase() == Phase.COMPLETED);
    assertThat(fleet.operator().decisions(id))
        .anyMatch(
            d ->
                d.verdicts().stream()
                    .anyMatch(v -> v.reason().contains("1 times against the control")));
  }

  @Test
  void whoIsHeldBackIsShownAndWhatAnExperimentSaysSoFar() {
    RolloutSpec spec =
        compared("b")
            .with(s -> s.experiment(new Experiment(Duration.ofDays(7), Experiment.Then.BACK)));
    ControlView tried = fleet.operator().tryRollout(spec).control().orElseThrow();
    assertThat(tried.devices()).hasSize(4);
    assertThat(tried.experiment()).isEqualTo(spec.experiment());
    assertThat(tried.since()).isEmpty();
    String id = fleet.operator().startRollout(spec).id();
    await(id, r -> r.devicesTouched() == 3);
    Set<DeviceId> canaries = touched(id);
    devices.stream().filter(d -> canaries.contains(d.id)).forEach(d -> obey(d, 30));
    await(id, r -> r.control().orElseThrow().since().isPresent());
    fleet.clock.advance(Duration.ofMillis(10));
    devices.forEach(d -> serve(d, canaries.contains(d.id) ? 60 : 30));
    ControlView far =
        await(id, r -> r.control().orElseThrow().soFar().size() == 2).control().orElseThrow();
    assertThat(far.devices()).hasSize(4).doesNotContainAnyElementsOf(canaries);
    assertThat(far.looks()).isZero();
    assertThat(far.nextLook()).isPresent();
    assertThat(far.soFar().getFirst().metric()).isEqualTo("latency-p95");
    assertThat(far.soFar().getFirst().reason()).startsWith("latency-p95 is worse: 2");
    assertThat(fleet.operator().rollout(id).phase())
        .as("nothing acts on it")
        .isEqualTo(Phase.RUNNING);
    assertThat(fleet.operator().rollouts().getFirst().control()).as("in lists").isEmpty();
    assertThat(fleet.operator().explainRollout(id).standing())
        .contains(", compared with the control next at ");
  }

  @Test
  void aStageThatIsSlowerThanTheControlIsHeldAndSaysSo() {
    String id = begun();
    Set<DeviceId> canaries = touched(id);
    fleet.clock.advance(Duration.ofMillis(10));
    devices.forEach(d -> serve(d, canaries.contains(d.id) ? 60 : 30));
    RolloutView held =
        await(id, r -> is(r, "control:latency-p95", v -> v.kind() == VerdictView.Kind.HOLD));
    assertThat(held.stage()).isZero();
    assertThat(is(held, "control:errors", v -> v.kind() == VerdictView.Kind.PASS)).isTrue();
    assertThat(fleet.operator().explainRollout(id).ways())
        .anyMatch(way -> way.startsWith("wait: latency-p95 2") && way.contains("next look in"));
  }

  private String explained(Device device) {
    return fleet.operator().explainDevice(device.id).slots().toString();
  }

  private RolloutView await(String id, Predicate<RolloutView> condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
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
