package dev.hatchery.agent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.Layout;
import dev.hatchery.agent.disk.RealDisk;
import dev.hatchery.agent.uplink.Valve;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DownloadTest {
  private static final Name SLOT = new Name("vision");
  private static final int SIZE = 400_000;
  private static final Duration BUDGET = Duration.ofSeconds(1);

  @TempDir Path folder;
  private final Disk disk = new RealDisk();
  private final byte[] content = new byte[SIZE];
  private Layout layout;
  private Digest digest;
  private long nanos;

  /** Sends {@code bytesPerSecond}, from where it likes. */
  private final class Source implements BlobSource {
    final List<Long> asked = new ArrayList<>();
    long bytesPerSecond = 1_000_000;
    long startsAt = -1;
    int breaksAfter = Integer.MAX_VALUE;

    @Override
    public Stream open(Name repository, Digest blob, long from) {
      asked.add(from);
      long start = startsAt < 0 ? from : startsAt;
      return new Stream() {
        private int at = (int) start;

        @Override
        public long start() {
          return start;
        }

        @Override
        public int read(byte[] into, Duration patience) {
          nanos += Duration.ofMillis(100).toNanos();
          if (at >= content.length) return -1;
          if (at - start >= breaksAfter) throw Refusal.of(Code.TRUNCATED, "broke off");
          int n = (int) Math.min(bytesPerSecond / 10, Math.min(into.length, SIZE - at));
          System.arraycopy(content, at, into, 0, n);
          at += n;
          return n;
        }

        @Override
        public void close() {}
      };
    }
  }

  private final Source source = new Source();

  @BeforeEach
  void prepare() {
    new Random(1).nextBytes(content);
    digest = Digest.of(content);
    layout = new Layout(folder);
    layout.prepare(disk, List.of(SLOT));
  }

  private Download download() {
    return new Download(
        disk,
        layout,
        SLOT,
        digest,
        SIZE,
        new Download.Speed(DataSize.kib(30), Duration.ofSeconds(30), () -> nanos));
  }

  private void fetch(Download download) throws InterruptedException {
    while (!download.pump(source, SLOT, BUDGET, Valve.OPEN)) {}
    Blobs blobs = new Blobs(disk, layout);
    download.adopt(blobs);
    assertThat(blobs.path(digest)).hasBinaryContent(content);
    assertThat(layout.downloads()).isEmptyDirectory();
  }

  private Path part() {
    return Download.part(layout, SLOT, digest);
  }

  private void stopAfter(int bytes) {
    source.breaksAfter = bytes;
    try (Download first = download()) {
      assertThatThrownBy(() -> fetch(first)).isInstanceOf(Refusal.class);
    }
    source.breaksAfter = Integer.MAX_VALUE;
  }

  @Test
  void aBlobIsFetchedInPiecesOfTheBudget() throws Exception {
    source.bytesPerSecond = 50_000;
    int pumps = 0;
    Download download = download();
    while (!download.pump(source, SLOT, BUDGET, Valve.OPEN)) pumps++;

    assertThat(pumps).isBetween(6, 8);
    download.close();
  }

  @Test
  void aDownloadGoesOnFromItsCheckpoint() throws Exception {
    stopAfter(300_000);
    fetch(download());

    assertThat(source.asked.getLast()).isBetween(192 * 1024L, 320 * 1024L);
  }

  @Test
  void aPrefixThatTheDiskDidNotKeepIsNotBelieved() throws Exception {
    stopAfter(300_000);
    byte[] rotten = Files.readAllBytes(part());
    rotten[100] ^= 1;
    Files.write(part(), rotten);
    fetch(download());

    assertThat(source.asked.getLast()).isZero();
  }

  @Test
  void aPartThatIsShorterThanItsCheckpointIsNotBelieved() throws Exception {
    stopAfter(300_000);
    Files.write(part(), new byte[10]);
    fetch(download());

    assertThat(source.asked.getLast()).isZero();
  }

  @Test
  void aSourceThatSendsMoreThanAskedIsReadPast() throws Exception {
    stopAfter(300_000);
    source.startsAt = 1000;
    Download download = download();
    fetch(download);

    assertThat(download.received()).isEqualTo(SIZE - 1000);
  }

  @Test
  void aSourceThatSkipsBytesIsRefused() {
    source.startsAt = 5;
    try (Download download = download()) {
      assertThatThrownBy(() -> download.pump(source, SLOT, BUDGET, Valve.OPEN))
          .isInstanceOfSatisfying(
              Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.TRUNCATED));
    }
  }

  @Test
  void aSourceThatDawdlesIsBrokenOffAndWhatCameIsKept() throws Exception {
    source.bytesPerSecond = 1000;
    try (Download download = download()) {
      assertThatThrownBy(
              () -> {
                while (!download.pump(source, SLOT, BUDGET, Valve.OPEN)) {}
              })
          .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.SLOW));
      assertThat(download.received()).isBetween(25_000L, 35_000L);
      download.disconnect();
      source.bytesPerSecond = 1_000_000;
      fetch(download);
      assertThat(source.asked.getLast())
          .isEqualTo(download.received() - (SIZE - source.asked.getLast()));
    }
  }

  @Test
  void aWrongHashThrowsThePartAway() {
    content[SIZE - 1] ^= 1;
    try (Download download = download()) {
      assertThatThrownBy(() -> fetch(download))
          .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.HASH));
    }
    assertThat(layout.downloads()).isEmptyDirectory();
  }
}
