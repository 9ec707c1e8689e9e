package dev.hatchery.agent.store;

import dev.hatchery.core.Digest;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/** The devices of the same site, as a place where bytes may come from. Safe for many threads. */
public interface PeerSource {
  /** A device that has no neighbours, or wants none. */
  PeerSource NONE =
      new PeerSource() {
        @Override
        public boolean any() {
          return false;
        }

        @Override
        public Optional<BlobSource.Stream> open(Digest blob, long size, long from) {
          return Optional.empty();
        }

        @Override
        public Set<Digest> held(Collection<Digest> blobs) {
          return Set.of();
        }
      };

  /** Whether this device lives with its neighbours at all. */
  default boolean any() {
    return true;
  }

  /**
   * Asks the neighbours for a file and begins to fetch it, for at most about two seconds. Each
   * piece is judged before it is handed on; the whole is still to be judged by its digest.
   *
   * @param size bytes of the file, as the manifest says
   * @param from the offset to begin at; the stream begins just there
   * @return a stream that ends with PEER when no neighbour brings the file any more; empty when
   *     none has it, or there is nothing to judge its bytes by
   * @throws dev.hatchery.core.Refusal RATE_LIMITED when neighbours have it and the server is still
   *     making the list of its pieces
   */
  Optional<BlobSource.Stream> open(Digest blob, long size, long from) throws InterruptedException;

  /** Those that some neighbour says it holds; a hint for a plan, and no promise. */
  Set<Digest> held(Collection<Digest> blobs) throws InterruptedException;
}
