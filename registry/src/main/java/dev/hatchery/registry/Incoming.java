package dev.hatchery.registry;

import dev.hatchery.core.Digest;
import java.io.InputStream;
import java.util.OptionalLong;

/**
 * Bytes that are not a blob yet: nobody sees them until {@link #commit}. For one thread at a time.
 */
public interface Incoming extends AutoCloseable {
  /** Bytes so far. */
  long size();

  /**
   * Appends all of a stream, or nothing of it. Refuses TRUNCATED when the stream breaks, SIZE when
   * it has another length than said, TOO_LARGE above the store's limit, NO_SPACE and STORAGE for
   * the disk.
   */
  void append(InputStream in, OptionalLong length);

  /**
   * Makes the bytes a blob, durably; refuses HASH when they have another digest. Either way nothing
   * more can be appended.
   */
  Blob commit(Digest expected);

  /** Forgets the bytes, unless they were committed. */
  @Override
  void close();
}
