package dev.hatchery.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Traffic;
import dev.hatchery.delta.BadPatch;
import dev.hatchery.delta.Header;
import dev.hatchery.examples.inspection.Releases;
import dev.hatchery.examples.inspection.TrainedRelease;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Member;
import dev.hatchery.wire.api.RolloutView.Phase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By which way and when bytes come, with a real server, a real agent and a real service. */
final class DeliveryEndToEndTest {
  private static final String ALL = "[{name: all, percent: 100, soak: 2s}]";
  private static final String STAY = "[{name: all, percent: 100, soak: 600s}]";
  private static final String WHOLE = "{deltas: off}";
  private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("HH:mm");

  /** More than a manifest and its signature, less than any model. */
  private static final long PAPERS = 20_000;

  private static final TrainedRelease ONE = new Releases(400, 80).baseline();
  private static final byte[] TWO = new Releases(400, 80).fineTuned(ONE).onnx().toArray();

  @TempDir private Path folder;
  private Rig rig;
  private Digest one = Digest.of(new byte[0]);

  @BeforeEach
  void start() throws Exception {
    rig = Rig.start(folder);
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void anUpdateMovesAsADelta() throws Exception {
    Device device = onOne(Device.Setup.USUAL);
    Digest two = publishTwo();

    RolloutView over = completed("1.1.0", "{}");

    assertThat(device.link("current")).isEqualTo(two.hex());
    Traffic traffic = over.traffic();
    assertThat(traffic.delta()).isBetween(1L, TWO.length - 1L);
    assertThat(traffic.full()).as("manifest and signature").isBetween(1L, PAPERS);
    assertThat(over.fullCost()).isGreaterThanOrEqualTo(TWO.length);
    assertThat(rig.bytesOf("oslo").delta()).isEqualTo(traffic.delta());
  }

  @Test
  void aPatchThatIsDamagedCostsItselfAndTheReasonIsTold() throws Exception {
    Device device = onOne(Device.Setup.USUAL);
    Digest two = publishTwo();
    Digest patch = damagedPatch();

    RolloutView over = completed("1.1.0", "{}");

    assertThat(device.link("current")).isEqualTo(two.hex());
    assertThat(over.traffic().delta()).isEqualTo(Files.size(rig.blob(patch)));
    assertThat(over.traffic().full()).isBetween((long) TWO.length, TWO.length + PAPERS);
    assertThat(rig.explain(device)).contains("the patch for model.onnx was of no use: HASH");
    assertThat(rig.serverLog())
        .containsPattern("device\\.fetched device=cam-1 .*reason=DELTA .*of no use: HASH");
  }

  @Test
  @Tag("slow")
  void whereDeltasAreRequiredADamagedPatchFailsTheOrder() throws Exception {
    Device device = onOne(Device.Setup.USUAL);
    publishTwo();
    damagedPatch();

    RolloutView begun = rig.rollOut("1.1.0", STAY, "{deltas: require}");
    RolloutView failed = rig.await(begun, r -> failure(r).isPresent());

    assertThat(failure(failed)).contains(Code.DELTA);
    assertThat(failed.traffic().full()).isLessThan(PAPERS);
    assertThat(device.link("current")).isEqualTo(one.hex());
    assertThat(rig.explain(device)).contains("DELTA").contains("patches only");
  }

  @Test
  void aWindowThatIsShutWhereTheDeviceIsHoldsItsDownload() throws Exception {
    Device device = onOne(new Device.Setup("{site: oslo, zone: Asia/Tokyo}", ""));
    Digest two = publishTwo();
    // Open now in UTC, where the server is; in Tokyo it is nine hours later.
    ZonedDateTime utc = Instant.now().atZone(ZoneOffset.UTC);
    RolloutView begun = rig.rollOut("1.1.0", STAY, window(utc));

    Await.until(
        "the device to say that it waits",
        () -> rig.explain(device),
        said -> said.contains("is closed until") && said.contains("Asia/Tokyo, next at"));
    assertThat(device.link("current")).isEqualTo(one.hex());
    assertThat(rig.client().rollout(begun.id()).traffic().total()).isZero();

    // The operator moves it.
    rig.client().abort(begun.id(), "another window");
    rig.await(begun, r -> r.phase() == Phase.ROLLED_BACK);
    RolloutView over = completed("1.1.0", window(utc.withZoneSameInstant(ZoneId.of("Asia/Tokyo"))));

    assertThat(device.link("current")).isEqualTo(two.hex());
    assertThat(over.traffic().total()).isPositive();
  }

  @Test
  @Tag("slow")
  void whatIsPrefetchedIsSwitchedToLaterWithoutAByteMore() throws Exception {
    Device device = onOne(Device.Setup.USUAL);
    Digest two = publishTwo();
    Instant later = Instant.now().plusSeconds(40);

    RolloutView begun =
        rig.rollOut("1.1.0", ALL, "{deltas: off, activateFrom: %s}".formatted(later));
    String waits =
        Await.until(
            "the device to have staged it",
            () -> rig.explain(device),
            said -> said.contains("staged; is activated from"));
    Path staged = device.slot().resolve("v/" + two.hex());
    assertThat(staged.resolve("model.onnx")).hasBinaryContent(TWO);
    assertThat(waits).contains("verified");
    assertThat(device.link("current")).isEqualTo(one.hex());
    assertThat(Instant.now()).as("the machine was fast enough to see it staged").isBefore(later);
    long paid = rig.await(begun, r -> r.traffic().total() > TWO.length).traffic().total();

    RolloutView over = rig.await(begun, r -> r.phase().over());

    assertThat(over.phase()).isEqualTo(Phase.COMPLETED);
    assertThat(device.link("current")).isEqualTo(two.hex());
    assertThat(over.traffic().total()).isEqualTo(paid);
    assertThat(over.finishedAt()).hasValueSatisfying(at -> assertThat(at).isAfter(later));
  }

  /** A device that runs 1.0.0. */
  private Device onOne(Device.Setup setup) throws Exception {
    Device device = rig.device("cam-1", rig.enrolment(), setup);
    rig.awaitJoined(1);
    one = rig.publish("1.0.0", Map.of("model.onnx", ONE.onnx().toArray()), rig.release);
    completed("1.0.0", WHOLE);
    return device;
  }

  private Digest publishTwo() throws IOException {
    return rig.publish("1.1.0", Map.of("model.onnx", TWO), rig.release);
  }

  private RolloutView completed(String version, String delivery) throws InterruptedException {
    RolloutView over = rig.await(rig.rollOut(version, ALL, delivery), r -> r.phase().over());
    assertThat(over.phase()).as(over.toString()).isEqualTo(Phase.COMPLETED);
    return over;
  }

  /** Two hours around this time of day. */
  private static String window(ZonedDateTime around) {
    return "{deltas: off, window: \"%s-%s\"}"
        .formatted(MINUTE.format(around.minusHours(1)), MINUTE.format(around.plusHours(1)));
  }

  private static Optional<Code> failure(RolloutView rollout) {
    return rollout.members().stream().map(Member::failure).flatMap(Optional::stream).findFirst();
  }

  /** Has the patch made by asking what the rollout would cost, and damages it where it lies. */
  private Digest damagedPatch() throws Exception {
    rig.client().tryRollout(Rig.spec("1.1.0", ALL, "{}"));
    List<Digest> found = Await.until("the patch", this::patches, all -> !all.isEmpty());
    assertThat(found).hasSize(1);
    rig.flipOneByteOf(found.getFirst());
    return found.getFirst();
  }

  /** The blobs that make 1.1.0's model. */
  private List<Digest> patches() throws IOException {
    try (Stream<Path> blobs = Files.list(rig.blob(one).getParent())) {
      return blobs
          .filter(DeliveryEndToEndTest::makesTwo)
          .map(blob -> Digest.parse("sha256:" + blob.getFileName()))
          .toList();
    }
  }

  private static boolean makesTwo(Path blob) {
    try (InputStream in = Files.newInputStream(blob)) {
      byte[] hash = Header.parse(in.readNBytes(Header.SIZE)).resultSha256();
      return MessageDigest.isEqual(hash, Digest.of(TWO).bytes());
    } catch (BadPatch | IOException other) {
      return false;
    }
  }
}
