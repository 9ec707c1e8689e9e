package dev.hatchery.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.examples.inspection.Releases;
import dev.hatchery.examples.inspection.TrainedRelease;
import dev.hatchery.examples.inspection.onnx.OnnxWriter;
import dev.hatchery.examples.inspection.surface.SurfaceClass;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Member.State;
import dev.hatchery.wire.api.RolloutView.Phase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Releases that run beside what is served, on a real server, agents and inference services. */
@Tag("slow")
final class ShadowEndToEndTest {
  private static final String ALL = "[{name: all, percent: 100, soak: 2s}]";
  private static final String BESIDE_FIRST =
      "[{name: beside, count: 1, soak: 3s, shadow: true}, {name: all, percent: 100, soak: 2s}]";
  private static final Device.Setup ABLE = Device.Setup.with("      shadow: true");
  private static final TrainedRelease ONE = new Releases(400, 80).baseline();
  private static final TrainedRelease TWO = new Releases(400, 80).fineTuned(ONE);

  @TempDir private Path folder;
  private Rig rig;

  @BeforeEach
  void start() throws Exception {
    rig = Rig.start(folder);
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private Digest onOne(int devices) throws Exception {
    Digest one = rig.publish("1.0.0", ONE.onnx().toArray(), Optional.empty(), rig.release);
    rig.awaitJoined(devices);
    RolloutView over = rig.await(rig.rollOut("1.0.0", ALL), r -> r.phase().over());
    assertThat(over.phase()).as(over.toString()).isEqualTo(Phase.COMPLETED);
    return one;
  }

  @Test
  void aShadowThatPassesIsFollowedByARealStage() throws Exception {
    Device device = rig.device("cam-1", rig.enrolment(), ABLE);
    Digest one = onOne(1);
    Digest two = rig.publish("1.1.0", TWO.onnx().toArray(), Optional.empty(), rig.release);

    RolloutView rollout = rig.rollOut("1.1.0", BESIDE_FIRST);
    RolloutView beside =
        rig.await(rollout, r -> r.members().stream().anyMatch(m -> m.state() == State.SHADOWED));
    assertThat(beside.devicesConfirmed()).isZero();
    assertThat(device.link("current")).isEqualTo(one.hex());
    assertThat(device.link("shadow")).isEqualTo(two.hex());
    assertThat(device.metrics())
        .contains("hatchery_model_info{bundle=\"" + one + "\"} 1")
        .contains("hatchery_shadow_info{bundle=\"" + two + "\"} 1");

    RolloutView over = rig.await(rollout, r -> r.phase().over());
    assertThat(over.phase()).as(over.toString()).isEqualTo(Phase.COMPLETED);
    assertThat(over.members().getFirst().stage().value()).isEqualTo("all");
    assertThat(device.link("current")).isEqualTo(two.hex());
    assertThat(device.link("shadow")).isEmpty();
    assertThat(device.metrics())
        .contains("hatchery_model_info{bundle=\"" + two + "\"} 1")
        .doesNotContain("hatchery_shadow_info");
  }

  @Test
  void aShadowWithErrorsAbortsAndNobodyWasServedByIt() throws Exception {
    Device device = rig.device("cam-1", rig.enrolment(), ABLE);
    Digest one = onOne(1);
    rig.publish("1.1.0", failingNowAndThen(), Optional.empty(), rig.release);

    RolloutView rollout = rig.rollOut("1.1.0", BESIDE_FIRST);
    RolloutView over = rig.await(rollout, r -> r.phase().over());

    assertThat(over.phase()).as(over.toString()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(over.abort().orElseThrow().gate()).isEqualTo("errors:limit");
    assertThat(over.members().getFirst().errors()).isPositive();
    assertThat(over.members().getFirst().stage().value()).isEqualTo("beside");
    assertThat(over.bytesForRollback()).isZero();
    assertThat(device.link("current")).isEqualTo(one.hex());
    assertThat(device.link("shadow")).isEmpty();
    // The counters are of everything that was ever served, by whichever bundle: the service has
    // loaded one into its served place, and that one never failed.
    assertThat(device.metrics())
        .contains("hatchery_model_info{bundle=\"" + one + "\"} 1")
        .contains("hatchery_inference_errors_total 0\n");
    assertThat(device.runnerLog())
        .contains("shadow is bundle")
        .contains("current is bundle " + one);
    assertThat(servedBundles(device)).containsOnly(one.toString());
  }

  @Test
  void aServiceThatCannotShadowIsRefusedWhenItIsPlanned() throws Exception {
    rig.device("cam-1", rig.enrolment());
    onOne(1);
    rig.publish("1.1.0", TWO.onnx().toArray(), Optional.empty(), rig.release);
    assertThatThrownBy(() -> rig.rollOut("1.1.0", BESIDE_FIRST))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("1 of 1 have a service that cannot shadow: cam-1");
  }

  private static List<String> servedBundles(Device device) throws Exception {
    String told = "current is bundle ";
    return device
        .runnerLog()
        .lines()
        .filter(line -> line.contains(told))
        .map(line -> line.substring(line.indexOf(told) + told.length()).strip())
        .toList();
  }

  // Its input is scaled so far that its arithmetic overflows on the brightest tiles, which about
  // half of the camera's frames have; a dark one it computes like any other.
  private static byte[] failingNowAndThen() {
    return OnnxWriter.write(
        ONE.network(),
        new TreeMap<>(
            Map.of(
                "hatchery.labels", String.join(",", SurfaceClass.labels()),
                "hatchery.mean", "0",
                "hatchery.scale", "1.62e38",
                "version", "1.1.0")));
  }
}
