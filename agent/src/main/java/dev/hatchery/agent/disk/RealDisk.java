package dev.hatchery.agent.disk;

import dev.hatchery.bundle.FileSet;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Refusal;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;

/** Linux's file system, with fsync of files and of folders. */
public final class RealDisk implements Disk {
  /** What one of the operations below does; only here may it fail with an IOException. */
  private interface Operation<T> {
    T run() throws IOException;
  }

  private interface Effect {
    void run() throws IOException;
  }

  @Override
  public Kind kind(Path path) {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) return Kind.ABSENT;
    BasicFileAttributes attributes =
        doing(
            path,
            () -> Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    if (attributes.isSymbolicLink()) return Kind.LINK;
    if (attributes.isDirectory()) return Kind.FOLDER;
    return attributes.isRegularFile() ? Kind.FILE : Kind.OTHER;
  }

  @Override
  public List<String> names(Path folder) {
    if (kind(folder) == Kind.ABSENT) return List.of();
    return doing(
        folder,
        () -> {
          try (var entries = Files.list(folder)) {
            return entries.map(p -> p.getFileName().toString()).sorted().toList();
          }
        });
  }

  @Override
  public byte[] read(Path file, DataSize max) {
    try (InputStream in = open(file)) {
      byte[] bytes = in.readNBytes(Math.toIntExact(max.bytes() + 1));
      if (bytes.length > max.bytes()) {
        throw Refusal.of(Code.TOO_LARGE, "a file is too large")
            .at(file.toString())
            .expected("at most " + max);
      }
      return bytes;
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  @Override
  public InputStream open(Path file) {
    return doing(file, () -> Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS));
  }

  @Override
  public long size(Path file) {
    return doing(file, () -> Files.size(file));
  }

  @Override
  public String target(Path link) {
    return doing(link, () -> Files.readSymbolicLink(link).toString());
  }

  @Override
  public long usableSpace(Path folder) {
    return doing(folder, () -> Files.getFileStore(folder).getUsableSpace());
  }

  @Override
  public long totalSpace(Path folder) {
    return doing(folder, () -> Files.getFileStore(folder).getTotalSpace());
  }

  @Override
  public void makeFolder(Path folder) {
    effect(
        folder,
        () -> {
          try {
            Files.createDirectory(folder);
          } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) throw e;
          }
        });
  }

  @Override
  public DiskFile create(Path file) {
    return open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  @Override
  public DiskFile append(Path file) {
    return open(file, StandardOpenOption.WRITE);
  }

  private static DiskFile open(Path file, StandardOpenOption... options) {
    return doing(
        file,
        () -> {
          FileChannel channel = FileChannel.open(file, options);
          channel.position(channel.size());
          return new ChannelFile(file, channel);
        });
  }

  @Override
  public RandomFile view(Path file) {
    return random(file, StandardOpenOption.READ);
  }

  @Override
  public RandomFile edit(Path file) {
    return random(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static RandomFile random(Path file, OpenOption... options) {
    return doing(file, () -> new RandomChannel(file, FileChannel.open(file, options)));
  }

  @Override
  public void hardLink(Path link, Path existing) {
    effect(link, () -> Files.createLink(link, existing));
  }

  @Override
  public void symlink(Path link, String target) {
    effect(link, () -> Files.createSymbolicLink(link, Path.of(target)));
  }

  // On a symlink this is rename(2) of the link itself (durability reference, section 2, measured).
  @Override
  public void rename(Path from, Path to) {
    effect(
        from,
        () ->
            Files.move(
                from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING));
  }

  @Override
  public void delete(Path path) {
    effect(path, () -> Files.delete(path));
  }

  @Override
  public void mode(Path path, Mode mode) {
    String permissions =
        switch (mode) {
          case SECRET_FOLDER -> "rwx------";
          case FOLDER -> "rwxr-xr-x";
          case SEALED_FOLDER -> "r-xr-xr-x";
          case SEALED_FILE -> "r--r--r--";
        };
    effect(
        path,
        () -> Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions)));
  }

  @Override
  public void requireExactly(Path folder, Manifest files) {
    FileSet.verify(folder, files);
  }

  @Override
  public void sync(Path folder) {
    effect(
        folder,
        () -> {
          try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
          }
        });
  }

  private record ChannelFile(Path path, FileChannel channel) implements DiskFile {
    @Override
    public long size() {
      return doing(path, channel::size);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      effect(
          path,
          () -> {
            ByteBuffer left = ByteBuffer.wrap(bytes, offset, length);
            while (left.hasRemaining()) channel.write(left);
          });
    }

    @Override
    public void truncate(long size) {
      effect(
          path,
          () -> {
            channel.truncate(size);
            channel.position(size);
          });
    }

    @Override
    public void force() {
      effect(path, () -> channel.force(true));
    }

    @Override
    public void close() {
      effect(path, channel::close);
    }
  }

  private record RandomChannel(Path path, FileChannel channel) implements RandomFile {
    @Override
    public long size() {
      return doing(path, channel::size);
    }

    @Override
    public void read(long at, byte[] into, int from, int length) {
      effect(
          path,
          () -> {
            ByteBuffer left = ByteBuffer.wrap(into, from, length);
            while (left.hasRemaining()) {
              int n = channel.read(left, at + left.position() - from);
              if (n < 0) throw new EOFException("the file ends at " + channel.size());
            }
          });
    }

    @Override
    public void write(long at, byte[] bytes, int offset, int length) {
      effect(
          path,
          () -> {
            ByteBuffer left = ByteBuffer.wrap(bytes, offset, length);
            while (left.hasRemaining()) channel.write(left, at + left.position() - offset);
          });
    }

    @Override
    public void force() {
      effect(path, () -> channel.force(true));
    }

    @Override
    public void close() {
      effect(path, channel::close);
    }
  }

  private static void effect(Path path, Effect effect) {
    try {
      effect.run();
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  private static <T> T doing(Path path, Operation<T> operation) {
    try {
      return operation.run();
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  private static Refusal failed(Path path, IOException e) {
    String told = String.valueOf(e.getMessage());
    boolean full = told.toLowerCase(Locale.ROOT).contains("no space left");
    return Refusal.of(
            full ? Code.NO_SPACE : Code.STORAGE,
            full ? "the disk is full" : "the storage does not do what it was asked")
        .at(path.toString())
        .got(e)
        .cause(e);
  }
}
