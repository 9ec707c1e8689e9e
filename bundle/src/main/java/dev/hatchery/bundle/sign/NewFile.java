package dev.hatchery.bundle.sign;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A file that appears whole or not at all, and never replaces another: written beside its place
 * with its final mode, synced, then linked to its name, which fails where the name is taken.
 */
final class NewFile {
  static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rw-------");
  static final Set<PosixFilePermission> PUBLIC = PosixFilePermissions.fromString("rw-r--r--");

  private NewFile() {}

  static void write(Path file, byte[] content, Set<PosixFilePermission> mode) {
    Path place = file.toAbsolutePath();
    if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) throw taken(file);
    Path folder = place.getParent();
    if (folder == null) throw Refusal.of(Code.BAD_INPUT, "this is no file").at(file.toString());
    try {
      Path draft = folder.resolve("." + place.getFileName() + ".new");
      Files.deleteIfExists(draft);
      try {
        fill(draft, content, PosixFilePermissions.asFileAttribute(mode));
        Files.createLink(place, draft);
      } finally {
        Files.deleteIfExists(draft);
      }
      sync(folder);
    } catch (FileAlreadyExistsException e) {
      throw taken(file).cause(e);
    } catch (IOException e) {
      throw storage("a file cannot be written", file, e);
    }
  }

  private static void fill(Path draft, byte[] content, FileAttribute<?> mode) throws IOException {
    var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(draft, options, mode)) {
      ByteBuffer left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) channel.write(left);
      channel.force(true);
    }
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static Refusal storage(String title, Path file, IOException e) {
    return Refusal.of(Code.STORAGE, title).at(file.toString()).got(e).cause(e);
  }

  private static Refusal taken(Path file) {
    return Refusal.of(Code.CONFLICT, "this file exists already, and is not replaced")
        .at(file.toString())
        .fix("choose another name, or move the old file away");
  }
}
