package dev.hatchery.registry;

import dev.hatchery.core.Digest;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/** Stored bytes. Their digest was verified when they came in, not again when they go out. */
public interface Blob {
  Digest digest();

  /** Bytes. */
  long size();

  /** The bytes from an offset to the end; refuses STORAGE when they cannot be read. */
  InputStream open(long from);

  /** The file that holds exactly these bytes, where there is one; only to be read. */
  default Optional<Path> file() {
    return Optional.empty();
  }
}
