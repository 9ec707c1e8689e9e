package dev.hatchery.delta;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A part of the patch, read byte by byte. */
final class Section {
  private static final int BUFFER = 16 * 1024;

  /** An entropy decoder may look this far past the end; a real one never needs more. */
  private static final int PADDING = 4;

  private final Source source;
  private final byte[] buffer = new byte[BUFFER];
  private long at;
  private long left;
  private int next;
  private int filled;
  private int padded;

  /**
   * The section ended and more was asked for; the {@link Decoder} makes a {@link BadPatch} of it.
   */
  static final class Exhausted extends RuntimeException {
    Exhausted() {
      super("a section of a frame is shorter than what it codes", null, false, false);
    }
  }

  Section(Source source) {
    this.source = source;
  }

  void open(long from, long size) {
    at = from;
    left = size;
    next = 0;
    filled = 0;
    padded = 0;
  }

  int read() {
    if (next == filled && !fill()) return 0;
    return buffer[next++] & 255;
  }

  private boolean fill() {
    if (left == 0) {
      if (++padded > PADDING) throw new Exhausted();
      return false;
    }
    int length = (int) Math.min(left, BUFFER);
    try {
      source.read(at, buffer, 0, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    at += length;
    left -= length;
    filled = length;
    next = 0;
    return true;
  }
}
