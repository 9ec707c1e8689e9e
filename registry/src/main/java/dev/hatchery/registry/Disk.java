package dev.hatchery.registry;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * Durable steps on one file system: write, fsync the file, rename, fsync the folder (durability
 * reference). After a crash a name has its old bytes or its new ones.
 */
final class Disk {
  private Disk() {}

  /** Replaces a small file; {@code temporary} is in the same file system. */
  static void replace(Path file, Path temporary, byte[] bytes) throws IOException {
    try (var out =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) out.write(buffer);
      out.force(true);
    }
    move(temporary, file);
  }

  /** Renames over whatever has the name; the file's bytes must be on the disk already. */
  static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    syncFolder(to.resolveSibling(""));
  }

  static void createFolders(Path folder) throws IOException {
    if (Files.isDirectory(folder)) return;
    Path parent = folder.toAbsolutePath().getParent();
    if (parent != null) createFolders(parent);
    Files.createDirectories(folder);
    if (parent != null) syncFolder(parent);
  }

  static void syncFolder(Path folder) throws IOException {
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** What a failure of the disk is called: NO_SPACE or STORAGE. */
  static Refusal refusal(IOException e, Path where) {
    String said = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    boolean full = said.contains("no space left") || said.contains("quota exceeded");
    return full
        ? Refusal.of(Code.NO_SPACE, "the registry's disk is full")
            .at(where.toString())
            .fix("free space or give the registry a larger disk")
            .cause(e)
        : Refusal.of(Code.STORAGE, "the registry's disk failed")
            .at(where.toString())
            .got(e.toString())
            .cause(e);
  }
}
