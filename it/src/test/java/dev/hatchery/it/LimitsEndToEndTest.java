package dev.hatchery.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.bundle.Bundle;
import dev.hatchery.bundle.BundleSpec;
import dev.hatchery.bundle.Packer;
import dev.hatchery.client.oci.BundlePush;
import dev.hatchery.client.oci.OciClient;
import dev.hatchery.client.oci.Patience;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Secret;
import dev.hatchery.examples.inspection.Releases;
import dev.hatchery.examples.inspection.TrainedRelease;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.BytesRow;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Phase;
import dev.hatchery.wire.yaml.Yaml;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits hold real agents, and what they spend is counted. */
@Tag("slow")
final class LimitsEndToEndTest {
  private static final Name SLOT = new Name("vision");
  private static final int BIG = 4 << 20;
  private static final Pattern ACTIVE =
      Pattern.compile("hatchery_leases\\{state=\"active\"} (\\d+)");
  private static final TrainedRelease ONE = new Releases(400, 80).baseline();

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

  @Test
  void theDevicesOfASiteDownloadOneAfterTheOtherAtItsRate() throws Exception {
    limits("{otherSites: {concurrentDownloads: 1, rate: 2 MiB}}");
    for (int i = 1; i <= 3; i++) rig.device("cam-" + i, rig.enrolment());
    awaitJoined(3);
    publish();
    long begun = System.nanoTime();
    RolloutView rollout = rollOut("{peers: false, deltas: off}");

    var most = new AtomicLong();
    rig.await(
        rollout,
        r -> {
          most.accumulateAndGet(active(), Math::max);
          return r.devicesConfirmed() == 3;
        });

    assertThat(most).hasValue(1);
    // 12 MiB at 2 MiB a second.
    assertThat(System.nanoTime() - begun).isGreaterThan(5_000_000_000L);
    BytesRow oslo =
        Await.until(
            "the site's bytes",
            () -> rig.client().bytes(Optional.empty(), BytesRow.By.SITE).getFirst(),
            row -> row.traffic().full() >= 3 * BIG);
    assertThat(oslo.key()).isEqualTo("oslo");
    assertThat(oslo.traffic().full()).isLessThan(3 * (BIG + 1_000_000L));
  }

  @Test
  void aBudgetThatIsUsedUpHoldsADeviceAndSaysSo() throws Exception {
    limits("{otherSites: {dailyBudget: 5 MiB}}");
    for (int i = 1; i <= 2; i++) rig.device("cam-" + i, rig.enrolment());
    awaitJoined(2);
    publish();
    RolloutView rollout = rollOut("{peers: false, deltas: off}");

    rig.await(rollout, r -> r.devicesConfirmed() == 1);
    List<String> waiting =
        Await.until(
                "a device that waits",
                () -> List.of(lines("cam-1"), lines("cam-2")),
                both -> both.toString().contains("today's budget of 5.0 MiB"))
            .stream()
            .filter(text -> text.contains("it waits"))
            .toList();
    assertThat(waiting).hasSize(1);
    rig.restartServer();
    assertThat(rig.client().rollout(rollout.id()).devicesConfirmed()).isEqualTo(1);

    limits("{otherSites: {dailyBudget: 50 MiB}}");
    rig.client().abort(rollout.id(), "seen enough");
    rig.await(rollout, r -> r.phase().over() || r.phase() == Phase.ROLLING_BACK);
  }

  private String lines(String device) {
    return String.join(
        "\n",
        rig.client().explainDevice(new DeviceId(device)).slots().getOrDefault(SLOT, List.of()));
  }

  private long active() {
    var request = HttpRequest.newBuilder(URI.create(rig.address() + "/metrics")).build();
    try (var client = HttpClient.newHttpClient()) {
      var matcher = ACTIVE.matcher(client.send(request, BodyHandlers.ofString()).body());
      assertThat(matcher.find()).isTrue();
      return Long.parseLong(matcher.group(1));
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void limits(String yaml) {
    rig.client().setLimits(Wire.LIMITS.read(Yaml.parse(yaml, "limits.yaml")));
  }

  private void awaitJoined(int devices) throws Exception {
    Await.until("devices", () -> rig.client().devices().size(), n -> n == devices);
  }

  private RolloutView rollOut(String delivery) {
    return rig.client()
        .startRollout(
            Wire.ROLLOUT_SPEC.read(
                Yaml.parse(
                    """
                    rollout: limited
                    slot: vision
                    channel: stable
                    release: inspection@1.0.0
                    stages: [{name: all, percent: 100, soak: 100s}]
                    gates: [{metric: errors, limit: 50%%}]
                    timing: {window: 1s, heartbeat: 1s, silence: 60s, warmUp: 1s, minRequests: 5}
                    trial: {readyWithin: 20s, minHealthy: 1s, maxStarts: 6}
                    delivery: %s
                    """
                        .formatted(delivery),
                    "rollout.yaml")));
  }

  /** A model, and a file beside it that takes its time. */
  private void publish() throws Exception {
    Path ci = Files.createDirectories(folder.resolve("ci"));
    Files.write(ci.resolve("model.onnx"), ONE.onnx().toArray());
    byte[] big = new byte[BIG];
    new Random(1).nextBytes(big);
    Files.write(ci.resolve("big.bin"), big);
    Files.writeString(
        ci.resolve("bundle.yaml"),
        """
        name: inspection
        version: 1.0.0
        releaseCounter: 100
        trainingCommit: test
        files:
          - {path: model.onnx, kind: weight}
          - {path: big.bin, kind: config}
        """);
    Bundle bundle = Packer.pack(BundleSpec.read(ci.resolve("bundle.yaml")), ci.resolve("bundle"));
    bundle.sign(rig.release);
    var token = new Secret(Files.readString(folder.resolve("operator.token")).strip());
    try (var registry =
        new OciClient(rig.address(), Optional.of(token), Optional.empty(), Patience.usual())) {
      BundlePush.push(ci.resolve("bundle"), registry);
    }
    rig.client().createRelease(ReleaseId.parse("inspection@1.0.0"));
  }
}
