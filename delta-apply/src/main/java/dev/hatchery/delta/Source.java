package dev.hatchery.delta;

import java.io.IOException;

/** Random access to bytes that nobody changes meanwhile. */
public interface Source {
  Source EMPTY =
      new Source() {
        @Override
        public long size() {
          return 0;
        }

        @Override
        public void read(long at, byte[] into, int from, int length) throws IOException {
          if (length > 0) throw new java.io.EOFException("an empty source was read");
        }
      };

  long size() throws IOException;

  /**
   * Fills {@code into[from, from + length)} with the bytes from {@code at} on.
   *
   * @throws java.io.EOFException when the source has not so many
   */
  void read(long at, byte[] into, int from, int length) throws IOException;
}
