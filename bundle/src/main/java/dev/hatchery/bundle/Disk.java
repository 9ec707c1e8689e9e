package dev.hatchery.bundle;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writing files so that after a crash they are whole or not there. */
final class Disk {
  private static final int BUFFER = 128 * 1024;
  private static final Set<OpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  /** What was written. */
  record Written(long size, Digest sha256) {}

  private Disk() {}

  /** Copies a stream into a new file, hashing what is written; more than {@code max} is SIZE. */
  static Written copy(InputStream in, Path to, long max) throws IOException {
    var running = Digest.sha256();
    byte[] buffer = new byte[BUFFER];
    long size = 0;
    try (FileChannel out = FileChannel.open(to, NEW)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        size += n;
        if (size > max) {
          throw Refusal.of(Code.SIZE, "a file is too large for a bundle")
              .at(to.toString())
              .expected("at most " + max + " bytes");
        }
        running.update(buffer, 0, n);
        write(out, ByteBuffer.wrap(buffer, 0, n));
      }
      out.force(true);
    }
    return new Written(size, Digest.finish(running));
  }

  static void create(Path file, byte[] content) throws IOException {
    try (FileChannel out = FileChannel.open(file, NEW)) {
      write(out, ByteBuffer.wrap(content));
      out.force(true);
    }
  }

  /** Puts a file in place of another, in one step. */
  static void replace(Path file, byte[] content) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) throw new IOException("no folder above " + file);
    Path draft = folder.resolve("." + file.getFileName() + ".new");
    Files.deleteIfExists(draft);
    create(draft, content);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    sync(folder);
  }

  /** Makes the names in a folder durable. */
  static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static void syncTree(Path top) throws IOException {
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
              throws IOException {
            if (e != null) throw e;
            sync(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  static void deleteTree(Path top) throws IOException {
    if (!Files.exists(top)) return;
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
              throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  static Refusal storage(String title, Path place, IOException e) {
    return Refusal.of(Code.STORAGE, title).at(place.toString()).got(e).cause(e);
  }

  private static void write(FileChannel out, ByteBuffer left) throws IOException {
    while (left.hasRemaining()) out.write(left);
  }
}
