package dev.hatchery.runner;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hatchery.core.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A slot folder as the agent lays it out, and the agent's hand on it. */
record SlotFixture(Path folder) {
  /** Installs a bundle with this model and switches to it; the bundle's digest. */
  Digest install(byte[] model) {
    Digest bundle = Digest.of(("manifest of " + Digest.of(model)).getBytes(UTF_8));
    try {
      Path version = Files.createDirectories(folder.resolve("v").resolve(bundle.hex()));
      Files.write(version.resolve("model.onnx"), model);
      point(Path.of("v", bundle.hex()));
      return bundle;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Installs a bundle with this model and has it run beside the current one. */
  Digest installShadow(byte[] model) {
    Digest bundle = Digest.of(("manifest of " + Digest.of(model)).getBytes(UTF_8));
    try {
      Path version = Files.createDirectories(folder.resolve("v").resolve(bundle.hex()));
      Files.write(version.resolve("model.onnx"), model);
      removeShadow();
      Files.createSymbolicLink(folder.resolve("shadow"), Path.of("v", bundle.hex()));
      return bundle;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void removeShadow() throws IOException {
    Files.deleteIfExists(folder.resolve("shadow"));
  }

  /** Points {@code current} anywhere, the way the agent does: atomically. */
  void point(Path target) throws IOException {
    Path temporary = folder.resolve("current.tmp");
    Files.deleteIfExists(temporary);
    Files.createSymbolicLink(temporary, target);
    Files.move(temporary, folder.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
  }
}
