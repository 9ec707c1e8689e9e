package dev.hatchery.bundle;

import dev.hatchery.bundle.sign.ReleaseSignatures;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.bundle.sign.SigstoreBundle;
import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A bundle in a folder: {@code manifest.json}, {@code files/<path>} for every file the manifest
 * lists, {@code signatures/<first 16 hex of the key id>.sigstore.json}. Opening one reads the
 * manifest and says nothing about trust; that is {@link Verifier}'s business.
 */
public final class Bundle {
  static final String MANIFEST = "manifest.json";
  static final String FILES = "files";
  static final String SIGNATURES = "signatures";
  private static final String SIGNATURE_SUFFIX = ".sigstore.json";
  private static final Pattern SIGNATURE_FORM = Pattern.compile("[0-9a-f]{16}\\.sigstore\\.json");

  private final Path folder;
  private final Bytes manifestBytes;
  private final Manifest manifest;

  private Bundle(Path folder, Bytes manifestBytes, Manifest manifest) {
    this.folder = folder;
    this.manifestBytes = manifestBytes;
    this.manifest = manifest;
  }

  /** Reads the manifest only. */
  public static Bundle open(Path folder) {
    try (var root = SafeFolder.open(folder)) {
      Bytes bytes = root.read(MANIFEST, Manifest.MAX_SIZE);
      return new Bundle(folder, bytes, parse(bytes, folder));
    }
  }

  static Manifest parse(Bytes bytes, Path folder) {
    return Wire.MANIFEST.parse(
        bytes.toArray(), Manifest.MAX_SIZE, folder.resolve(MANIFEST).toString());
  }

  /** The exact bytes that signatures cover and whose digest names the bundle. */
  public Bytes manifestBytes() {
    return manifestBytes;
  }

  public Manifest manifest() {
    return manifest;
  }

  /** The bundle's name everywhere: SHA-256 of {@link #manifestBytes}. */
  public Digest digest() {
    return manifestBytes.digest();
  }

  public Path folder() {
    return folder;
  }

  /** Where this file lies. */
  public Path file(FileEntry entry) {
    return filesFolder().resolve(entry.path());
  }

  /** The folder that holds exactly the manifest's files. */
  public Path filesFolder() {
    return folder.resolve(FILES);
  }

  /** The content of every signature file, in the order of their names; empty when unsigned. */
  public List<Bytes> signatures() {
    try (var root = SafeFolder.open(folder)) {
      return signatures(root);
    }
  }

  static List<Bytes> signatures(SafeFolder root) {
    if (!root.names().contains(SIGNATURES)) return List.of();
    try (var folder = root.enter(SIGNATURES)) {
      Set<String> names = folder.names();
      if (names.size() > ReleaseSignatures.MAX) {
        throw Refusal.of(Code.EXTRA_FILE, "a bundle has too many signatures")
            .at(folder.toString())
            .expected("at most " + ReleaseSignatures.MAX)
            .got(names.size());
      }
      List<Bytes> signatures = new ArrayList<>();
      for (String name : names) {
        if (!SIGNATURE_FORM.matcher(name).matches()) throw extra(folder, name);
        signatures.add(folder.read(name, SigstoreBundle.MAX_SIZE));
      }
      return signatures;
    }
  }

  static Refusal extra(SafeFolder folder, String name) {
    if (folder.isLink(name)) return folder.unsafe(name, "a file or folder");
    return Refusal.of(Code.EXTRA_FILE, "a bundle holds something that its manifest does not list")
        .at(folder.place(name))
        .expected("nothing but what the manifest lists, and signatures/<key>.sigstore.json")
        .fix("remove it, or pack the bundle again");
  }

  /**
   * Adds this key's signature, after checking that the files are those of the manifest: nobody
   * signs a broken bundle. A signature that this key made before is replaced.
   */
  public SigstoreBundle sign(SigningKey key) {
    FileSet.verify(filesFolder(), manifest);
    SigstoreBundle signature = SigstoreBundle.sign(manifestBytes.toArray(), key);
    Path folder = this.folder.resolve(SIGNATURES);
    try {
      Files.createDirectories(folder);
      Disk.replace(
          folder.resolve(key.id().hex().substring(0, 16) + SIGNATURE_SUFFIX), signature.bytes());
      Disk.sync(this.folder);
    } catch (IOException e) {
      throw Disk.storage("a signature cannot be written", folder, e);
    }
    return signature;
  }
}
