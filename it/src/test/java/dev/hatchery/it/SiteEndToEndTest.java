package dev.hatchery.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Traffic;
import dev.hatchery.examples.inspection.Releases;
import dev.hatchery.examples.inspection.TrainedRelease;
import dev.hatchery.wire.EnrolmentFile;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Member;
import dev.hatchery.wire.api.RolloutView.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What crosses a site's uplink, with a real server, real agents and real services. */
final class SiteEndToEndTest {
  private static final String STAY = "[{name: all, percent: 100, soak: 600s}]";
  private static final Duration PATIENCE = Duration.ofMinutes(5);
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
  @Tag("slow")
  void aSiteOfTenCrossesItsUplinkOnce() throws Exception {
    int size = 10;
    List<Device> site = site(size);
    rig.awaitJoined(size);
    Map<String, byte[]> files = files(16 << 20);
    Digest bundle = rig.publish("1.0.0", files, rig.release);

    RolloutView begun = rig.rollOut("1.0.0", STAY, "{deltas: off}");
    RolloutView there =
        Await.until(
            "ten devices",
            PATIENCE,
            () -> rig.client().rollout(begun.id()),
            r -> r.devicesConfirmed() == size);

    for (Device device : site) assertThat(device.link("current")).isEqualTo(bundle.hex());
    long one = bytes(files);
    double ratio = (double) there.traffic().uplink() / one;
    System.out.printf(
        "site of %d: %d bytes over the uplink for a download of %d: %.3f; %d from peers%n",
        size, there.traffic().uplink(), one, ratio, there.traffic().peer());
    assertThat(ratio).isBetween(1.0, 1.1);
    assertThat(there.traffic().peer()).isGreaterThanOrEqualTo((size - 1) * (16L << 20));
    assertThat(there.members()).filteredOn(m -> m.traffic().uplink() > (16 << 20)).hasSize(1);
    // What the operator is told a site has cost is the same.
    Traffic counted =
        Await.until("the site's bytes", () -> rig.bytesOf("oslo"), t -> t.equals(there.traffic()));
    assertThat(counted.uplink()).isLessThanOrEqualTo(one * 11 / 10);
  }

  @Test
  @Tag("slow")
  void aPatchCrossesTheUplinkOnceAndTheFileItMakesIsSharedOut() throws Exception {
    int size = 3;
    site(size);
    rig.awaitJoined(size);
    rig.publish("1.0.0", Map.of("model.onnx", ONE.onnx().toArray()), rig.release);
    RolloutView first = rig.rollOut("1.0.0", "[{name: all, percent: 100, soak: 2s}]", "{}");
    assertThat(rig.await(first, r -> r.phase().over()).phase()).isEqualTo(Phase.COMPLETED);
    byte[] model = new Releases(400, 80).fineTuned(ONE).onnx().toArray();
    rig.publish("1.1.0", Map.of("model.onnx", model), rig.release);

    RolloutView begun = rig.rollOut("1.1.0", STAY, "{}");
    RolloutView there =
        Await.until(
            "three devices",
            PATIENCE,
            () -> rig.client().rollout(begun.id()),
            r -> r.devicesConfirmed() == size);

    List<Traffic> each = there.members().stream().map(Member::traffic).toList();
    assertThat(each).filteredOn(t -> t.delta() > 0).hasSize(1);
    assertThat(each).filteredOn(t -> t.peer() == model.length).hasSize(size - 1);
    assertThat(there.traffic().full()).as("papers").isLessThan(size * 20_000L);
    System.out.printf(
        "site of %d, a model of %d bytes: first %s, then %s%n",
        size, model.length, first(first), there.traffic());
  }

  private Traffic first(RolloutView rollout) {
    return rig.client().rollout(rollout.id()).traffic();
  }

  /** Devices that know each other's addresses. */
  private List<Device> site(int size) throws Exception {
    List<Integer> ports = Rig.freePorts(size);
    List<Device> site = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      String id = "cam-" + (i + 1);
      site.add(rig.device(id, rig.enrolment(), Device.Setup.with(peers(ports.get(i), ports))));
    }
    return site;
  }

  @Test
  void whatASitesCacheHasIsNotFetchedAgain() throws Exception {
    try (CachingProxy cache = CachingProxy.before(rig.address())) {
      var setup = Device.Setup.with("siteCache: " + cache.address());
      Device first = rig.device("cam-1", rig.enrolment(), setup);
      Device second = rig.device("cam-2", rig.enrolment(), setup);
      rig.awaitJoined(2);
      Map<String, byte[]> files = files(2 << 20);
      Digest bundle = rig.publish("1.0.0", files, rig.release);

      RolloutView begun = rig.rollOut("1.0.0", STAY, "{deltas: off, peers: false}");
      rig.await(begun, r -> r.devicesConfirmed() == 2);

      assertThat(List.of(first.link("current"), second.link("current"))).containsOnly(bundle.hex());
      // Two files, the manifest and its signature, each the second time.
      assertThat(cache.hits()).isGreaterThanOrEqualTo(4);
      assertThat(cache.fetched()).isBetween(bytes(files), bytes(files) + 50_000);
    }
  }

  @Test
  @Tag("slow")
  void aHundredCutConnectionsCostTwoPercentAtMost() throws Exception {
    int size = 64 << 20;
    int cuts = 100;
    Map<String, byte[]> files = files(size);
    try (CuttingRelay link = CuttingRelay.before(rig.address(), size / (cuts + 1) + 1)) {
      EnrolmentFile file = rig.enrolment();
      Device device =
          rig.device(
              "cam-1",
              new EnrolmentFile(link.address(), file.caCertificates(), file.trust(), file.token()));
      rig.awaitJoined(1);
      Digest bundle = rig.publish("1.0.0", files, rig.release);
      long before = link.toDevice();

      RolloutView begun = rig.rollOut("1.0.0", STAY, "{deltas: off, peers: false}");
      RolloutView there =
          Await.until(
              "a device on a bad link",
              PATIENCE,
              () -> rig.client().rollout(begun.id()),
              r -> r.devicesConfirmed() == 1);

      assertThat(device.link("current")).isEqualTo(bundle.hex());
      long body = bytes(files);
      double told = (double) there.traffic().full() / body;
      double sent = (double) (link.toDevice() - before) / body;
      System.out.printf(
          "resume: %d cuts; bodies %.4f of the files, all that was sent %.4f; %d bytes resumed%n",
          link.cuts(), told, sent, there.traffic().resumed());
      assertThat(link.cuts()).isGreaterThanOrEqualTo(cuts);
      assertThat(told).isBetween(1.0, 1.02);
      assertThat(sent).isBetween(1.0, 1.02);
      assertThat(there.traffic().resumed()).isGreaterThan(size / 2);
    }
  }

  private static String peers(int port, List<Integer> all) {
    String list =
        all.stream().map(p -> "\"127.0.0.1:" + p + "\"").collect(Collectors.joining(", "));
    return "peers: {port: %d, bind: 127.0.0.1, discovery: list, list: [%s], upload: 64 MiB}"
        .formatted(port, list);
  }

  /** A model, and a file beside it that is worth saving. */
  private static Map<String, byte[]> files(int size) {
    byte[] big = new byte[size];
    new Random(1).nextBytes(big);
    return Map.of("model.onnx", ONE.onnx().toArray(), "big.bin", big);
  }

  private static long bytes(Map<String, byte[]> files) {
    return files.values().stream().mapToLong(file -> file.length).sum();
  }
}
