package dev.hatchery.bench;

import dev.hatchery.delta.Target;

/** A file that is an array, so that no disk is measured. */
final class Memory implements Target {
  private final byte[] bytes;

  Memory(byte[] bytes) {
    this.bytes = bytes;
  }

  byte[] bytes() {
    return bytes;
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public void read(long at, byte[] into, int from, int length) {
    System.arraycopy(bytes, (int) at, into, from, length);
  }

  @Override
  public void write(long at, byte[] from, int offset, int length) {
    System.arraycopy(from, offset, bytes, (int) at, length);
  }
}
