package dev.hatchery.server.deltas;

import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Name;
import dev.hatchery.registry.Blob;
import dev.hatchery.registry.ContentStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Lays a file out as its bundle has it. Most files say themselves what they hold, and are used
 * where they lie. ONNX's external data does not: only the model beside it knows its tensors, and
 * calls it by its name.
 */
final class Tray {
  private static final String ONNX = ".onnx";

  /** Whoever reads external data looks at no more models than this. */
  private static final int MODELS_MAX = 16;

  private final ContentStore content;
  private final Bundles bundles;

  /** Knows which bundle a file is from. */
  interface Bundles {
    /** A manifest of the repository that names the file; absent when no release has it. */
    Optional<Manifest> with(Name repository, Digest file);
  }

  Tray(ContentStore content, Bundles bundles) {
    this.content = content;
    this.bundles = bundles;
  }

  /**
   * Where the file is.
   *
   * @param folder what has to be laid out lies there
   * @return absent when the registry has lost it
   */
  Optional<Path> lay(Name repository, Digest digest, Path folder) throws IOException {
    Optional<Blob> blob = content.blob(digest);
    if (blob.isEmpty()) return Optional.empty();
    Optional<Manifest> bundle = bundles.with(repository, digest);
    Optional<FileEntry> entry = bundle.flatMap(b -> entry(b, digest));
    List<FileEntry> models = entry.map(e -> models(bundle.orElseThrow(), e)).orElse(List.of());
    if (models.isEmpty() && blob.get().file().isPresent()) return blob.get().file();
    Files.createDirectories(folder);
    for (FileEntry model : models) {
      Optional<Blob> stored = content.blob(model.sha256());
      if (stored.isPresent()) place(stored.get(), folder.resolve(name(model)));
    }
    Path place = folder.resolve(entry.map(Tray::name).orElse("file"));
    place(blob.get(), place);
    return Optional.of(place);
  }

  private static Optional<FileEntry> entry(Manifest bundle, Digest digest) {
    return bundle.files().stream().filter(file -> file.sha256().equals(digest)).findFirst();
  }

  private static List<FileEntry> models(Manifest bundle, FileEntry file) {
    if (file.path().endsWith(ONNX)) return List.of();
    return bundle.files().stream()
        .filter(other -> other.path().endsWith(ONNX) && folder(other).equals(folder(file)))
        .limit(MODELS_MAX)
        .toList();
  }

  private static String folder(FileEntry file) {
    return file.path().substring(0, file.path().lastIndexOf('/') + 1);
  }

  private static String name(FileEntry file) {
    return file.path().substring(file.path().lastIndexOf('/') + 1);
  }

  private static void place(Blob blob, Path at) throws IOException {
    Optional<Path> lies = blob.file();
    if (lies.isPresent()) {
      Files.createSymbolicLink(at, lies.get().toAbsolutePath());
      return;
    }
    try (InputStream in = blob.open(0)) {
      Files.copy(in, at);
    }
  }
}
