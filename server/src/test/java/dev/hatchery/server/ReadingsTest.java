package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.DesiredState;
import dev.hatchery.core.Metric;
import dev.hatchery.core.Order;
import dev.hatchery.core.Readings;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Phase;
import dev.hatchery.wire.api.VerdictView;
import dev.hatchery.wire.yaml.Yaml;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What devices read, from their reports to the gates. */
final class ReadingsTest {
  private static final Metric CONFIDENCE = new Metric("kpi.confidence");

  @TempDir private Path folder;
  private Fleet fleet;
  private Device device;

  @BeforeEach
  void start() {
    fleet = Fleet.ready(folder);
    device = fleet.device("edge-1", Map.of());
    fleet.release("inspection@1.0.0");
    fleet.release("inspection@1.1.0");
    var first = fleet.operator().startRollout(Fleet.spec("one", "inspection@1.0.0", Fleet.ALL));
    device.obey(device.poll(20).orElseThrow());
    await(first.id(), r -> r.phase() == Phase.COMPLETED);
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  static RolloutSpec spec(String gates) {
    return Wire.ROLLOUT_SPEC.read(
        Yaml.parse(
            """
            rollout: two
            slot: vision
            channel: stable
            release: inspection@1.1.0
            stages: [{name: all, percent: 100, soak: 1s}]
            gates:
              - {metric: errors, limit: 20%%}
            %s
            timing: {window: 1s, heartbeat: 1s, silence: 60s, minRequests: 10, baselineRequests: 1,
              baselineAge: 0s, warmUp: 0s, maxWindow: 10m, retryAfter: 0s}
            trial: {readyWithin: 10s, minHealthy: 0s, maxStarts: 3}
            """
                .formatted(gates.indent(2)),
            "rollout.yaml"));
  }

  private RolloutView await(String id, Predicate<RolloutView> until) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    RolloutView view = fleet.operator().rollout(id);
    while (!until.test(view)) {
      if (System.nanoTime() > deadline) throw new AssertionError("still " + view);
      fleet.clock.advance(Duration.ofMillis(50));
      Thread.onSpinWait();
      view = fleet.operator().rollout(id);
    }
    return view;
  }

  private void tells(Optional<Order> order, int windows, Map<Metric, Double> readings) {
    device.tell(order, Collections.nCopies(windows, new Readings(readings)));
  }

  @Test
  void aDeviceThatRunsHotterThanInItsOwnPastGoesBack() {
    tells(Optional.empty(), 60, Map.of(Metric.TEMPERATURE, 60.0));
    fleet.restart();
    device.server = fleet.address();
    tells(Optional.empty(), 60, Map.of(Metric.TEMPERATURE, 60.0));
    String id = fleet.operator().startRollout(spec("- {metric: temperature, shift: 10}")).id();
    Order order = Device.order(device.poll(20).orElseThrow());
    device.obey(order, 0, 30);
    tells(Optional.of(order), 8, Map.of(Metric.TEMPERATURE, 75.0));
    RolloutView aborted = await(id, r -> r.abort().isPresent());
    assertThat(aborted.abort().orElseThrow().gate()).isEqualTo("temperature:shift");
    assertThat(aborted.abort().orElseThrow().reason()).contains("8 of 8 trials bad on 1 of 1");
  }

  @Test
  void aPastThatNeverReadTheMetricHoldsTheStageAndSaysSo() {
    String id = fleet.operator().startRollout(spec("- {metric: temperature, shift: 10}")).id();
    RolloutView held = await(id, r -> r.heldSince().isPresent());
    assertThat(held.verdicts())
        .anySatisfy(
            v -> {
              assertThat(v.gate()).isEqualTo("baseline");
              assertThat(v.reason()).contains("more windows that read temperature");
            });
  }

  @Test
  void aDryRunIsToldAndTheRolloutCompletesAllTheSame() {
    String gates = "- {metric: kpi.confidence, below: 0.7, dryRun: true}";
    String id = fleet.operator().startRollout(spec(gates)).id();
    DesiredState told = device.poll(20).orElseThrow();
    Order order = Device.order(told);
    device.obey(order, 0, 30);
    tells(Optional.of(order), 8, Map.of(CONFIDENCE, 0.5));
    RolloutView done = await(id, r -> r.phase() == Phase.COMPLETED);
    assertThat(done.abort()).isEmpty();
    var decisions = fleet.operator().explainRollout(id).decided();
    assertThat(decisions)
        .flatExtracting(d -> d.verdicts())
        .anySatisfy(
            v -> {
              assertThat(v.gate()).isEqualTo("kpi.confidence:below");
              assertThat(v.kind()).isIn(VerdictView.Kind.FAIL, VerdictView.Kind.NO_DATA);
              assertThat(v.dryRun()).isTrue();
            });
  }
}
