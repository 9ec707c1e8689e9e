package dev.hatchery.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.agent.disk.RealDisk;
import dev.hatchery.agent.fixture.FaultyDisk;
import dev.hatchery.agent.fixture.HandPatch;
import dev.hatchery.agent.fixture.Keys;
import dev.hatchery.agent.fixture.TestBundle;
import dev.hatchery.core.Code;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.Delivery.DeltaUse;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Event;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.SlotStatus.State;
import dev.hatchery.delta.make.DeltaMaker;
import dev.hatchery.wire.DeltaOffer;
import dev.hatchery.wire.DeltaOffers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bundle that comes as a patch, and what becomes of it when the patch is of no use. */
final class PatchTest {
  private static final Keys KEYS = new Keys();
  private static final int SIZE = 300_000;
  private static final TestBundle V1 = TestBundle.of("1.0.0", SIZE, KEYS.release);
  private static final TestBundle V2 = TestBundle.after(V1, "1.1.0", KEYS.release);
  private static final byte[] PATCH = HandPatch.of(V1.modelBytes(), V2.modelBytes(), 4);

  @TempDir Path folder;
  private Bench bench;
  private long before;

  @BeforeEach
  void installTheFirst() throws Exception {
    bench = new Bench(folder.resolve("state"), new RealDisk(), KEYS);
    bench.install(V1, "c1");
    bench.source.offer(V2);
    before = bench.source.sent;
  }

  private static Delivery deltas(DeltaUse use) {
    Delivery usual = Delivery.DEFAULT;
    return new Delivery(
        use,
        usual.peers(),
        usual.unmeteredOnly(),
        usual.rate(),
        usual.stageFrom(),
        usual.activateFrom(),
        usual.stageWindow(),
        usual.activateWindow());
  }

  private SlotStatus order(DeltaUse use) throws Exception {
    bench.order(V2.order("c2", Bench.TRIAL, deltas(use)));
    bench.until(() -> bench.settled("c2"));
    return bench.worker.status();
  }

  private Digest offer(byte[] patch) {
    return bench.source.offer(V2, Optional.of(V1.model()), patch);
  }

  private Event fetched() {
    return bench.events().stream()
        .filter(e -> e.commandId().equals("c2") && e.kind() == Event.Kind.FETCHED)
        .findFirst()
        .orElseThrow();
  }

  private static long papers() {
    return V2.totalBytes() - SIZE;
  }

  @Test
  void aPatchBringsTheFileAndIsAllThatCrossesTheUplink() throws Exception {
    Digest patch = offer(PATCH);
    SlotStatus status = order(DeltaUse.PREFER);

    assertThat(status.state()).isEqualTo(State.CONFIRMED);
    assertThat(bench.slot.version(V2.digest()).resolve("model.onnx"))
        .hasBinaryContent(V2.modelBytes());
    assertThat(status.traffic().delta()).isEqualTo(PATCH.length);
    assertThat(status.traffic().full()).isLessThan(papers());
    assertThat(bench.source.sent - before).isLessThan(PATCH.length + papers());
    assertThat(status.detail()).isEmpty();
    assertThat(fetched().reason()).isEmpty();
    assertThat(fetched().traffic()).isEqualTo(status.traffic());
    assertThat(bench.store.blobs().has(patch)).as("the patch is gone").isFalse();
    assertThat(bench.layout.downloads()).isEmptyDirectory();
  }

  @Test
  void aPatchAgainstNothingIsACompressedWholeFile() throws Exception {
    byte[] model = new byte[SIZE];
    for (int i = 0; i < SIZE; i++) model[i] = (byte) (i / 1000);
    TestBundle v3 = TestBundle.with("1.2.0", model, KEYS.release);
    Path patch = folder.resolve("patch");
    DeltaMaker.make(null, Files.write(folder.resolve("model"), model), patch);
    byte[] bytes = Files.readAllBytes(patch);
    bench.source.offer(v3);
    bench.source.offer(v3, Optional.empty(), bytes);
    bench.order(v3, "c3");
    bench.until(() -> bench.settled("c3"));

    assertThat(bench.current()).contains(v3.digest());
    assertThat(bench.worker.status().traffic().delta())
        .isEqualTo(bytes.length)
        .isLessThan(SIZE / 10);
    assertThat(bench.worker.status().traffic().full()).isLessThan(10_000);
  }

  private static TestBundle third() {
    return TestBundle.after(V2, "1.2.0", KEYS.release);
  }

  @Test
  void aPatchForABaseThatIsNotHereIsNotTaken() throws Exception {
    bench.source.offer(V2, Optional.of(Digest.of(new byte[] {1})), PATCH);
    SlotStatus status = order(DeltaUse.PREFER);

    assertThat(status.state()).isEqualTo(State.CONFIRMED);
    assertThat(status.traffic().delta()).isZero();
    assertThat(status.traffic().full()).isGreaterThan(SIZE);
  }

  @Test
  void aPatchThatDoesNotApplyIsFollowedByTheWholeFileOnceAndTold() throws Exception {
    byte[] broken = PATCH.clone();
    broken[broken.length - 1] ^= 1;
    offer(broken);
    SlotStatus status = order(DeltaUse.PREFER);

    assertThat(status.state()).isEqualTo(State.CONFIRMED);
    assertThat(status.traffic().delta()).isEqualTo(broken.length);
    assertThat(status.traffic().full()).isGreaterThan(SIZE);
    assertThat(status.detail()).contains("DELTA").contains("CHECKSUM");
    assertThat(status.reason()).as("a note, not a failure").isEmpty();
    assertThat(fetched().reason()).contains(Code.DELTA);
    assertThat(fetched().detail()).contains("CHECKSUM");
    assertThat(bench.layout.downloads()).isEmptyDirectory();
  }

  @Test
  void aPatchThatMakesAnotherFileIsNotEvenApplied() throws Exception {
    offer(HandPatch.of(V1.modelBytes(), third().modelBytes(), 1));
    assertThat(order(DeltaUse.PREFER).detail()).contains("another file");
    assertThat(bench.current()).contains(V2.digest());
  }

  @Test
  void aPatchThatIsNoPatchFallsBack() throws Exception {
    offer(new byte[500]);
    assertThat(order(DeltaUse.PREFER).detail()).contains("NOT_A_PATCH");
    assertThat(bench.current()).contains(V2.digest());
  }

  @Test
  void aPatchThatIsGoneFallsBack() throws Exception {
    bench.source.blobs.remove(offer(PATCH));
    assertThat(order(DeltaUse.PREFER).detail()).contains("NOT_FOUND");
    assertThat(bench.current()).contains(V2.digest());
  }

  @Test
  void aPatchThatWasChangedOnTheWayFallsBack() throws Exception {
    Digest patch = offer(PATCH);
    bench.source.blobs.put(patch, new byte[PATCH.length]);
    assertThat(order(DeltaUse.PREFER).detail()).contains("HASH");
    assertThat(bench.current()).contains(V2.digest());
  }

  @Test
  void anOrderThatTakesPatchesOnlyFailsWithThePatchsReason() throws Exception {
    byte[] broken = PATCH.clone();
    broken[200] ^= 1;
    offer(broken);
    SlotStatus status = order(DeltaUse.REQUIRE);

    assertThat(status.state()).isEqualTo(State.FAILED);
    assertThat(status.reason()).contains(Code.DELTA);
    assertThat(status.detail()).contains("CHECKSUM");
    assertThat(bench.current()).contains(V1.digest());
    assertThat(bench.source.asked).noneMatch(a -> a.startsWith("blob " + V2.model().brief()));
  }

  @Test
  void anOrderThatTakesPatchesOnlyFailsWhereNoneIsOffered() throws Exception {
    assertThat(order(DeltaUse.REQUIRE).reason()).contains(Code.DELTA);
  }

  @Test
  void anOrderThatTakesPatchesOnlyTakesSmallFilesWhole() throws Exception {
    offer(PATCH);
    assertThat(order(DeltaUse.REQUIRE).state()).isEqualTo(State.CONFIRMED);
  }

  @Test
  void anOrderWithoutPatchesNeverAsks() throws Exception {
    offer(PATCH);
    SlotStatus status = order(DeltaUse.OFF);

    assertThat(status.traffic().delta()).isZero();
    assertThat(bench.source.asked).noneMatch(a -> a.startsWith("deltas for " + V2.model().brief()));
  }

  @Test
  void aPatchInTheMakingIsWaitedForAndToldSo() throws Exception {
    bench.source.offers.put(V2.model(), new DeltaOffers(V2.model(), SIZE, List.of(), true));
    bench.order(V2.order("c2", Bench.TRIAL));
    bench.until(() -> bench.worker.status().detail().contains("is being made"));
    bench.forSeconds(60);
    assertThat(bench.worker.status().state()).isEqualTo(State.FETCHING);
    offer(PATCH);
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.worker.status().traffic().delta()).isEqualTo(PATCH.length);
    assertThat(
            bench.source.asked.stream()
                .filter(a -> a.startsWith("deltas for " + V2.model().brief())))
        .as("every ten seconds")
        .hasSizeBetween(6, 9);
  }

  @Test
  void aPatchThatIsNeverDoneIsNotWaitedForLong() throws Exception {
    bench.source.offers.put(V2.model(), new DeltaOffers(V2.model(), SIZE, List.of(), true));
    var began = bench.time.now();
    assertThat(order(DeltaUse.PREFER).traffic().full()).isGreaterThan(SIZE);
    assertThat(Duration.between(began, bench.time.now())).isLessThan(Duration.ofMinutes(8));
  }

  @Test
  void aPatchThatCannotBeHadWithTheFileOnTheDiskIsLeft() throws Exception {
    offer(PATCH);
    // Room for the files and for half of the patch.
    FaultyDisk disk = new FaultyDisk(folder, 0);
    disk.usable = OptionalLong.of(SIZE + 100 + PATCH.length / 2);
    bench.journal.close();
    bench.worker.close();
    bench.boot(disk);
    SlotStatus status = order(DeltaUse.PREFER);

    assertThat(status.state()).isEqualTo(State.CONFIRMED);
    assertThat(status.detail()).contains("NO_SPACE");
    assertThat(status.traffic().delta()).isZero();
  }

  @Test
  void whenThePatchWasFetchedAndTheAgentDiedNothingIsFetchedAgain() throws Exception {
    Digest patch = offer(PATCH);
    bench.order(V2.order("c2", Bench.TRIAL));
    bench.until(() -> bench.store.blobs().has(patch));
    bench.source.blobs.remove(patch);
    bench.source.offers.clear();
    bench.journal.close();
    bench.worker.close();
    bench.boot(new RealDisk());
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.worker.status().state()).isEqualTo(State.CONFIRMED);
    assertThat(bench.worker.status().traffic().delta()).isEqualTo(PATCH.length);
    assertThat(bench.worker.status().detail()).isEmpty();
  }

  @Test
  void aPatchThatFailedIsNotFetchedAgainAfterARestart() throws Exception {
    byte[] broken = PATCH.clone();
    broken[broken.length - 1] ^= 1;
    offer(broken);
    bench.source.cutAfter = 200_000;
    bench.order(V2.order("c2", Bench.TRIAL));
    bench.until(() -> bench.worker.status().detail().contains("TRUNCATED"));
    bench.journal.close();
    bench.worker.close();
    bench.boot(new RealDisk());
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.worker.status().detail()).contains("CHECKSUM");
    assertThat(bench.worker.status().traffic().delta()).isEqualTo(broken.length);
    assertThat(bench.worker.status().traffic().resumed()).isGreaterThan(100_000);
  }

  @Test
  void aWholeFileThatIsNearlyHereIsFinished() throws Exception {
    bench.source.cutAfter = 290_000;
    bench.order(V2.order("c2", Bench.TRIAL));
    bench.until(() -> bench.worker.status().detail().contains("TRUNCATED"));
    bench.source.offers.put(
        V2.model(),
        new DeltaOffers(
            V2.model(),
            SIZE,
            List.of(new DeltaOffer(Optional.of(V1.model()), Digest.of(PATCH), 200_000)),
            false));
    bench.journal.close();
    bench.worker.close();
    bench.boot(new RealDisk());
    bench.until(() -> bench.settled("c2"));

    assertThat(bench.worker.status().traffic().delta()).isZero();
    assertThat(bench.worker.status().state()).isEqualTo(State.CONFIRMED);
  }
}
