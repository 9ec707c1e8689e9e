package dev.hatchery.client.oci;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Pushes a bundle's folder: {@code manifest.json}, {@code files/<path>}, {@code
 * signatures/*.sigstore.json}. The tag comes last, so whoever sees it sees files and signatures
 * too; a push that broke off is simply pushed again, and what is there already is not sent twice.
 */
public final class BundlePush {
  static final String MANIFEST = "manifest.json";
  static final String FILES = "files";
  static final String SIGNATURES = "signatures";
  static final String SIGNATURE_SUFFIX = ".sigstore.json";

  private BundlePush() {}

  /**
   * Pushes to the repository of the bundle's name, under its version as tag. The registry verifies
   * every digest; whether the signatures are good is not asked here.
   */
  public static PushedBundle push(Path folder, OciClient client) {
    byte[] manifestJson = small(folder.resolve(MANIFEST), Manifest.MAX_SIZE);
    Manifest manifest =
        Wire.MANIFEST.parse(manifestJson, Manifest.MAX_SIZE, folder.resolve(MANIFEST).toString());
    List<Path> signatures = signatures(folder.resolve(SIGNATURES));
    Name repo = manifest.release().name();
    for (FileEntry file : manifest.files()) {
      client.pushBlob(repo, present(folder.resolve(FILES), file), file.sha256());
    }
    client.pushBlob(repo, manifestJson);

    ImageManifest artifact = BundleArtifact.of(manifest, manifestJson);
    byte[] bytes = artifact.bytes();
    List<Digest> pushed = new ArrayList<>();
    for (Path signature : signatures) {
      pushed.add(pushSignature(client, repo, artifact.describe(bytes), signature));
    }
    Digest oci =
        client.pushManifest(
            repo, Reference.tag(manifest.release().version()), bytes, artifact.mediaType());
    return new PushedBundle(manifest.release(), Digest.of(manifestJson), oci, pushed);
  }

  private static Digest pushSignature(
      OciClient client, Name repo, Descriptor subject, Path signature) {
    byte[] bundle = small(signature, BundleArtifact.SIGNATURE_MAX);
    client.pushBlob(repo, bundle);
    client.pushBlob(repo, BundleArtifact.EMPTY_CONFIG);
    // Annotations belong to the subject's own descriptor, not to a reference to it.
    Descriptor about = Descriptor.of(subject.mediaType(), subject.digest(), subject.size());
    ImageManifest artifact =
        BundleArtifact.signature(about, bundle, String.valueOf(signature.getFileName()));
    byte[] bytes = artifact.bytes();
    client.pushManifest(repo, Reference.of(Digest.of(bytes)), bytes, artifact.mediaType());
    return Digest.of(bundle);
  }

  private static Path present(Path files, FileEntry entry) {
    Path file = files.resolve(entry.path());
    try {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw Refusal.of(Code.MISSING_FILE, "the bundle lacks a file that its manifest lists")
            .at(file.toString());
      }
      if (Files.size(file) != entry.size()) {
        throw Refusal.of(Code.SIZE, "a file's size is not the one in the manifest")
            .at(file.toString())
            .expected(entry.size() + " bytes")
            .got(Files.size(file) + " bytes");
      }
      return file;
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static List<Path> signatures(Path folder) {
    if (!Files.isDirectory(folder)) return List.of();
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> found =
          entries.filter(p -> p.toString().endsWith(SIGNATURE_SUFFIX)).sorted().toList();
      if (found.size() > BundleArtifact.MAX_SIGNATURES) {
        throw Refusal.of(Code.TOO_LARGE, "a bundle has too many signatures")
            .at(folder.toString())
            .expected("at most " + BundleArtifact.MAX_SIGNATURES)
            .got(found.size());
      }
      return found;
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  private static byte[] small(Path file, DataSize max) {
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes((int) max.bytes() + 1);
      if (bytes.length > max.bytes()) {
        throw Refusal.of(Code.TOO_LARGE, "a file of the bundle is too large")
            .at(file.toString())
            .expected("at most " + max);
      }
      return bytes;
    } catch (java.nio.file.NoSuchFileException e) {
      throw Refusal.of(Code.MISSING_FILE, "this folder is not a bundle")
          .at(file.toString())
          .expected("a folder with " + MANIFEST)
          .cause(e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static Refusal unreadable(Path file, IOException e) {
    return Refusal.of(Code.STORAGE, "a file of the bundle cannot be read")
        .at(file.toString())
        .got(e.toString())
        .cause(e);
  }
}
