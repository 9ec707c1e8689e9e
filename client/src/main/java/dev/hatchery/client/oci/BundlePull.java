package dev.hatchery.client.oci;

import dev.hatchery.client.oci.OciClient.PulledManifest;
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
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Pulls a bundle into a folder of the shape that {@link BundlePush} reads. Every byte has the
 * digest that the manifest gives it; who signed the manifest must be asked afterwards, of the
 * folder.
 */
public final class BundlePull {
  private static final Pattern PLAIN_TITLE =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}\\.sigstore\\.json");

  private final OciClient client;
  private final Name repo;

  private BundlePull(OciClient client, Name repo) {
    this.client = client;
    this.repo = repo;
  }

  /**
   * Pulls what the reference names.
   *
   * @param target a folder that does not exist yet; it appears whole or not at all
   * @param max the largest sum of file sizes that is taken
   */
  public static PushedBundle pull(
      OciClient client, Name repo, Reference reference, Path target, DataSize max) {
    Path absolute = target.toAbsolutePath();
    Path part = absolute.resolveSibling("." + absolute.getFileName() + ".part");
    if (Files.exists(absolute)) {
      throw Refusal.of(Code.CONFLICT, "the folder for the bundle is there already")
          .at(target.toString())
          .fix("name a folder that does not exist");
    }
    try {
      delete(part);
      Files.createDirectories(part.resolve(BundlePush.SIGNATURES));
      PushedBundle pulled = new BundlePull(client, repo).into(part, reference, max);
      Files.move(part, absolute, StandardCopyOption.ATOMIC_MOVE);
      return pulled;
    } catch (IOException e) {
      throw Refusal.of(Code.STORAGE, "the bundle cannot be written")
          .at(target.toString())
          .got(e.toString())
          .cause(e);
    } finally {
      deleteQuietly(part);
    }
  }

  private PushedBundle into(Path folder, Reference reference, DataSize max) throws IOException {
    PulledManifest pulled = client.pullManifest(repo, reference);
    ImageManifest artifact = BundleArtifact.bundle(pulled.document());
    Digest digest = artifact.config().digest();
    byte[] manifestJson = client.pullBlob(repo, digest, Manifest.MAX_SIZE);
    Manifest manifest =
        Wire.MANIFEST.parse(manifestJson, Manifest.MAX_SIZE, repo + ":" + reference);
    BundleArtifact.files(artifact, manifest);
    if (manifest.totalSize().compareTo(max) > 0) {
      throw Refusal.of(Code.TOO_LARGE, "the bundle is larger than it may be")
          .at(manifest.release().toString())
          .expected("at most " + max)
          .got(manifest.totalSize());
    }
    Files.write(folder.resolve(BundlePush.MANIFEST), manifestJson);
    for (FileEntry file : manifest.files()) {
      Path path = folder.resolve(BundlePush.FILES).resolve(file.path());
      Files.createDirectories(path.resolveSibling(""));
      client.pullBlob(repo, file.sha256(), file.size(), path);
    }
    List<Digest> signatures = signatures(folder.resolve(BundlePush.SIGNATURES), pulled.digest());
    return new PushedBundle(manifest.release(), digest, pulled.digest(), signatures);
  }

  private List<Digest> signatures(Path folder, Digest subject) throws IOException {
    List<Digest> digests = new ArrayList<>();
    List<Descriptor> found = client.referrers(repo, subject, Optional.of(Media.SIGSTORE_BUNDLE));
    if (found.size() > BundleArtifact.MAX_SIGNATURES) {
      throw Refusal.of(Code.TOO_LARGE, "the bundle has too many signatures")
          .at(subject.toString())
          .expected("at most " + BundleArtifact.MAX_SIGNATURES)
          .got(found.size());
    }
    for (Descriptor referrer : found) {
      OciDocument artifact = client.pullManifest(repo, Reference.of(referrer.digest())).document();
      Descriptor layer = BundleArtifact.signatureLayer(artifact);
      byte[] bytes = client.pullBlob(repo, layer.digest(), BundleArtifact.SIGNATURE_MAX);
      Files.write(free(folder, layer), bytes);
      digests.add(layer.digest());
    }
    return digests;
  }

  // The title comes from whoever pushed the signature: only a plain name that is still free is
  // used.
  private static Path free(Path folder, Descriptor layer) {
    String title = layer.annotation(Media.TITLE).orElse("");
    Path named = PLAIN_TITLE.matcher(title).matches() ? folder.resolve(title) : folder;
    return Files.exists(named)
        ? folder.resolve(layer.digest().hex() + BundlePush.SIGNATURE_SUFFIX)
        : named;
  }

  private static void deleteQuietly(Path folder) {
    try {
      delete(folder);
    } catch (IOException e) {
      // What is left is removed before the next pull to this place.
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) return;
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
    }
  }
}
