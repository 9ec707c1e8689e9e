package dev.hatchery.agent.store;

import dev.hatchery.core.Digest;
import java.util.Optional;

/** Devices of the same site that may have a blob. Nothing they say is believed: hashes decide. */
public interface PeerSource {
  /** A device without neighbours. */
  PeerSource NONE = (_, _, _) -> Optional.empty();

  /**
   * Begins to fetch from whichever neighbour has it.
   *
   * @param size bytes of the whole blob
   * @param from the offset to begin at
   * @return empty when nobody has it now
   */
  Optional<Stream> open(Digest blob, long size, long from) throws InterruptedException;

  /** A blob on its way from a neighbour. */
  interface Stream extends BlobSource.Stream {
    /** The blob is whole; whether what this neighbour gave was right. */
    void judged(boolean good);
  }
}
