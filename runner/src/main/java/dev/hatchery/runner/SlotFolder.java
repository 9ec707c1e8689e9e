package dev.hatchery.runner;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A slot as the agent lays it out, by one of its links: {@code current}, or {@code shadow}, is a
 * symlink to {@code v/<manifest digest>/}.
 */
final class SlotFolder {
  /** Read into memory at once, beside the old model; half of the heap the service is given. */
  static final DataSize MODEL_MAX = DataSize.mib(48);

  private final Path slot;
  private final String link;

  private SlotFolder(Path slot, String link) {
    this.slot = slot;
    this.link = link;
  }

  /** What is served. */
  SlotFolder(Path slot) {
    this(slot, "current");
  }

  /** The link's name. */
  String link() {
    return link;
  }

  /** The same slot's shadow. */
  SlotFolder shadow() {
    return new SlotFolder(slot, "shadow");
  }

  /**
   * The bundle that the link named when it was asked.
   *
   * @param folder free of symlinks, so that a later switch does not change what is read from it
   */
  record Current(Digest bundle, Path folder) {
    /** The model's bytes; at most {@link #MODEL_MAX}. */
    byte[] model() {
      Path file = folder.resolve(Manifest.MODEL_FILE);
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw Refusal.of(Code.MISSING_FILE, "the bundle has no model for this service")
            .at(folder.toString())
            .expected("a file " + Manifest.MODEL_FILE);
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] bytes = in.readNBytes((int) MODEL_MAX.bytes() + 1);
        if (bytes.length > MODEL_MAX.bytes()) {
          throw Refusal.of(Code.TOO_LARGE, "the model is too large for this service")
              .at(file.toString())
              .expected("at most " + MODEL_MAX);
        }
        return bytes;
      } catch (IOException e) {
        throw Refusal.of(Code.STORAGE, "the model cannot be read").at(file.toString()).cause(e);
      }
    }
  }

  /** True when there is something to serve, or at least something that says so. */
  boolean hasLink() {
    return Files.isSymbolicLink(slot.resolve(link));
  }

  /**
   * Follows the link.
   *
   * @throws Refusal when it is absent, dangles, or points anywhere but into this slot
   */
  Current current() {
    Path named = slot.resolve(link);
    try {
      Path folder = named.toRealPath();
      if (!slot.toRealPath().resolve("v").equals(folder.getParent())) {
        throw Refusal.of(
                Code.UNSAFE_PATH, "the slot's " + link + " bundle lies outside of the slot")
            .at(named.toString())
            .expected("a symlink to v/<manifest digest>")
            .got(folder);
      }
      return new Current(new Digest(folder.getFileName().toString()), folder);
    } catch (NoSuchFileException e) {
      throw Refusal.of(Code.NOT_FOUND, "the slot has no " + link + " bundle")
          .at(named.toString())
          .expected("a symlink to v/<manifest digest>")
          .cause(e);
    } catch (IOException e) {
      throw Refusal.of(Code.STORAGE, "the slot cannot be read").at(named.toString()).cause(e);
    }
  }
}
