package dev.hatchery.registry;

import dev.hatchery.core.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A blob in a file. */
record FileBlob(Digest digest, long size, Path path) implements Blob {
  @Override
  public InputStream open(long from) {
    try {
      return Channels.newInputStream(
          FileChannel.open(path, StandardOpenOption.READ).position(from));
    } catch (IOException e) {
      throw Disk.refusal(e, path);
    }
  }

  @Override
  public Optional<Path> file() {
    return Optional.of(path);
  }
}
