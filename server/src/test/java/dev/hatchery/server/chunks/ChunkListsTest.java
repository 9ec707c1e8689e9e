package dev.hatchery.server.chunks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.registry.FolderStore;
import dev.hatchery.registry.RegistryLimits;
import dev.hatchery.wire.ChunkList;
import dev.hatchery.wire.Wire;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChunkListsTest {
  @TempDir Path folder;
  private FolderStore store;
  private ChunkLists lists;

  @BeforeEach
  void open() {
    store = FolderStore.open(folder, RegistryLimits.usual());
    lists = new ChunkLists(store);
  }

  @AfterEach
  void close() {
    lists.close();
    store.close();
  }

  private Digest put(byte[] content) {
    Digest digest = Digest.of(content);
    store.put(new ByteArrayInputStream(content), digest);
    return digest;
  }

  private ChunkList list(Digest digest) {
    return Wire.CHUNK_LIST.parse(lists.of(digest).join().toArray(), ChunkList.MAX_SIZE, "list");
  }

  @Test
  void everyPieceIsHashed() {
    byte[] content = new byte[2 * ChunkList.CHUNK + 5];
    new Random(1).nextBytes(content);
    Digest digest = put(content);

    ChunkList list = list(digest);

    assertThat(list.digests()).hasSize(3);
    for (int i = 0; i < 3; i++) {
      int from = (int) list.start(i);
      assertThat(list.digests().get(i))
          .isEqualTo(Digest.of(Arrays.copyOfRange(content, from, from + list.length(i))));
    }
    assertThat(list(put(new byte[0])).digests()).isEmpty();
  }

  @Test
  void aListThatIsKeptIsNotMadeAgain() throws Exception {
    Digest digest = put(new byte[] {1, 2, 3});
    Bytes made = lists.of(digest).join();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.endsWith(digest.hex())).toList()) Files.delete(file);
    }

    assertThat(lists.of(digest).join()).isSameAs(made);
  }

  @Test
  void noListIsMadeOfBytesThatHaveChanged() throws Exception {
    Digest digest = put(new byte[] {1, 2, 3});
    try (Stream<Path> files = Files.walk(folder)) {
      Path blob = files.filter(f -> f.endsWith(digest.hex())).findFirst().orElseThrow();
      Files.delete(blob);
      Files.write(blob, new byte[] {1, 2, 4});
    }

    assertThatThrownBy(() -> list(digest)).hasMessageContaining("bytes have changed");
    assertThatThrownBy(() -> list(Digest.of(new byte[] {7}))).hasMessageContaining("no such blob");
  }

  @Test
  void whatWasAskedForLongestAgoMakesRoom() {
    Kept kept = new Kept(new DataSize(10));
    Digest a = Digest.of(new byte[] {1});
    Digest b = Digest.of(new byte[] {2});
    Digest c = Digest.of(new byte[] {3});
    kept.put(a, Bytes.of(new byte[5]));
    kept.put(b, Bytes.of(new byte[5]));
    assertThat(kept.find(a)).isPresent();
    kept.put(c, Bytes.of(new byte[5]));

    assertThat(kept.find(a)).isPresent();
    assertThat(kept.find(b)).isEmpty();
    assertThat(kept.find(c)).isPresent();
    kept.put(c, Bytes.of(new byte[11]));
    assertThat(kept.find(a)).isEmpty();
    assertThat(kept.find(c)).isPresent();
  }
}
