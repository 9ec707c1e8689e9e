package dev.hatchery.registry;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** {@code blobs/sha256/<hex>}, and the folder where blobs grow before they get that name. */
final class BlobFolder {
  private final Path blobs;
  private final Path uploads;
  private final AtomicLong next = new AtomicLong();

  BlobFolder(Path blobs, Path uploads) {
    this.blobs = blobs;
    this.uploads = uploads;
  }

  /** Removes what a crash left; nobody else may be uploading. */
  void clean() throws IOException {
    try (Stream<Path> left = Files.list(uploads)) {
      for (Path file : left.toList()) Files.delete(file);
    }
  }

  Path path(Digest digest) {
    return blobs.resolve(digest.hex());
  }

  Optional<Blob> blob(Digest digest) {
    try {
      var file =
          Files.readAttributes(path(digest), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return file.isRegularFile()
          ? Optional.of(new FileBlob(digest, file.size(), path(digest)))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw Disk.refusal(e, path(digest));
    }
  }

  Incoming receive(DataSize max) {
    Path file = temporary();
    try {
      return new FileIncoming(this, file, max);
    } catch (IOException e) {
      throw Disk.refusal(e, file);
    }
  }

  /** A name for a file that nobody else writes; its contents are lost at the next start. */
  Path temporary() {
    return uploads.resolve(Long.toString(next.incrementAndGet()));
  }
}
