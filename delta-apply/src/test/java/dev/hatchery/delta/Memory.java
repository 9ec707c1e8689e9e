package dev.hatchery.delta;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/** A file in memory. */
final class Memory implements Target {
  /** What a write past the end of the space there is says. */
  static final String FULL = "no space is left";

  private static final int MOST = 1 << 17;
  private byte[] bytes;
  private int size;

  Memory(byte... bytes) {
    this.bytes = bytes;
    this.size = bytes.length;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  /** Makes it empty, for another to write. */
  Memory cleared() {
    size = 0;
    return this;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(long at, byte[] into, int from, int length) throws EOFException {
    if (at < 0 || at > size - length) throw new EOFException("a file ended at " + size);
    System.arraycopy(bytes, (int) at, into, from, length);
  }

  @Override
  public void write(long at, byte[] from, int offset, int length) throws IOException {
    if (at + length > MOST) throw new IOException(FULL);
    int end = Math.toIntExact(at + length);
    if (end > bytes.length) bytes = Arrays.copyOf(bytes, Math.max(end, bytes.length * 2));
    if (at > size) Arrays.fill(bytes, size, (int) at, (byte) 0);
    System.arraycopy(from, offset, bytes, (int) at, length);
    size = Math.max(size, end);
  }
}
