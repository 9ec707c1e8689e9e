package dev.hatchery.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

final class ChunkListTest {
  private static final Digest BLOB = Digest.of(new byte[] {1});
  private static final int MIB = ChunkList.CHUNK;

  @Test
  void aListOfAnyLengthIsReadBackAsItWasWritten() {
    for (int pieces : new int[] {0, 1, 2, 1023, 1024, 1025, 5000, ChunkList.MAX_CHUNKS}) {
      ChunkList list = list(pieces);
      byte[] json = Wire.CHUNK_LIST.bytes(list);
      assertThat(Wire.CHUNK_LIST.parse(json, ChunkList.MAX_SIZE, "test")).isEqualTo(list);
      assertThat(json.length).isLessThan(200 + pieces * 45);
    }
  }

  @Test
  void theMessageIsWrittenLikeThis() {
    ChunkList list = ChunkList.whole(BLOB, 5);
    assertThat(new String(Wire.CHUNK_LIST.bytes(list), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"blob\":\"%s\",\"size\":5,\"chunk\":1048576,\"digests\":[\"%s\"]}"
                .formatted(BLOB, Bytes.of(BLOB.bytes()).base64()));
  }

  @Test
  void piecesTileTheBlob() {
    ChunkList list = new ChunkList(BLOB, 2L * MIB + 7, MIB, Collections.nCopies(3, BLOB));

    assertThat(list.start(2)).isEqualTo(2L * MIB);
    assertThat(list.length(0)).isEqualTo(MIB);
    assertThat(list.length(2)).isEqualTo(7);
    assertThat(ChunkList.whole(BLOB, 0).digests()).isEmpty();
    assertThat(ChunkList.whole(BLOB, MIB).length(0)).isEqualTo(MIB);
    assertThatThrownBy(() -> ChunkList.whole(BLOB, MIB + 1L)).isInstanceOf(Refusal.class);
  }

  @Test
  void aListThatDoesNotCoverItsBlobIsRefused() {
    assertThatThrownBy(() -> new ChunkList(BLOB, MIB + 1L, MIB, List.of(BLOB)))
        .hasMessageContaining("expected 2 digests, got 1");
    assertThatThrownBy(() -> new ChunkList(BLOB, 0, MIB, List.of(BLOB)))
        .isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> new ChunkList(BLOB, -1, MIB, List.of())).isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> new ChunkList(BLOB, Long.MAX_VALUE, MIB, List.of()))
        .isInstanceOf(Refusal.class);
    for (int chunk : new int[] {0, -1, ChunkList.MIN_CHUNK - 1, ChunkList.MAX_CHUNK + 1}) {
      assertThatThrownBy(() -> new ChunkList(BLOB, 1, chunk, List.of(BLOB)))
          .hasMessageContaining("pieces of this size");
    }
  }

  @Test
  void halfADigestIsRefused() {
    String json =
        new String(Wire.CHUNK_LIST.bytes(ChunkList.whole(BLOB, 5)), StandardCharsets.UTF_8);
    String half = Bytes.of(new byte[16]).base64();
    String wrong = json.replaceAll("\\[\".*\"]", "[\"" + half + "\",\"" + half + "\"]");

    assertThatThrownBy(() -> parse(wrong.getBytes(StandardCharsets.UTF_8)))
        .hasMessageContaining("not whole digests");
  }

  @Test
  void aHundredThousandMutatedListsEndInValuesOrRefusals() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(31);
    List<byte[]> seeds =
        List.of(Wire.CHUNK_LIST.bytes(list(3)), Wire.CHUNK_LIST.bytes(ChunkList.whole(BLOB, 5)));
    int refused = 0;
    for (int i = 0; i < 100_000; i++) {
      try {
        ChunkList list = parse(Samples.mutated(seeds.get(i % 2), random));
        assertThat(list.digests().size()).isLessThanOrEqualTo(ChunkList.MAX_CHUNKS);
      } catch (Refusal expected) {
        refused++;
      }
    }
    assertThat(refused).isBetween(50_000, 99_999);
  }

  private static ChunkList parse(byte[] json) {
    return Wire.CHUNK_LIST.parse(json, ChunkList.MAX_SIZE, "test");
  }

  private static ChunkList list(int pieces) {
    List<Digest> digests = new ArrayList<>();
    for (int i = 0; i < pieces; i++) {
      digests.add(Digest.of(ByteBuffer.allocate(4).putInt(i).array()));
    }
    return new ChunkList(BLOB, (long) pieces * MIB, MIB, digests);
  }
}
