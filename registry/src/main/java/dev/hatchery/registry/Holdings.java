package dev.hatchery.registry;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which repository was given which blob: an empty file {@code <repo>/<hex>}. The image layout has
 * no place for it, and without it everybody who may push to one repository could name, and then
 * read, the blobs of all others.
 */
final class Holdings {
  private final Path folder;

  Holdings(Path folder) {
    this.folder = folder;
  }

  boolean holds(Name repo, Digest blob) {
    return Files.isRegularFile(file(repo, blob));
  }

  void give(Name repo, Digest blob) {
    Path file = file(repo, blob);
    if (Files.exists(file)) return;
    try {
      Disk.createFolders(file.resolveSibling(""));
      Files.createFile(file);
      Disk.syncFolder(file.resolveSibling(""));
    } catch (FileAlreadyExistsException e) {
      // Another push of the same blob was quicker.
    } catch (IOException e) {
      throw Disk.refusal(e, file);
    }
  }

  private Path file(Name repo, Digest blob) {
    return folder.resolve(repo.value()).resolve(blob.hex());
  }
}
