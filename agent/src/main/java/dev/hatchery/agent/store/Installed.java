package dev.hatchery.agent.store;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.trust.TrustStore;
import dev.hatchery.bundle.sign.ReleaseSignatures;
import dev.hatchery.bundle.sign.SigstoreBundle;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.Wire;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a bundle back from its folder {@code v/<digest>/}: {@code manifest.json}, {@code
 * signatures/} and the files by their paths.
 */
public final class Installed {
  static final String MANIFEST = "manifest.json";
  static final String SIGNATURES = "signatures";

  private Installed() {}

  /** The manifest, whose bytes must be what the folder is named after. */
  public static Manifest manifest(Disk disk, Path folder, Digest digest) {
    return Wire.MANIFEST.parse(
        manifestBytes(disk, folder, digest), Manifest.MAX_SIZE, folder + "/" + MANIFEST);
  }

  private static byte[] manifestBytes(Disk disk, Path folder, Digest digest) {
    Path file = folder.resolve(MANIFEST);
    if (disk.kind(file) != Disk.Kind.FILE) throw missing(file);
    byte[] bytes = disk.read(file, Manifest.MAX_SIZE);
    if (!Digest.of(bytes).equals(digest)) {
      throw Refusal.of(Code.HASH, "this is another manifest than its folder is named after")
          .at(file.toString())
          .expected(digest)
          .got(Digest.of(bytes));
    }
    return bytes;
  }

  /**
   * Every byte is read again: exactly these files, with exactly these hashes, nothing besides.
   *
   * @throws Refusal as {@link Disk#requireExactly}
   */
  public static Manifest verify(Disk disk, Path folder, Digest digest) {
    byte[] bytes = manifestBytes(disk, folder, digest);
    Manifest manifest = Wire.MANIFEST.parse(bytes, Manifest.MAX_SIZE, folder + "/" + MANIFEST);
    disk.requireExactly(folder, withPapers(manifest, bytes, signatures(disk, folder)));
    return manifest;
  }

  /** Enough release keys signed the manifest; the files are {@link #verify}'s business. */
  static void requireSigned(Disk disk, Path folder, Digest digest, TrustStore trust) {
    trust.requireReleased(manifestBytes(disk, folder, digest), signatures(disk, folder));
  }

  /** Cheap: the right manifest, and files of the right sizes at their places. */
  public static Manifest glance(Disk disk, Path folder, Digest digest) {
    Manifest manifest = manifest(disk, folder, digest);
    for (FileEntry entry : manifest.files()) {
      Path file = folder.resolve(entry.path());
      if (disk.kind(file) != Disk.Kind.FILE) throw missing(file);
      if (disk.size(file) != entry.size()) {
        throw Refusal.of(Code.SIZE, "a file of a bundle has another size than its manifest says")
            .at(file.toString())
            .expected(entry.size())
            .got(disk.size(file));
      }
    }
    return manifest;
  }

  // The folder's whole content as one set of files: nothing may hide beside the manifest's files,
  // and a manifest that lists these names itself is refused for the double entry.
  private static Manifest withPapers(Manifest manifest, byte[] bytes, List<byte[]> signatures) {
    List<FileEntry> all = new ArrayList<>(manifest.files());
    all.add(entry(MANIFEST, bytes));
    for (int i = 0; i < signatures.size(); i++) {
      all.add(entry(SIGNATURES + "/" + signatureName(i), signatures.get(i)));
    }
    return new Manifest(
        manifest.kind(),
        manifest.release(),
        manifest.releaseCounter(),
        all,
        manifest.trainingCommit(),
        manifest.quantization(),
        manifest.runtimeHints(),
        manifest.compatibility(),
        manifest.base(),
        manifest.sbom(),
        manifest.provenance());
  }

  private static FileEntry entry(String path, byte[] content) {
    return new FileEntry(path, content.length, Digest.of(content), FileEntry.Kind.DOC);
  }

  static String signatureName(int index) {
    return index + ".sigstore.json";
  }

  private static List<byte[]> signatures(Disk disk, Path folder) {
    List<byte[]> signatures = new ArrayList<>();
    for (int i = 0; i < ReleaseSignatures.MAX; i++) {
      Path file = folder.resolve(SIGNATURES).resolve(signatureName(i));
      if (disk.kind(file) != Disk.Kind.FILE) break;
      signatures.add(disk.read(file, SigstoreBundle.MAX_SIZE));
    }
    return signatures;
  }

  private static Refusal missing(Path file) {
    return Refusal.of(Code.MISSING_FILE, "a file of a bundle is missing").at(file.toString());
  }
}
