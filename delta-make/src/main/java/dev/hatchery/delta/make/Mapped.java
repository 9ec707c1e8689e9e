package dev.hatchery.delta.make;

import dev.hatchery.delta.Source;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file, mapped for as long as this is open. */
final class Mapped implements Source, AutoCloseable {
  private final Arena arena;
  private final MemorySegment segment;

  private Mapped(Arena arena, MemorySegment segment) {
    this.arena = arena;
    this.segment = segment;
  }

  static Mapped open(Path file) throws IOException {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return new Mapped(
          arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  static Mapped empty() {
    return new Mapped(Arena.ofShared(), MemorySegment.ofArray(new byte[0]));
  }

  MemorySegment segment() {
    return segment;
  }

  @Override
  public long size() {
    return segment.byteSize();
  }

  @Override
  public void read(long at, byte[] into, int from, int length) throws IOException {
    if (at < 0 || at > size() - length) throw new EOFException("a file ended at " + size());
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, at, into, from, length);
  }

  byte[] bytes(long at, int length) {
    return segment.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
  }

  byte at(long offset) {
    return segment.get(ValueLayout.JAVA_BYTE, offset);
  }

  /** Whether a range of this has the bytes of one of another. */
  boolean same(long at, Mapped other, long otherAt, long length) {
    return MemorySegment.mismatch(
            segment, at, at + length, other.segment, otherAt, otherAt + length)
        < 0;
  }

  @Override
  public void close() {
    arena.close();
  }
}
