package dev.hatchery.delta;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Patches and what they are applied to, as files. */
public final class PatchFile {
  private PatchFile() {}

  /** A file that is open. */
  public static final class Open implements Target, AutoCloseable {
    private final FileChannel channel;

    private Open(FileChannel channel) {
      this.channel = channel;
    }

    /** Opens a file to read. */
    public static Open read(Path file) throws IOException {
      return new Open(FileChannel.open(file, StandardOpenOption.READ));
    }

    /** Opens a file to write, and to read back. */
    public static Open write(Path file) throws IOException {
      return new Open(
          FileChannel.open(
              file,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING));
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void read(long at, byte[] into, int from, int length) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(into, from, length);
      while (buffer.hasRemaining()) {
        int n = channel.read(buffer, at + buffer.position() - from);
        if (n < 0) throw new EOFException("a file ended at " + channel.size());
      }
    }

    @Override
    public void write(long at, byte[] from, int offset, int length) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(from, offset, length);
      while (buffer.hasRemaining()) channel.write(buffer, at + buffer.position() - offset);
    }

    void force() throws IOException {
      channel.force(true);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /**
   * Makes {@code out} from {@code base} and {@code patch}. It gets its name when it is whole,
   * durable, and has the hash that the patch promises; until then there is only a temporary file.
   *
   * @param base the old file; null when the patch is of the empty base
   */
  public static Header apply(@Nullable Path base, Path patch, Path out)
      throws BadPatch, IOException {
    return apply(base, patch, out, _ -> {});
  }

  /**
   * Makes {@code out}, as {@link #apply(Path, Path, Path)} does, when it is known what it must be.
   * A patch that says it makes something else is refused before anything is written.
   *
   * @param size bytes of the result
   * @param sha256 of the result
   */
  public static Header apply(@Nullable Path base, Path patch, Path out, long size, byte[] sha256)
      throws BadPatch, IOException {
    return apply(base, patch, out, header -> header.requireMakes(size, sha256));
  }

  /** What a header must say. */
  private interface Expectation {
    void require(Header header) throws BadPatch;
  }

  private static Header apply(@Nullable Path base, Path patch, Path out, Expectation expectation)
      throws BadPatch, IOException {
    try (Open from = Open.read(patch)) {
      expectation.require(Decoder.header(from));
      return apply(base, from, out);
    }
  }

  private static Header apply(@Nullable Path base, Open from, Path out)
      throws BadPatch, IOException {
    Path whole = out.toAbsolutePath();
    Path folder = whole.getParent();
    Path part = whole.resolveSibling("." + whole.getFileName() + ".part");
    try (Open old = base == null ? null : Open.read(base);
        Open to = Open.write(part)) {
      Decoder decoder = new Decoder(old == null ? Source.EMPTY : old, from, to, Checkpoint.START);
      decoder.requireBase();
      while (decoder.next()) {}
      decoder.requireResult();
      to.force();
      Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      if (folder != null) syncFolder(folder);
      return decoder.header();
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
