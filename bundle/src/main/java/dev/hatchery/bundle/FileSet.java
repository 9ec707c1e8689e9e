package dev.hatchery.bundle;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Refusal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Whether a folder holds exactly the files of a manifest. */
public final class FileSet {
  private FileSet() {}

  /**
   * Reads every file from disk and compares: the same paths, sizes and hashes, nothing more and
   * nothing less; a folder without a file of the manifest counts as extra. Links are never
   * followed.
   *
   * @param folder holds the files directly: {@code folder/model.onnx}
   * @throws Refusal EXTRA_FILE, MISSING_FILE, SIZE, HASH, UNSAFE_PATH for a link or a device,
   *     STORAGE
   */
  public static void verify(Path folder, Manifest manifest) {
    try (var root = SafeFolder.open(folder)) {
      verify(root, manifest);
    }
  }

  static void verify(SafeFolder root, Manifest manifest) {
    verify(root, manifest.files(), 0);
  }

  // Only folders that the manifest names are entered, so its limit on depth bounds the recursion.
  private static void verify(SafeFolder folder, List<FileEntry> entries, int from) {
    Map<String, List<FileEntry>> expected =
        entries.stream()
            .collect(Collectors.groupingBy(e -> name(e, from), TreeMap::new, Collectors.toList()));
    for (String name : folder.names()) {
      if (!expected.containsKey(name)) throw Bundle.extra(folder, name);
    }
    expected.forEach((name, below) -> verify(folder, name, below, from + name.length() + 1));
  }

  private static void verify(SafeFolder folder, String name, List<FileEntry> below, int from) {
    FileEntry first = below.getFirst();
    if (first.path().length() < from) {
      verify(folder, name, first);
    } else {
      try (var inner = folder.enter(name)) {
        verify(inner, below, from);
      }
    }
  }

  private static void verify(SafeFolder folder, String name, FileEntry entry) {
    Digest found = folder.hash(name, entry.size());
    if (!found.equals(entry.sha256())) {
      throw Refusal.of(Code.HASH, "a file of a bundle has other bytes than its manifest says")
          .at(folder.place(name))
          .expected(entry.sha256())
          .got(found)
          .fix("pack or fetch the bundle again");
    }
  }

  private static String name(FileEntry entry, int from) {
    int slash = entry.path().indexOf('/', from);
    return entry.path().substring(from, slash < 0 ? entry.path().length() : slash);
  }
}
