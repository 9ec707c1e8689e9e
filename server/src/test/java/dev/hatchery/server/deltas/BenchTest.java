package dev.hatchery.server.deltas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.delta.PatchFile;
import dev.hatchery.delta.make.DeltaMaker;
import dev.hatchery.registry.FolderStore;
import dev.hatchery.registry.RegistryLimits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blobs of a real registry in, a proved blob of it out. */
final class BenchTest {
  private static final Name REPO = new Name("m");
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);
  private static final Maker REAL =
      (base, target, patch) -> DeltaMaker.make(base.orElse(null), target, patch);

  @TempDir private Path folder;
  private FolderStore content;
  private Path scratch;
  private byte[] old;
  private byte[] now;

  @BeforeEach
  void open() {
    content = FolderStore.open(folder.resolve("registry"), RegistryLimits.usual());
    scratch = folder.resolve("scratch");
    old = new byte[300_000];
    new Random(5).nextBytes(old);
    now = old.clone();
    for (int at = 100; at < now.length; at += 30_000) now[at]++;
    put(old);
    put(now);
  }

  @AfterEach
  void close() {
    content.close();
  }

  @Test
  void whatItMakesIsABlobOfTheRepositoryThatMakesTheTarget() throws Exception {
    Delta.Ready ready = (Delta.Ready) bench(REAL).make(delta(Optional.of(Digest.of(old))));
    assertThat(ready.size()).isLessThan(2000);
    assertThat(content.holds(REPO, ready.patch())).isTrue();
    Path patch = folder.resolve("patch");
    try (InputStream in = content.blob(ready.patch()).orElseThrow().open(0)) {
      Files.copy(in, patch);
    }
    PatchFile.apply(Files.write(folder.resolve("old"), old), patch, folder.resolve("out"));
    assertThat(folder.resolve("out")).hasBinaryContent(now);
    assertThat(scratch).isEmptyDirectory();
  }

  @Test
  void blobsAreUsedWhereTheyLie() {
    Path blobs = folder.resolve("registry/blobs/sha256");
    Maker looking =
        (base, target, patch) -> {
          assertThat(base).contains(blobs.resolve(Digest.of(old).hex()));
          assertThat(target).isEqualTo(blobs.resolve(Digest.of(now).hex()));
          REAL.make(base, target, patch);
        };
    assertThat(bench(looking).make(delta(Optional.of(Digest.of(old)))))
        .isInstanceOf(Delta.Ready.class);
  }

  @Test
  void noiseIsNoSmallerCompressedAndIsRefusedForGood() {
    Delta.Refused refused = (Delta.Refused) bench(REAL).make(delta(Optional.empty()));
    assertThat(refused.lasting()).isTrue();
    assertThat(refused.reason()).contains("no smaller than the file");
  }

  @Test
  void aBaseThatIsGoneIsSaidToBe() {
    Delta.Refused refused =
        (Delta.Refused) bench(REAL).make(delta(Optional.of(Digest.of(new byte[3]))));
    assertThat(refused.lasting()).isFalse();
    assertThat(refused.reason()).contains("lost a file");
  }

  @Test
  void whatIsTooLargeIsNotBegun() {
    Maker never =
        (base, target, patch) -> {
          throw new AssertionError("it was begun");
        };
    long size = Bench.TARGET_MAX.bytes() + 1;
    Delta huge = new Delta(delta(Optional.empty()).pair(), size, 1, Delta.PENDING);
    Delta.Refused refused = (Delta.Refused) bench(never).make(huge);
    assertThat(refused.lasting()).isTrue();
    assertThat(refused.reason()).contains("16.0 GiB");
  }

  @Test
  void aDiskWithoutSpaceCostsThePatchOnly() {
    Maker full =
        (base, target, patch) -> {
          Files.write(patch, new byte[10]);
          throw new IOException("No space left on device");
        };
    Delta.Refused refused = (Delta.Refused) bench(full).make(delta(Optional.of(Digest.of(old))));
    assertThat(refused.lasting()).isFalse();
    assertThat(refused.reason()).contains("No space left");
    assertThat(scratch).isEmptyDirectory();
  }

  @Test
  void whatACrashLeftIsRemoved() throws IOException {
    Path left = Files.createDirectories(scratch.resolve("0123456789ab"));
    Files.write(left.resolve("patch"), new byte[10]);
    bench(REAL).clean();
    assertThat(scratch).isEmptyDirectory();
    assertThat(bench(REAL).make(delta(Optional.of(Digest.of(old)))))
        .isInstanceOf(Delta.Ready.class);
  }

  private Bench bench(Maker maker) {
    return new Bench(content, new Tray(content, (_, _) -> Optional.empty()), scratch, maker, CLOCK);
  }

  private Delta delta(Optional<Digest> base) {
    return new Delta(new Pair(REPO, Digest.of(now), base), now.length, 1, Delta.PENDING);
  }

  private void put(byte[] bytes) {
    content.put(new ByteArrayInputStream(bytes), Digest.of(bytes));
    content.give(REPO, Digest.of(bytes));
  }
}
