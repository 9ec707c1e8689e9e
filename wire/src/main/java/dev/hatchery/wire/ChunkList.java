package dev.hatchery.wire;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import java.util.List;

/**
 * The answer to {@code GET /device/v1/chunks?blob=HEX}: what each piece of a blob hashes to, so
 * that a device can judge a peer's bytes piece by piece. The whole is judged by its own digest all
 * the same.
 *
 * @param size bytes of the blob
 * @param chunk bytes of every piece but the last, which may be shorter
 * @param digests of the pieces, in their order
 */
public record ChunkList(Digest blob, long size, int chunk, List<Digest> digests) {
  /** What servers of ours use. */
  public static final int CHUNK = 1 << 20;

  /** A device holds three pieces in memory, of the 32 MiB that its heap has. */
  public static final int MAX_CHUNK = 1 << 20;

  public static final int MIN_CHUNK = 64 << 10;

  /** 16 GiB in pieces of a MiB. */
  public static final int MAX_CHUNKS = 1 << 14;

  /** The longest list, written down. */
  public static final DataSize MAX_SIZE = DataSize.mib(1);

  public ChunkList {
    digests = List.copyOf(digests);
    if (chunk < MIN_CHUNK || chunk > MAX_CHUNK) {
      throw Refusal.of(Code.BAD_INPUT, "a blob cannot be cut into pieces of this size")
          .expected(MIN_CHUNK + " to " + MAX_CHUNK + " bytes")
          .got(chunk);
    }
    if (size < 0 || size > (long) MAX_CHUNKS * chunk) {
      throw Refusal.of(Code.TOO_LARGE, "a blob is too large for a list of its pieces")
          .expected("at most " + MAX_CHUNKS + " pieces")
          .got(size + " bytes");
    }
    if (digests.size() != pieces(size, chunk)) {
      throw Refusal.of(Code.SIZE, "a list of pieces does not cover its blob")
          .expected(pieces(size, chunk) + " digests")
          .got(digests.size());
    }
  }

  /** A blob that is one piece: its own digest says it all. */
  public static ChunkList whole(Digest blob, long size) {
    return new ChunkList(blob, size, CHUNK, size == 0 ? List.of() : List.of(blob));
  }

  private static long pieces(long size, int chunk) {
    return (size + chunk - 1) / chunk;
  }

  /** Where a piece begins. */
  public long start(int index) {
    return (long) index * chunk;
  }

  /** How long a piece is. */
  public int length(int index) {
    return (int) Math.min(chunk, size - start(index));
  }
}
