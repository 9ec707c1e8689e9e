package dev.hatchery.core;

/**
 * One file of a bundle.
 *
 * @param path relative, with {@code /}, without {@code .}, {@code ..}, control characters or
 *     backslashes
 * @param size bytes
 */
public record FileEntry(String path, long size, Digest sha256, Kind kind) {
  public static final long MAX_SIZE = 1L << 42;
  private static final int MAX_PATH = 255;
  private static final int MAX_DEPTH = 16;

  /** What the file is for; decides its ModelPack media type in the registry. */
  public enum Kind {
    WEIGHT,
    CONFIG,
    DOC,
    GOLDEN,
    SBOM,
    PROVENANCE
  }

  public FileEntry {
    if (!safe(path)) {
      throw Refusal.of(Code.UNSAFE_PATH, "a bundle's file may not have this path")
          .expected("a relative path of plain names")
          .got(path);
    }
    if (size < 0 || size > MAX_SIZE) {
      throw Refusal.of(Code.SIZE, "a bundle's file may not have this size").at(path).got(size);
    }
  }

  private static boolean safe(String path) {
    if (path.isEmpty() || path.length() > MAX_PATH) return false;
    if (path.chars().anyMatch(c -> c < 0x21 || c > 0x7e || c == '\\')) return false;
    String[] parts = path.split("/", -1);
    if (parts.length > MAX_DEPTH) return false;
    for (String part : parts) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) return false;
    }
    return true;
  }
}
