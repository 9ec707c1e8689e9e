package dev.hatchery.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Traffic;
import dev.hatchery.examples.inspection.Releases;
import dev.hatchery.examples.inspection.TrainedRelease;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Phase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
  private static final String NO_SAVING = "{peers: false, deltas: off}";
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
    rig.limits("{otherSites: {concurrentDownloads: 1, rate: 2 MiB}}");
    for (int i = 1; i <= 3; i++) rig.device("cam-" + i, rig.enrolment());
    rig.awaitJoined(3);
    publish();
    long begun = System.nanoTime();
    RolloutView rollout = rollOut();

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
    Traffic oslo =
        Await.until("the site's bytes", () -> rig.bytesOf("oslo"), all -> all.full() >= 3 * BIG);
    assertThat(oslo.full()).isLessThan(3 * (BIG + 1_000_000L));
  }

  @Test
  void aBudgetThatIsUsedUpHoldsADeviceAndSaysSo() throws Exception {
    rig.limits("{otherSites: {dailyBudget: 5 MiB}}");
    Device one = rig.device("cam-1", rig.enrolment());
    Device two = rig.device("cam-2", rig.enrolment());
    rig.awaitJoined(2);
    publish();
    RolloutView rollout = rollOut();

    rig.await(rollout, r -> r.devicesConfirmed() == 1);
    List<String> waiting =
        Await.until(
                "a device that waits",
                () -> List.of(rig.explain(one), rig.explain(two)),
                both -> both.toString().contains("today's budget of 5.0 MiB"))
            .stream()
            .filter(text -> text.contains("it waits"))
            .toList();
    assertThat(waiting).hasSize(1);
    rig.restartServer();
    assertThat(rig.client().rollout(rollout.id()).devicesConfirmed()).isEqualTo(1);

    rig.limits("{otherSites: {dailyBudget: 50 MiB}}");
    rig.client().abort(rollout.id(), "seen enough");
    rig.await(rollout, r -> r.phase().over() || r.phase() == Phase.ROLLING_BACK);
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

  private RolloutView rollOut() {
    return rig.rollOut("1.0.0", "[{name: all, percent: 100, soak: 100s}]", NO_SAVING);
  }

  /** A model, and a file beside it that takes its time. */
  private void publish() throws Exception {
    byte[] big = new byte[BIG];
    new Random(1).nextBytes(big);
    rig.publish("1.0.0", Map.of("model.onnx", ONE.onnx().toArray(), "big.bin", big), rig.release);
  }
}
