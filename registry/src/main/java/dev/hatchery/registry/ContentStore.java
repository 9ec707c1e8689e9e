package dev.hatchery.registry;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Bytes by digest, and which repository has which of them. One pool of blobs serves all
 * repositories, so equal bytes are stored once; a repository can be asked only for what was given
 * to it, so that knowing a digest is not a right to read. Safe for use by many threads. The disk's
 * failures are refusals: STORAGE, NO_SPACE.
 */
public interface ContentStore extends AutoCloseable {
  /** A blob of the pool. Not for answering strangers: ask {@link #holds} first. */
  Optional<Blob> blob(Digest digest);

  default boolean exists(Digest digest) {
    return blob(digest).isPresent();
  }

  default OptionalLong size(Digest digest) {
    return blob(digest).map(b -> OptionalLong.of(b.size())).orElse(OptionalLong.empty());
  }

  /** Begins a blob. */
  Incoming receive();

  /** Streams a blob in; memory does not grow with it. Refuses what {@link Incoming} refuses. */
  default Blob put(InputStream in, Digest expected) {
    try (Incoming incoming = receive()) {
      incoming.append(in, OptionalLong.empty());
      return incoming.commit(expected);
    }
  }

  /**
   * A small blob in memory, verified; refuses NOT_FOUND, TOO_LARGE, and HASH when the disk lied.
   */
  default byte[] read(Digest digest, DataSize max) {
    Blob blob =
        blob(digest)
            .orElseThrow(
                () -> Refusal.of(Code.NOT_FOUND, "the registry has no such blob").got(digest));
    if (blob.size() > max.bytes()) {
      throw Refusal.of(Code.TOO_LARGE, "a blob is too large to be read at once")
          .at(digest.toString())
          .expected("at most " + max)
          .got(blob.size());
    }
    try (InputStream in = blob.open(0)) {
      byte[] bytes = in.readNBytes((int) max.bytes());
      if (Digest.of(bytes).equals(digest)) return bytes;
    } catch (IOException e) {
      throw Refusal.of(Code.STORAGE, "a stored blob cannot be read").at(digest.toString()).cause(e);
    }
    throw Refusal.of(Code.STORAGE, "a stored blob's bytes have changed")
        .at(digest.toString())
        .fix("check the disk, then push the bundle again");
  }

  /** Whether this blob was uploaded or mounted to this repository. */
  boolean holds(Name repo, Digest blob);

  /** Gives a blob of the pool to a repository, durably. */
  void give(Name repo, Digest blob);

  /** What is there now: a snapshot that does not change. */
  Catalog catalog();

  /**
   * Adds a manifest to a repository, and moves a tag to it when one is given, durably. The
   * manifest's bytes must be in the pool. Refuses IMMUTABLE when the tag is a release of another
   * digest, FORBIDDEN when a limit is reached.
   */
  void publish(Name repo, Optional<String> tag, CatalogEntry entry);

  @Override
  void close();
}
