package dev.hatchery.server.deltas;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Makes patches. What it makes is not believed before it was applied. */
@FunctionalInterface
public interface Maker {
  /**
   * Writes a patch.
   *
   * @param base absent for the empty base
   */
  void make(Optional<Path> base, Path target, Path patch) throws IOException;
}
