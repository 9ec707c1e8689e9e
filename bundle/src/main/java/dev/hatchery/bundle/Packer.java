package dev.hatchery.bundle;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** Makes a bundle's folder. The same inputs always give the same bytes. */
public final class Packer {
  private Packer() {}

  /**
   * Packs into {@code folder}, which must not exist; it appears whole or not at all.
   *
   * @return the unsigned bundle
   */
  public static Bundle pack(BundleSpec spec, Path folder) {
    Path target = folder.toAbsolutePath();
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw Refusal.of(Code.CONFLICT, "there is something already, and it is not replaced")
          .at(folder.toString())
          .fix("choose another folder, or remove this one");
    }
    Path above = target.getParent();
    if (above == null) throw Refusal.of(Code.BAD_INPUT, "this is no folder").at(folder.toString());
    try {
      Files.createDirectories(above);
      Path draft = Files.createTempDirectory(above, "." + target.getFileName() + ".");
      try {
        fill(draft, spec);
        Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rwxr-xr-x"));
        Disk.syncTree(draft);
        Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Disk.deleteTree(draft);
      }
      Disk.sync(above);
    } catch (IOException e) {
      throw Disk.storage("a bundle cannot be written", folder, e);
    }
    return Bundle.open(folder);
  }

  private static void fill(Path draft, BundleSpec spec) throws IOException {
    Path files = Files.createDirectory(draft.resolve(Bundle.FILES));
    List<FileEntry> entries = new ArrayList<>();
    for (BundleSpec.Source source : spec.files()) entries.add(copy(source, files));
    entries.sort((a, b) -> a.path().compareTo(b.path()));
    Bytes sbom = Bytes.of(Sbom.write(spec, List.copyOf(entries)));
    Disk.create(files.resolve(BundleSpec.SBOM), sbom.toArray());
    entries.add(new FileEntry(BundleSpec.SBOM, sbom.size(), sbom.digest(), FileEntry.Kind.SBOM));
    Disk.create(draft.resolve(Bundle.MANIFEST), manifestBytes(spec, entries));
    Files.createDirectory(draft.resolve(Bundle.SIGNATURES));
  }

  private static FileEntry copy(BundleSpec.Source source, Path files) throws IOException {
    Path to = files.resolve(source.path());
    Path above = to.getParent();
    if (above != null) Files.createDirectories(above);
    try (InputStream in = Files.newInputStream(source.from())) {
      Disk.Written written = Disk.copy(in, to, FileEntry.MAX_SIZE);
      return new FileEntry(source.path(), written.size(), written.sha256(), source.kind());
    }
  }

  private static byte[] manifestBytes(BundleSpec spec, List<FileEntry> entries) {
    byte[] bytes = Wire.MANIFEST.bytes(manifest(spec, entries));
    if (bytes.length > Manifest.MAX_SIZE.bytes()) {
      throw Refusal.of(Code.TOO_LARGE, "this bundle's manifest is too large")
          .expected("at most " + Manifest.MAX_SIZE)
          .got(bytes.length + " bytes")
          .fix("pack fewer files");
    }
    return bytes;
  }

  private static Manifest manifest(BundleSpec spec, List<FileEntry> entries) {
    return new Manifest(
        spec.kind(),
        spec.release(),
        spec.releaseCounter(),
        entries,
        spec.trainingCommit(),
        spec.quantization(),
        spec.runtimeHints(),
        spec.compatibility(),
        spec.base(),
        BundleSpec.SBOM,
        spec.provenance());
  }
}
