package dev.hatchery.registry;

import dev.hatchery.client.oci.BundleArtifact;
import dev.hatchery.client.oci.Descriptor;
import dev.hatchery.client.oci.ImageManifest;
import dev.hatchery.client.oci.Media;
import dev.hatchery.client.oci.OciDocument;
import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Version;
import dev.hatchery.wire.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads bundles out of a registry, for the server. It refuses what is not whole: NOT_FOUND for a
 * release that is not there, BAD_INPUT for an artifact of another kind or under another name,
 * MISSING_FILE, EXTRA_FILE, HASH for one whose layers are not its manifest's files.
 */
public final class RegistryReader {
  private final ContentStore store;

  public RegistryReader(ContentStore store) {
    this.store = store;
  }

  /** The bundle that a release's tag names; its manifest must say the same name and version. */
  public StoredBundle bundle(ReleaseId release) {
    Version version = release.version();
    Digest artifact =
        store
            .catalog()
            .tag(release.name(), version.toString())
            .orElseThrow(() -> absent(release.toString()));
    StoredBundle bundle = bundle(release.name(), artifact);
    if (bundle.manifest().release().equals(release)) return bundle;
    throw Refusal.of(Code.BAD_INPUT, "the bundle under this tag is another release")
        .at(release.toString())
        .expected(release)
        .got(bundle.manifest().release());
  }

  /** The bundle that an OCI manifest carries. */
  public StoredBundle bundle(Name repo, Digest ociManifest) {
    ImageManifest artifact = BundleArtifact.bundle(document(repo, ociManifest));
    Digest digest = artifact.config().digest();
    byte[] bytes = held(repo, digest, Manifest.MAX_SIZE);
    Manifest manifest = Wire.MANIFEST.parse(bytes, Manifest.MAX_SIZE, repo + "@" + digest);
    if (!manifest.release().name().equals(repo)) {
      throw Refusal.of(Code.BAD_INPUT, "a bundle stands in another bundle's repository")
          .expected(repo)
          .got(manifest.release());
    }
    Map<String, Digest> files = BundleArtifact.files(artifact, manifest);
    for (Map.Entry<String, Digest> file : files.entrySet()) {
      if (!store.holds(repo, file.getValue())) {
        throw Refusal.of(Code.MISSING_FILE, "the registry has lost a file of this bundle")
            .at(manifest.release() + " " + file.getKey())
            .expected(file.getValue())
            .fix("push the bundle again");
      }
    }
    return new StoredBundle(
        digest, Bytes.of(bytes), manifest, ociManifest, files, signatures(repo, ociManifest));
  }

  /** One of {@link StoredBundle#signatures}: a Sigstore bundle's JSON. */
  public Bytes signature(Name repo, Digest signature) {
    return Bytes.of(held(repo, signature, BundleArtifact.SIGNATURE_MAX));
  }

  // A referrer that is no signature after all is somebody's mistake and adds nothing; the
  // signatures
  // that are there still count.
  private List<Digest> signatures(Name repo, Digest subject) {
    List<Digest> found = new ArrayList<>();
    for (Descriptor referrer : store.catalog().referrers(repo, subject)) {
      if (!referrer.artifactType().equals(Optional.of(Media.SIGSTORE_BUNDLE))) continue;
      try {
        found.add(BundleArtifact.signatureLayer(document(repo, referrer.digest())).digest());
      } catch (Refusal e) {
        if (e.code() != Code.BAD_INPUT) throw e;
      }
    }
    return found.stream().distinct().sorted().toList();
  }

  private OciDocument document(Name repo, Digest digest) {
    CatalogEntry entry = store.catalog().repository(repo).manifests().get(digest);
    if (entry == null) throw absent(repo + "@" + digest);
    return OciDocument.parse(
        store.read(digest, OciDocument.MAX_SIZE),
        Optional.of(entry.descriptor().mediaType()),
        digest.toString());
  }

  private byte[] held(Name repo, Digest digest, DataSize max) {
    if (!store.holds(repo, digest)) throw absent(repo + "@" + digest);
    return store.read(digest, max);
  }

  private static Refusal absent(String what) {
    return Refusal.of(Code.NOT_FOUND, "the registry has no such release")
        .got(what)
        .fix("push it first: hatchery push");
  }
}
