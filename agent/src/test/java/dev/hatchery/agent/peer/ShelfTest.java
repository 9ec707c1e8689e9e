package dev.hatchery.agent.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.agent.disk.Layout;
import dev.hatchery.agent.disk.RealDisk;
import dev.hatchery.agent.store.Blobs;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of the device's disk neighbours can have. */
final class ShelfTest {
  @TempDir Path folder;

  @Test
  void whatWasVerifiedIsGivenAndADownloadIsNot() throws Exception {
    Layout layout = new Layout(folder);
    RealDisk disk = new RealDisk();
    layout.prepare(disk, List.of(new Name("vision")));
    Shelf shelf = Shelf.of(new Blobs(disk, layout));
    byte[] content = {1, 2, 3};
    Digest whole = Digest.of(content);
    Digest coming = Digest.of(new byte[] {4});
    Files.createDirectories(layout.blob(whole).getParent());
    Files.write(layout.blob(whole), content);
    Files.write(layout.downloads().resolve(coming.hex() + ".vision.part"), new byte[] {4});

    assertThat(shelf.all()).containsExactly(whole);
    assertThat(shelf.find(coming)).isEmpty();
    Shelf.Item item = shelf.find(whole).orElseThrow();
    assertThat(item.size()).isEqualTo(3);
    try (InputStream in = item.open()) {
      Files.delete(layout.blob(whole));
      assertThat(in.readAllBytes()).isEqualTo(content);
    }
    assertThat(shelf.find(whole)).isEmpty();
  }

  @Test
  void aDeviceGivesFromItsDiskToAnother() throws Exception {
    try (Site site = new Site()) {
      Layout layout = new Layout(folder);
      RealDisk disk = new RealDisk();
      layout.prepare(disk, List.of(new Name("vision")));
      byte[] content = site.release(1, 2_500_000);
      Path blob = layout.blob(Digest.of(content));
      Files.createDirectories(blob.getParent());
      Files.write(blob, content);
      try (Peers giver =
          Peers.open(
              Site.peering(DataSize.mib(64), Network.NEAR, Peering.Discovery.OFF, List.of()),
              new Peers.Self(new DeviceId("giver"), ""),
              new Peers.Means(
                  Shelf.of(new Blobs(disk, layout)),
                  site,
                  System::nanoTime,
                  new Random(1),
                  (_, _) -> {}))) {
        Peers taker = site.device(new MemoryShelf());
        Site.introduce(taker, giver);

        assertThat(
                Site.read(taker.open(Digest.of(content), content.length, 1_000_000).orElseThrow()))
            .isEqualTo(Arrays.copyOfRange(content, 1_000_000, content.length));
        assertThat(giver.counts().served()).isEqualTo(content.length);
      }
    }
  }
}
