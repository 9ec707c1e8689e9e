package dev.hatchery.agent.disk;

/** A file open for writing at its end. Closing it makes nothing durable. */
public interface DiskFile extends AutoCloseable {
  long size();

  void write(byte[] bytes, int offset, int length);

  default void write(byte[] bytes) {
    write(bytes, 0, bytes.length);
  }

  void truncate(long size);

  /** Returns when all that was written is durable. */
  void force();

  @Override
  void close();
}
