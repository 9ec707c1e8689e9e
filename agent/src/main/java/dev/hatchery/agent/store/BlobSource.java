package dev.hatchery.agent.store;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import java.time.Duration;

/** Where bytes come from. Nothing it says is believed: hashes decide. */
public interface BlobSource {
  /**
   * Begins to fetch.
   *
   * @param repository the bundle's name
   * @param from the offset to begin at
   * @throws dev.hatchery.core.Refusal UNREACHABLE, NOT_FOUND, UNAUTHENTICATED, RATE_LIMITED, …
   */
  Stream open(Name repository, Digest blob, long from) throws InterruptedException;

  /** The blob came as a whole and is not what was asked for. */
  default void wrong(Digest blob) {}

  /** A blob on its way. */
  interface Stream extends AutoCloseable {
    /** The offset of its first byte: what was asked for, or less. */
    long start();

    /**
     * Waits at most {@code patience} for bytes.
     *
     * @return their number; 0 when none came in time; -1 at the end
     * @throws dev.hatchery.core.Refusal TRUNCATED when it breaks off
     */
    int read(byte[] into, Duration patience) throws InterruptedException;

    @Override
    void close();
  }
}
