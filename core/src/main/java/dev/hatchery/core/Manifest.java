package dev.hatchery.core;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a bundle is: its name and version, every file with size and digest, how the model came to
 * be, and where it may run. The release signature covers these bytes, and the set of files on disk
 * must equal the set listed here exactly.
 *
 * @param releaseCounter only rises from release to release of one name; the policy's floor compares
 *     it
 * @param trainingCommit the commit that trained or made the model
 * @param quantization for example {@code none}, {@code int8-static}
 * @param runtimeHints free key-value pairs for the service, for example {@code input=image}
 * @param base for adapters: the exact bundle they belong to
 * @param sbom the path of the SBOM, which is one of the files
 * @param provenance the path of the provenance attestation, when there is one
 */
public record Manifest(
    Kind kind,
    ReleaseId release,
    long releaseCounter,
    List<FileEntry> files,
    String trainingCommit,
    String quantization,
    Map<String, String> runtimeHints,
    Compatibility compatibility,
    Optional<Digest> base,
    String sbom,
    Optional<String> provenance) {
  public static final String MEDIA_TYPE = "application/vnd.hatchery.manifest.v1+json";

  /** A manifest's size is capped before it is parsed. */
  public static final DataSize MAX_SIZE = DataSize.kib(256);

  public static final int MAX_FILES = 4096;
  public static final String MODEL_FILE = "model.onnx";
  private static final int MAX_HINTS = 64;
  private static final int MAX_TEXT = 1024;

  /** The kinds of bundle. */
  public enum Kind {
    MODEL,
    ADAPTER,
    FIRMWARE;

    public Pipeline pipeline() {
      return switch (this) {
        case MODEL, ADAPTER -> Pipeline.MODEL;
        case FIRMWARE -> Pipeline.FIRMWARE;
      };
    }
  }

  public Manifest {
    files = files.stream().sorted((a, b) -> a.path().compareTo(b.path())).toList();
    runtimeHints = Collections.unmodifiableMap(new TreeMap<>(runtimeHints));
    if (files.isEmpty() || files.size() > MAX_FILES) {
      throw Refusal.of(Code.BAD_INPUT, "a bundle has a wrong number of files")
          .expected("1 to " + MAX_FILES)
          .got(files.size());
    }
    checkPaths(files);
    requireListed(files, sbom, "SBOM");
    List<FileEntry> listed = files;
    provenance.ifPresent(p -> requireListed(listed, p, "provenance"));
    if (releaseCounter < 0 || runtimeHints.size() > MAX_HINTS) {
      throw Refusal.of(Code.BAD_INPUT, "a manifest has a negative counter or too many hints");
    }
    if (trainingCommit.length() > MAX_TEXT || quantization.length() > MAX_TEXT) {
      throw Refusal.of(Code.BAD_INPUT, "a manifest's text is too long")
          .expected("at most " + MAX_TEXT);
    }
    if ((kind == Kind.ADAPTER) != base.isPresent()) {
      throw Refusal.of(Code.BAD_INPUT, "an adapter, and only an adapter, names its base bundle");
    }
  }

  // Case-fold duplicates would be one file on some file systems; a file may not also be a folder.
  private static void checkPaths(List<FileEntry> files) {
    Set<String> seen = new HashSet<>();
    for (FileEntry file : files) {
      if (!seen.add(file.path().toLowerCase(Locale.ROOT))) {
        throw Refusal.of(Code.UNSAFE_PATH, "two files of a bundle have one name").got(file.path());
      }
    }
    for (FileEntry file : files) {
      String path = file.path().toLowerCase(Locale.ROOT);
      for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
        if (seen.contains(path.substring(0, slash))) {
          throw Refusal.of(Code.UNSAFE_PATH, "a file of a bundle is also a folder")
              .got(file.path());
        }
      }
    }
  }

  private static void requireListed(List<FileEntry> files, String path, String what) {
    if (files.stream().noneMatch(f -> f.path().equals(path))) {
      throw Refusal.of(Code.MISSING_FILE, "the manifest names a file that it does not list")
          .expected(what + " among the files")
          .got(path);
    }
  }

  public DataSize totalSize() {
    return new DataSize(files.stream().mapToLong(FileEntry::size).sum());
  }

  public Optional<FileEntry> file(String path) {
    return files.stream().filter(f -> f.path().equals(path)).findFirst();
  }

  /** The golden samples that travel with the model, when it has some. */
  public Optional<FileEntry> golden() {
    return files.stream().filter(f -> f.kind() == FileEntry.Kind.GOLDEN).findFirst();
  }
}
