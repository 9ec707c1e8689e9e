package dev.hatchery.agent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.Durable;
import dev.hatchery.agent.disk.Layout;
import dev.hatchery.agent.disk.RealDisk;
import dev.hatchery.agent.fixture.FaultyDisk;
import dev.hatchery.agent.fixture.HandPatch;
import dev.hatchery.agent.fixture.PowerCut;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.delta.Header;
import dev.hatchery.wire.DeltaOffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A patch becomes a file, whenever the power fails. */
final class ApplyingTest {
  private static final Name SLOT = new Name("vision");
  private static final int SIZE = 400_000;
  private static final int FRAMES = 20;

  @TempDir Path folder;
  private final byte[] old = new byte[SIZE];
  private byte[] wanted = new byte[0];
  private byte[] patch = new byte[0];
  private int places;

  @BeforeEach
  void prepare() {
    new Random(1).nextBytes(old);
    wanted = old.clone();
    for (int at = 0; at < SIZE; at += 20_000) wanted[at] ^= 1;
    patch = HandPatch.of(old, wanted, FRAMES);
  }

  private Layout layout(Disk disk) throws IOException {
    Layout layout = new Layout(Files.createDirectories(folder.resolve("p" + ++places)));
    layout.prepare(disk, List.of(SLOT));
    for (byte[] blob : List.of(old, patch)) {
      Path place = layout.blob(Digest.of(blob));
      Durable.makeFolders(disk, Durable.parent(place));
      Durable.write(disk, place, blob);
      disk.sync(Durable.parent(place));
    }
    return layout;
  }

  private FileEntry entry() {
    return new FileEntry("model.onnx", SIZE, Digest.of(wanted), FileEntry.Kind.WEIGHT);
  }

  private Applying applying(Disk disk, Layout layout) {
    return new Applying(
        disk,
        layout,
        SLOT,
        entry(),
        new DeltaOffer(Optional.of(Digest.of(old)), Digest.of(patch), patch.length),
        () -> 0);
  }

  private void applied(Disk disk, Layout layout) throws InterruptedException {
    Applying applying = applying(disk, layout);
    while (!applying.step(Duration.ofNanos(-1))) {}
    Blobs blobs = new Blobs(disk, layout);
    applying.adopt(blobs);
    assertThat(blobs.path(Digest.of(wanted))).hasBinaryContent(wanted);
    assertThat(layout.downloads()).isEmptyDirectory();
  }

  @Test
  void aStepIsAFrameWhenTimeIsShort() throws Exception {
    Disk disk = new RealDisk();
    Applying applying = applying(disk, layout(disk));
    int steps = 1;
    while (!applying.step(Duration.ofNanos(-1))) steps++;

    assertThat(steps).isEqualTo(FRAMES + 1);
    applying.close();
  }

  @Test
  void afterAPowerCutAtAnyEffectItGoesOnFromItsLastCheckpoint() throws Exception {
    long all = effects(0, true);
    int resumed = 0;
    for (long at = 1; at < all; at++) {
      for (boolean lost : List.of(true, false)) {
        long again = effects(at, lost);
        assertThat(again).as("after effect " + at).isLessThanOrEqualTo(all + 3);
        // A checkpoint lies 64 KiB behind at most: a sixth of the file.
        if (at > all / 2 && again < all * 3 / 4) resumed++;
      }
    }
    assertThat(resumed).as("times that half of the work was not done again").isGreaterThan(20);
  }

  // How many effects it takes to the end, after a power cut at an effect.
  private long effects(long at, boolean lost) throws Exception {
    FaultyDisk whole = new FaultyDisk(folder, 0);
    Layout layout = layout(whole);
    whole.crash(false);
    FaultyDisk failing = new FaultyDisk(folder, at);
    if (at > 0) {
      try {
        applied(failing, layout);
        throw new AssertionError("the power did not fail at " + at);
      } catch (PowerCut cut) {
        failing.crash(lost);
      }
    }
    FaultyDisk again = new FaultyDisk(folder, 0);
    if (new Blobs(again, layout).has(Digest.of(wanted))) return 0;
    applied(again, layout);
    return again.effects();
  }

  @Test
  void aBaseThatHasRottedIsFoundBeforeAnythingIsWritten() throws Exception {
    Disk disk = new RealDisk();
    Layout layout = layout(disk);
    byte[] rotten = old.clone();
    rotten[5] ^= 1;
    Files.write(layout.blob(Digest.of(old)), rotten);
    Applying applying = applying(disk, layout);

    assertThatThrownBy(() -> applying.step(Duration.ZERO))
        .isInstanceOfSatisfying(
            Refusal.class,
            r -> {
              assertThat(r.code()).isEqualTo(Code.DELTA);
              assertThat(r.problem().got()).contains("BASE");
            });
    applying.discard();
    assertThat(layout.downloads()).isEmptyDirectory();
  }

  @Test
  void aHeaderThatLiesAboutTheSizeCostsNothing() throws Exception {
    Header honest = Header.parse(patch);
    byte[] head =
        new Header(
                honest.baseSize(),
                honest.baseSha256(),
                SIZE + 1L,
                honest.resultSha256(),
                honest.frames())
            .bytes();
    System.arraycopy(head, 0, patch, 0, head.length);
    Disk disk = new RealDisk();
    Layout layout = layout(disk);
    // Whoever reads the base before the header says BASE.
    Files.write(layout.blob(Digest.of(old)), new byte[5]);
    Applying applying = applying(disk, layout);

    assertThatThrownBy(() -> applying.step(Duration.ofNanos(-1)))
        .isInstanceOfSatisfying(
            Refusal.class,
            r -> {
              assertThat(r.code()).isEqualTo(Code.DELTA);
              assertThat(r.problem().got()).contains("RESULT", "400001");
            });
    try (var files = Files.list(layout.downloads())) {
      assertThat(files).allSatisfy(file -> assertThat(file).isEmptyFile());
    }
    applying.discard();
    assertThat(layout.downloads()).isEmptyDirectory();
  }

  @Test
  void aCheckpointOfAnotherPatchIsNotGoneOnFrom() throws Exception {
    Disk disk = new RealDisk();
    Layout layout = layout(disk);
    try (Applying first = applying(disk, layout)) {
      for (int i = 0; i < FRAMES / 2; i++) assertThat(first.step(Duration.ofNanos(-1))).isFalse();
    }
    patch = HandPatch.of(old, wanted, 3);
    Path place = layout.blob(Digest.of(patch));
    Durable.makeFolders(disk, Durable.parent(place));
    Durable.write(disk, place, patch);

    applied(disk, layout);
  }

  @Test
  void noChangedBitOfAPatchMakesAnotherFile() throws Exception {
    Disk disk = new RealDisk();
    Random random = new Random(11);
    byte[] good = patch;
    for (int i = 0; i < 60; i++) {
      patch = good.clone();
      // The first bytes are where the heads and tables are.
      int at = i % 2 == 0 ? random.nextInt(400) : random.nextInt(good.length);
      patch[at] ^= (byte) (1 << random.nextInt(8));
      Layout layout = layout(disk);
      Applying applying = applying(disk, layout);
      assertThatThrownBy(
              () -> {
                while (!applying.step(Duration.ofSeconds(1))) {}
              })
          .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.DELTA));
      applying.discard();
    }
  }
}
