package dev.hatchery.bundle;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * An open folder whose entries are reached through its descriptor (openat), never through a path:
 * nobody can swap a folder for a link between the look and the read. Links, devices and pipes are
 * UNSAFE_PATH. It is listed once, when it is opened.
 */
final class SafeFolder implements AutoCloseable {
  /** More entries than any bundle has; a folder is not listed further. */
  private static final int MAX_ENTRIES = 8192;

  private static final int BUFFER = 128 * 1024;

  private static final Set<OpenOption> READ =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

  private final SecureDirectoryStream<Path> stream;
  private final Path shown;
  private final Map<String, Path> entries;

  private SafeFolder(SecureDirectoryStream<Path> stream, Path shown) {
    this.stream = stream;
    this.shown = shown;
    this.entries = list(stream, shown);
  }

  /** Opens a folder that the caller names; its own path may lead through links. */
  @SuppressWarnings("StreamResourceLeak") // the folder owns the stream and closes it
  static SafeFolder open(Path folder) {
    try {
      return secure(Files.newDirectoryStream(folder), folder);
    } catch (NoSuchFileException e) {
      throw Refusal.of(Code.NOT_FOUND, "there is no such folder").at(folder.toString()).cause(e);
    } catch (NotDirectoryException e) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a folder").at(folder.toString()).cause(e);
    } catch (IOException e) {
      throw storage(folder.toString(), e);
    }
  }

  private static SafeFolder secure(DirectoryStream<Path> stream, Path shown) throws IOException {
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      try {
        return new SafeFolder(secure, shown);
      } catch (Refusal refusal) {
        secure.close();
        throw refusal;
      }
    }
    stream.close();
    throw Refusal.of(Code.STORAGE, "this system cannot read folders without following links")
        .at(shown.toString())
        .fix("use Linux");
  }

  private static Map<String, Path> list(DirectoryStream<Path> stream, Path shown) {
    Map<String, Path> entries = new TreeMap<>();
    try {
      for (Path entry : stream) {
        Path name = entry.getFileName();
        entries.put(name.toString(), name);
        if (entries.size() > MAX_ENTRIES) {
          throw Refusal.of(Code.EXTRA_FILE, "a folder has too many entries")
              .at(shown.toString())
              .expected("at most " + MAX_ENTRIES);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw storage(shown.toString(), e);
    }
    return entries;
  }

  /** Names of all entries, whatever they are, in order. */
  Set<String> names() {
    return Collections.unmodifiableSet(entries.keySet());
  }

  boolean isLink(String name) {
    return attributes(name).isSymbolicLink();
  }

  SafeFolder enter(String name) {
    if (!attributes(name).isDirectory()) throw unsafe(name, "a folder");
    try {
      return secure(
          stream.newDirectoryStream(entry(name), LinkOption.NOFOLLOW_LINKS),
          shown.resolve(entry(name)));
    } catch (IOException e) {
      throw storage(place(name), e);
    }
  }

  /** A regular file's content; a larger one is refused unread. */
  Bytes read(String name, DataSize max) {
    try (SeekableByteChannel channel = file(name)) {
      long size = channel.size();
      if (size > max.bytes()) {
        throw Refusal.of(Code.SIZE, "a file is too large")
            .at(place(name))
            .expected("at most " + max)
            .got(size + " bytes");
      }
      ByteBuffer content = ByteBuffer.allocate((int) size);
      while (content.hasRemaining()) {
        if (channel.read(content) < 0) throw shrunk(name);
      }
      return Bytes.of(content.array());
    } catch (IOException e) {
      throw storage(place(name), e);
    }
  }

  /** The hash of a regular file of exactly this size; reading stops where it is larger. */
  Digest hash(String name, long size) {
    try (SeekableByteChannel channel = file(name)) {
      var running = Digest.sha256();
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
      long read = 0;
      while (read <= size && channel.read(buffer) >= 0) {
        read += buffer.position();
        running.update(buffer.flip());
        buffer.clear();
      }
      if (read != size) {
        throw Refusal.of(Code.SIZE, "a file of a bundle has another size than its manifest says")
            .at(place(name))
            .expected(size + " bytes")
            .got(read > size ? "more" : read + " bytes");
      }
      return Digest.finish(running);
    } catch (IOException e) {
      throw storage(place(name), e);
    }
  }

  // The name may be an attacker's: without control characters, it cannot forge a log line.
  String place(String name) {
    return (shown + "/" + name).replaceAll("\\p{Cntrl}", "?");
  }

  private SeekableByteChannel file(String name) throws IOException {
    // Opening a pipe would wait for a writer, so the kind is asked first.
    if (!attributes(name).isRegularFile()) throw unsafe(name, "a regular file");
    return stream.newByteChannel(entry(name), READ);
  }

  // The entry as the system told it: a name that no text can spell is still reached.
  private Path entry(String name) {
    Path entry = entries.get(name);
    if (entry == null) throw missing(name);
    return entry;
  }

  Refusal missing(String name) {
    return Refusal.of(Code.MISSING_FILE, "a file of a bundle is missing")
        .at(place(name))
        .fix("pack or fetch the bundle again");
  }

  private BasicFileAttributes attributes(String name) {
    try {
      return stream
          .getFileAttributeView(
              entry(name), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .readAttributes();
    } catch (IOException e) {
      throw storage(place(name), e);
    }
  }

  Refusal unsafe(String name, String expected) {
    BasicFileAttributes found = attributes(name);
    String got =
        found.isSymbolicLink()
            ? "a symbolic link"
            : found.isDirectory()
                ? "a folder"
                : found.isRegularFile() ? "a file" : "a device or pipe";
    return Refusal.of(Code.UNSAFE_PATH, "something in a bundle is not of the kind it must be")
        .at(place(name))
        .expected(expected)
        .got(got);
  }

  private Refusal shrunk(String name) {
    return Refusal.of(Code.SIZE, "a file shrank while it was read").at(place(name));
  }

  private static Refusal storage(String place, Exception e) {
    return Refusal.of(Code.STORAGE, "a bundle's folder cannot be read").at(place).got(e).cause(e);
  }

  @Override
  public void close() {
    try {
      stream.close();
    } catch (IOException e) {
      throw storage(shown.toString(), e);
    }
  }

  @Override
  public String toString() {
    return shown.toString();
  }
}
