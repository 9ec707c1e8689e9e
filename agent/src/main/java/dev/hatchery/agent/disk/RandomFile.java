package dev.hatchery.agent.disk;

/** A file open at every place at once. Closing it makes nothing durable. */
public interface RandomFile extends AutoCloseable {
  long size();

  /**
   * Fills {@code into[from, from + length)} with the bytes from {@code at} on.
   *
   * @throws dev.hatchery.core.Refusal STORAGE, also when the file has not so many
   */
  void read(long at, byte[] into, int from, int length);

  /** Only of a file that was opened to be edited; past its end the gap reads as zeros. */
  void write(long at, byte[] bytes, int offset, int length);

  /** Returns when all that was written is durable. */
  void force();

  @Override
  void close();
}
