package dev.hatchery.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.agent.disk.RealDisk;
import dev.hatchery.agent.fixture.Keys;
import dev.hatchery.agent.fixture.TestBundle;
import dev.hatchery.core.Code;
import dev.hatchery.core.Compatibility;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.FitRule;
import dev.hatchery.core.Order;
import dev.hatchery.core.Pipeline;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.SlotStatus.State;
import dev.hatchery.core.Version;
import dev.hatchery.core.VersionRange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a device does not install, why it says so, and that nothing has changed then. */
final class RefusalTest {
  private static final Keys KEYS = new Keys();
  private static final TestBundle V1 = TestBundle.of("1.0.0", 300_000, KEYS.release);
  private static final TestBundle V2 = TestBundle.of("1.1.0", 300_000, KEYS.release);

  /** The second bundle has the first one's SBOM and golden samples, and they are not fetched. */
  private static final long SHARED =
      V2.manifest.files().stream()
          .filter(f -> V1.blobs.containsKey(f.sha256()))
          .mapToLong(FileEntry::size)
          .sum();

  @TempDir Path folder;
  private Bench bench;

  @BeforeEach
  void installTheFirst() throws Exception {
    bench = new Bench(folder.resolve("state"), new RealDisk(), KEYS);
    bench.install(V1, "c1");
  }

  private void failsWith(Code code) throws Exception {
    int reloads = bench.service.reloads;
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.worker.status().state()).isEqualTo(State.FAILED);
    assertThat(bench.worker.status().reason()).contains(code);
    assertThat(bench.current()).contains(V1.digest());
    assertThat(bench.lkg()).contains(V1.digest());
    assertThat(bench.slot.bundles()).containsExactly(V1.digest());
    assertThat(bench.service.reloads).isEqualTo(reloads);
    assertThat(folder.resolve("state/dl")).isEmptyDirectory();
  }

  @Test
  void aBundleThatCiDidNotSignCostsNoBytesButItsPapers() throws Exception {
    TestBundle forged = TestBundle.of("1.1.0", 300_000, KEYS.stranger);
    bench.source.offer(forged);
    bench.order(forged, "c2");

    failsWith(Code.BAD_SIGNATURE);
    assertThat(bench.worker.status().bytesDownloaded())
        .isEqualTo(forged.manifestBytes.length + forged.signature.length);
  }

  @Test
  void aBundleWithoutASignatureIsRefused() throws Exception {
    bench.source.offer(V2);
    Order signed = V2.order("c2", Bench.TRIAL);
    bench.order(
        new Order(
            "c2",
            signed.release(),
            signed.manifest(),
            signed.manifestSize(),
            List.of(),
            signed.reason(),
            signed.trial(),
            signed.window(),
            signed.warmUp(),
            signed.delivery()));

    failsWith(Code.BAD_SIGNATURE);
  }

  @Test
  void aFlippedByteOnTheWayIsFetchedAgainAndThenRefused() throws Exception {
    bench.source.offer(V2);
    bench.source.spoil =
        content -> {
          content[content.length / 2] ^= 1;
          return content;
        };
    bench.order(V2, "c2");

    failsWith(Code.HASH);
  }

  @Test
  void aFlippedByteThatComesOnceDoesNoHarm() throws Exception {
    bench.source.offer(V2);
    boolean[] spoilt = {false};
    bench.source.spoil =
        content -> {
          if (content.length == 300_000 && !spoilt[0]) {
            content[17] ^= 1;
            spoilt[0] = true;
          }
          return content;
        };
    bench.order(V2, "c2");
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.current()).contains(V2.digest());
    assertThat(bench.worker.status().bytesDownloaded())
        .isEqualTo(V2.totalBytes() - SHARED + 300_000);
  }

  @Test
  void theDigestOfAnotherReleaseIsRefused() throws Exception {
    bench.source.offer(V2);
    Order order = V2.order("c2", Bench.TRIAL);
    bench.order(
        new Order(
            "c2",
            ReleaseId.parse("inspection@9.9.9"),
            order.manifest(),
            order.manifestSize(),
            order.signatures(),
            order.reason(),
            order.trial(),
            order.window(),
            order.warmUp(),
            order.delivery()));

    failsWith(Code.CONFLICT);
  }

  @Test
  void aManifestLargerThanTheOrderSaysIsRefused() throws Exception {
    bench.source.offer(V2);
    Order order = V2.order("c2", Bench.TRIAL);
    bench.order(
        new Order(
            "c2",
            order.release(),
            order.manifest(),
            10,
            order.signatures(),
            order.reason(),
            order.trial(),
            order.window(),
            order.warmUp(),
            order.delivery()));

    failsWith(Code.SIZE);
  }

  @Test
  void aFullDiskIsRefusedWithTheNumbersBeforeAnyFileIsFetched() throws Exception {
    bench.reserve = Optional.of(DataSize.mib(1L << 32));
    bench.boot(new RealDisk());
    bench.source.offer(V2);
    bench.order(V2, "c2");

    failsWith(Code.NO_SPACE);
    assertThat(bench.worker.status().detail()).contains("293.", "KiB and", "that stay free");
    assertThat(bench.worker.status().bytesDownloaded()).isLessThan(10_000);
  }

  @Test
  void aBundleForOtherHardwareIsRefused() throws Exception {
    TestBundle hailo =
        TestBundle.of(
            "1.1.0",
            1000,
            KEYS.release,
            new Compatibility(
                List.of(),
                List.of(),
                List.of("HAILO10H"),
                Map.of("onnxruntime", VersionRange.parse(">=2")),
                new DataSize(0),
                false),
            110);
    bench.facts =
        new DeviceFacts(
            "",
            "x86_64",
            "",
            "",
            DataSize.mib(512),
            List.of("HAILO8"),
            Map.of("onnxruntime", Version.parse("1.29.0")),
            "");
    bench.boot(new RealDisk());
    bench.source.offer(hailo);
    bench.order(hailo, "c2");

    failsWith(Code.INCOMPATIBLE);
    assertThat(bench.worker.status().detail())
        .contains("HAILO8, needs [HAILO10H]", "onnxruntime 1.29.0");
  }

  @Test
  void aSlotTakesItsOwnKindOfBundleAndNoOther() throws Exception {
    TestBundle firmware = TestBundle.firmware("1.2.0", 1000, KEYS.release);
    bench.source.offer(firmware);
    bench.order(firmware, "c2");
    failsWith(Code.INCOMPATIBLE);
    assertThat(bench.worker.status().detail()).contains("takes another kind of bundle");

    bench.kinds = Map.of(Bench.SLOT, Pipeline.FIRMWARE);
    bench.boot(new RealDisk());
    bench.install(firmware, "c3");
    assertThat(bench.current()).contains(firmware.digest());
    bench.source.offer(V2);
    bench.order(V2, "c4");
    bench.until(() -> bench.settled("c4"));
    assertThat(bench.worker.status().reason()).contains(Code.INCOMPATIBLE);
  }

  @Test
  void whatADeviceDoesNotKnowOfItselfIsRefusedUnlessTheOrderOnlyWarns() throws Exception {
    TestBundle hailo =
        TestBundle.of(
            "1.1.0",
            1000,
            KEYS.release,
            new Compatibility(
                List.of(), List.of(), List.of("HAILO10H"), Map.of(), new DataSize(0), false),
            110);
    bench.boot(new RealDisk());
    bench.source.offer(hailo);
    bench.order(hailo, "c2");
    failsWith(Code.INCOMPATIBLE);
    assertThat(bench.worker.status().detail()).contains("accelerator unknown");

    Order usual = hailo.order("c3", Bench.TRIAL);
    bench.order(
        new Order(
            usual.commandId(),
            usual.release(),
            usual.manifest(),
            usual.manifestSize(),
            usual.signatures(),
            usual.reason(),
            usual.trial(),
            usual.window(),
            usual.warmUp(),
            usual.delivery(),
            FitRule.UnknownFacts.WARN));
    bench.until(() -> bench.settled("c3"));
    assertThat(bench.worker.status().state()).isEqualTo(SlotStatus.State.CONFIRMED);
  }

  @Test
  void aRevokedBundleIsRefusedBeforeAnythingIsFetched() throws Exception {
    bench.source.policy = Optional.of(KEYS.policy(1, Map.of(), Set.of(V2.digest())));
    bench.policyVersion = 1;
    bench.source.offer(V2);
    bench.order(V2, "c2");

    failsWith(Code.REVOKED);
    assertThat(bench.worker.status().bytesDownloaded()).isZero();
  }

  @Test
  void aBundleBelowTheFloorIsRefused() throws Exception {
    bench.source.policy =
        Optional.of(KEYS.policy(1, Map.of(V2.manifest.release().name(), 111L), Set.of()));
    bench.policyVersion = 1;
    bench.source.offer(V2);
    bench.order(V2, "c2");

    failsWith(Code.BELOW_FLOOR);
  }

  @Test
  void whatIsRevokedIsNotGoneBackToOnOrder() throws Exception {
    bench.install(V2, "c2");
    bench.source.policy = Optional.of(KEYS.policy(1, Map.of(), Set.of(V1.digest())));
    bench.policyVersion = 1;
    bench.order(V1, "c3");
    bench.until(() -> bench.settled("c3"));

    assertThat(bench.worker.status().reason()).contains(Code.REVOKED);
    assertThat(bench.current()).contains(V2.digest());
  }

  @Test
  void aPolicyThatIsNotToBeHadHoldsTheOrder() throws Exception {
    bench.policyVersion = 3;
    bench.source.offer(V2);
    bench.order(V2, "c2");
    bench.forSeconds(120);

    assertThat(bench.worker.status().state()).isEqualTo(State.FETCHING);
    assertThat(bench.worker.status().detail()).contains("TRUST_MISSING");
    assertThat(bench.current()).contains(V1.digest());

    bench.source.policy = Optional.of(KEYS.policy(3, Map.of(), Set.of()));
    bench.until(() -> bench.settled("c2"));
    assertThat(bench.current()).contains(V2.digest());
  }

  @Test
  void aBlobThatTheServerDoesNotHaveFailsAfterAFewTries() throws Exception {
    bench.source.offer(V2);
    bench.source.blobs.remove(V2.model());
    bench.order(V2, "c2");

    failsWith(Code.NOT_FOUND);
  }

  @Test
  void anOfflineServerIsWaitedForAsLongAsItTakes() throws Exception {
    bench.source.offer(V2);
    bench.order(V2, "c2");
    bench.source.away = true;
    bench.forSeconds(2 * 3600);
    assertThat(bench.worker.status().state()).isEqualTo(State.FETCHING);

    bench.source.away = false;
    bench.until(() -> bench.settled("c2"));
    assertThat(bench.worker.status().state()).isEqualTo(State.CONFIRMED);
  }

  @Test
  void aCutDownloadGoesOnWhereItWas() throws Exception {
    bench.source.offer(V2);
    bench.source.cutAfter = 70_000;
    bench.order(V2, "c2");
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.current()).contains(V2.digest());
    assertThat(bench.worker.status().bytesDownloaded()).isEqualTo(V2.totalBytes() - SHARED);
    assertThat(bench.source.asked).anyMatch(a -> a.endsWith("from 140000"));
  }

  @Test
  void aSourceThatIgnoresRangesIsGoodEnough() throws Exception {
    bench.source.offer(V2);
    bench.source.cutAfter = 280_000;
    bench.order(V2, "c2");
    bench.until(() -> bench.source.asked.stream().anyMatch(a -> a.endsWith("from 280000")));
    bench.source.ignoresRange = true;
    bench.source.cutAfter = Integer.MAX_VALUE;
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.current()).contains(V2.digest());
  }

  @Test
  void aSourceThatOnlyEverSendsTheBeginningIsGivenUp() throws Exception {
    bench.source.offer(V2);
    bench.source.ignoresRange = true;
    bench.source.cutAfter = 100_000;
    bench.order(V2, "c2");

    failsWith(Code.TRUNCATED);
  }

  @Test
  void aBodyWithoutEndIsCutAtTheSizeThatWasSigned() throws Exception {
    bench.source.offer(V2);
    bench.source.spoil =
        content -> content.length == 300_000 ? Arrays.copyOf(content, 900_000) : content;
    bench.order(V2, "c2");
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.current()).contains(V2.digest());
    assertThat(bench.worker.status().bytesDownloaded()).isLessThan(V2.totalBytes() + 64 * 1024);
  }

  @Test
  void aRottenBlobIsFoundBeforeItIsUsedAndFetchedAnew() throws Exception {
    Digest shared = V2.manifest.file("golden.json").orElseThrow().sha256();
    Path blob = bench.store.blobs().path(shared);
    Files.setPosixFilePermissions(blob, PosixFilePermissions.fromString("rw-------"));
    byte[] rotten = Files.readAllBytes(blob);
    rotten[3] ^= 1;
    Files.delete(blob);
    Files.write(blob, rotten);
    bench.source.offer(V2);
    bench.order(V2, "c2");
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.worker.status().state()).isEqualTo(State.CONFIRMED);
    assertThat(bench.slot.version(V2.digest()).resolve("golden.json"))
        .hasBinaryContent(V2.blobs.get(shared));
  }

  @Test
  void aBundleOnDiskThatHasRottedIsFetchedAnewForARollbackOrder() throws Exception {
    bench.install(V2, "c2");
    Path model = bench.slot.version(V1.digest()).resolve("model.onnx");
    Files.setPosixFilePermissions(model, PosixFilePermissions.fromString("rw-------"));
    byte[] rotten = Files.readAllBytes(model);
    rotten[1000] ^= 1;
    Files.write(model, rotten);

    bench.order(V1, "c3");
    bench.until(() -> bench.settled("c3"));

    assertThat(bench.current()).contains(V1.digest());
    assertThat(bench.slot.version(V1.digest()).resolve("model.onnx"))
        .hasBinaryContent(V1.blobs.get(V1.model()));
    assertThat(bench.worker.status().bytesDownloaded()).isPositive();
  }

  @Test
  void anExtraFileBesideTheManifestsMakesABundleUnsound() throws Exception {
    bench.install(V2, "c2");
    Path v1 = bench.slot.version(V1.digest());
    Files.setPosixFilePermissions(v1, PosixFilePermissions.fromString("rwx------"));
    Files.writeString(v1.resolve("extra.bin"), "x");
    bench.source.away = true;

    bench.order(V1, "c3");
    bench.forSeconds(60);

    assertThat(bench.current()).contains(V2.digest());
    assertThat(bench.worker.status().state()).isEqualTo(State.FETCHING);
  }
}
