package dev.hatchery.delta;

import java.io.IOException;

/** Where a result is put together; {@code read} gives back what was written. */
public interface Target extends Source {
  void write(long at, byte[] from, int offset, int length) throws IOException;
}
