package dev.hatchery.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.TrustedKey.Algorithm;
import dev.hatchery.examples.inspection.Releases;
import dev.hatchery.examples.inspection.TrainedRelease;
import dev.hatchery.runner.ort.OnnxModel;
import dev.hatchery.runner.ort.Tensor;
import dev.hatchery.wire.EnrolmentFile;
import dev.hatchery.wire.Golden;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.DeviceView;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Phase;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Place;
import dev.hatchery.wire.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attacks and accidents, against a real server, real agents and real inference services. */
final class EndToEndTest {
  private static final Name SLOT = new Name("vision");
  private static final String ALL = "[{name: all, percent: 100, soak: 2s}]";
  private static final String ALL_LONG = "[{name: all, percent: 100, soak: 100s}]";
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

  @Test
  void aBundleWithOneFlippedByteIsRefusedAndTheDeviceStaysWhereItIs() throws Exception {
    Device device = rig.device("cam-1", rig.enrolment());
    Digest one = onOne();
    rig.publish("1.1.0", TWO.onnx().toArray(), Optional.empty(), rig.release);
    rig.flipOneByteOf(TWO.onnx().digest());

    RolloutView rollout = rig.rollOut("1.1.0", ALL);

    rig.await(rollout, r -> failure(r).isPresent());
    assertThat(failure(rig.client().rollout(rollout.id()))).contains(Code.HASH);
    assertThat(device.link("current")).isEqualTo(one.hex());
    assertThat(Files.exists(device.slot().resolve("v/" + TWO.onnx().digest().hex()))).isFalse();

    rig.client().abort(rollout.id(), "tampered");
    RolloutView over = rig.await(rollout, r -> r.phase() == Phase.ROLLED_BACK);
    assertThat(over.bytesForRollback()).isZero();
  }

  @Test
  void aServerThatOffersABundleCiDidNotSignInstallsNothing() throws Exception {
    // The server believes another release key than the device does: it has been taken over.
    EnrolmentFile honest = rig.enrolment();
    SigningKey realCi = SigningKey.generate(Algorithm.ECDSA_P256);
    Device device =
        rig.device(
            "cam-1",
            new EnrolmentFile(
                honest.server(), honest.caCertificates(), rig.trust(realCi), honest.token()));
    rig.publish("1.0.0", ONE.onnx().toArray(), Optional.empty(), rig.release);
    awaitJoined(device);

    RolloutView rollout = rig.rollOut("1.0.0", ALL);

    rig.await(rollout, r -> failure(r).isPresent());
    assertThat(failure(rig.client().rollout(rollout.id())))
        .get()
        .isIn(Code.BAD_SIGNATURE, Code.THRESHOLD);
    assertThat(device.link("current")).isEmpty();
  }

  @Test
  void aReplayedDesiredStateChangesNothing() throws Exception {
    try (DesiredProxy proxy = DesiredProxy.before(rig.address())) {
      EnrolmentFile file = rig.enrolment();
      Device device =
          rig.device(
              "cam-1",
              new EnrolmentFile(
                  proxy.address(), file.caCertificates(), file.trust(), file.token()));
      onOne();
      byte[] old = proxy.desiredStates().getLast();
      Digest two = rig.publish("1.1.0", TWO.onnx().toArray(), Optional.empty(), rig.release);
      RolloutView second = rig.rollOut("1.1.0", ALL);
      rig.await(second, r -> r.phase() == Phase.COMPLETED);

      // The device comes back on the line, and is told what was true before.
      proxy.replay(old);
      device.killAgent();
      device.startAgent();

      Await.until("the replay to be asked for", proxy::replays, n -> n >= 3);
      Await.until("the device to say so", device::agentLog, log -> log.contains("ROLLBACK"));
      assertThat(device.link("current")).isEqualTo(two.hex());
      assertThat(device.link("lkg")).isEqualTo(two.hex());
    }
  }

  @Test
  void powerThatGoesBetweenDownloadAndSwitchCostsNoByteTwice() throws Exception {
    Device device = rig.device("cam-1", rig.enrolment());
    onOne();
    // Padding, so that verifying takes long enough to be interrupted.
    byte[] padded = java.util.Arrays.copyOf(TWO.onnx().toArray(), 40 << 20);
    Digest two = rig.publish("1.1.0", padded, Optional.empty(), rig.release);
    Path journal = device.state().resolve("state/journal");
    RolloutView rollout = rig.rollOut("1.1.0", ALL);

    awaitFetched(journal, two);
    device.killAgent();
    assertThat(device.link("current")).as("killed before the switch").isNotEqualTo(two.hex());
    device.startAgent();

    // The padding makes the model unreadable, so the device goes back by itself; what counts here
    // is the download.
    RolloutView failed = rig.await(rollout, r -> failure(r).isPresent());
    long bytes = failed.members().getFirst().bytesDownloaded();
    assertThat(bytes).isBetween((long) padded.length, (long) padded.length + 100_000);
  }

  @Test
  void aServiceThatNeverBecomesReadyIsPutBackByTheDeviceAlone() throws Exception {
    Device device = rig.device("cam-1", rig.enrolment());
    Digest one = onOne();
    rig.publish(
        "1.1.0", "no model at all".getBytes(StandardCharsets.UTF_8), Optional.empty(), rig.release);

    RolloutView rollout = rig.rollOut("1.1.0", ALL);

    rig.await(rollout, r -> failure(r).isPresent());
    RolloutView failed = rig.client().rollout(rollout.id());
    assertThat(failure(failed)).get().isIn(Code.NOT_READY, Code.LOADER);
    assertThat(failed.members().getFirst().localRollbacks()).isEqualTo(1);
    assertThat(device.link("current")).isEqualTo(one.hex());
    assertThat(slot(device).running()).contains(one);
  }

  @Test
  void aDeviceThatWasOfflineDuringTheRollbackGoesBackWhenItWakes() throws Exception {
    Device awake = rig.device("cam-1", rig.enrolment());
    Device asleep = rig.device("cam-2", rig.enrolment());
    Digest one = onOne();
    Digest two = rig.publish("1.1.0", TWO.onnx().toArray(), golden(TWO), rig.release);
    RolloutView rollout = rig.rollOut("1.1.0", ALL_LONG);
    rig.await(rollout, r -> r.devicesConfirmed() == 2);

    asleep.killAgent();
    rig.client().abort(rollout.id(), "by hand");

    Await.until("the device that is awake", () -> awake.link("current"), c -> c.equals(one.hex()));
    assertThat(asleep.link("current")).isEqualTo(two.hex());
    assertThat(rig.client().rollout(rollout.id()).phase()).isEqualTo(Phase.ROLLING_BACK);

    asleep.startAgent();
    RolloutView over = rig.await(rollout, r -> r.phase() == Phase.ROLLED_BACK);
    assertThat(asleep.link("current")).isEqualTo(one.hex());
    assertThat(over.bytesForRollback()).isZero();
    assertThat(over.devicesTouched()).isEqualTo(2);
  }

  @Test
  void aServerKilledInTheMiddleOfARolloutGoesOnWhereItWas() throws Exception {
    rig.device("cam-1", rig.enrolment());
    onOne();
    rig.publish("1.1.0", TWO.onnx().toArray(), golden(TWO), rig.release);
    RolloutView rollout = rig.rollOut("1.1.0", "[{name: all, percent: 100, soak: 6s}]");
    rig.await(rollout, r -> r.devicesConfirmed() == 1);

    rig.restartServer();

    RolloutView over = rig.await(rollout, r -> r.phase().over());
    assertThat(over.phase()).isEqualTo(Phase.COMPLETED);
    assertThat(over.members().getFirst().attempt()).isEqualTo(1);
  }

  /** Rolls 1.0.0 out to every device there is, and waits until they run it. */
  private Digest onOne() throws Exception {
    Digest one = rig.publish("1.0.0", ONE.onnx().toArray(), golden(ONE), rig.release);
    for (DeviceView device :
        Await.until("devices", () -> rig.client().devices(), d -> !d.isEmpty())) {
      Await.until("reports", () -> rig.client().device(device.id()), d -> d.lastSeen().isPresent());
    }
    RolloutView first = rig.rollOut("1.0.0", ALL);
    RolloutView over = rig.await(first, r -> r.phase().over());
    assertThat(over.phase()).as(over.toString()).isEqualTo(Phase.COMPLETED);
    return one;
  }

  private void awaitJoined(Device device) throws InterruptedException {
    Await.until(
        "the device's first report",
        () -> rig.client().device(new DeviceId(device.id)),
        d -> d.lastSeen().isPresent());
  }

  private SlotStatus slot(Device device) {
    return Optional.ofNullable(rig.client().device(new DeviceId(device.id)).slots().get(SLOT))
        .flatMap(DeviceView.Slot::status)
        .orElseThrow();
  }

  private static Optional<Code> failure(RolloutView rollout) {
    return rollout.members().stream().flatMap(m -> m.failure().stream()).findFirst();
  }

  /** One tile, with the answer the model gives in this process: a device must get the same. */
  private static Optional<byte[]> golden(TrainedRelease release) {
    float[] tile = new float[32 * 32];
    for (int i = 0; i < tile.length; i++) tile[i] = i % 7 / 7f;
    List<Integer> shape = List.of(1, 1, 32, 32);
    String label;
    try (OnnxModel model = OnnxModel.load(release.onnx().toArray())) {
      label = model.run(new Tensor(shape, tile)).label(0);
    }
    List<Float> data = new ArrayList<>();
    for (float value : tile) data.add(value);
    Node request =
        Tree.object()
            .put("shape", Tree.list(shape, n -> Tree.integer(n)))
            .put("data", Tree.list(data, v -> new Node.Real(v, Place.NOWHERE)))
            .done();
    return Optional.of(
        Wire.GOLDEN.bytes(new Golden(List.of(new Golden.Sample(request, label)), 1)));
  }

  // The first record of the bundle that has cost bytes is FETCHED; the switch comes two records
  // later.
  private static void awaitFetched(Path journal, Digest bundle) {
    Pattern fetched =
        Pattern.compile("\"bundle\":\"" + bundle + "\",\"traffic\":\\{[^}]*\"full\":[1-9]");
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (System.nanoTime() < deadline) {
      try {
        if (fetched.matcher(Files.readString(journal, StandardCharsets.ISO_8859_1)).find()) return;
      } catch (IOException notYet) {
        // written at this moment
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("the download never ended");
  }
}
