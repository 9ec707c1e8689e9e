package dev.hatchery.client.oci;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a bundle looks as an OCI artifact: ModelPack's artifact type, our manifest.json as config,
 * one raw layer per file. A signature is an artifact of its own whose subject is the bundle's
 * (security reference, section 9).
 */
public final class BundleArtifact {
  /**
   * A Sigstore bundle is a signature, a key hint or certificate, and proofs; larger is no
   * signature.
   */
  public static final DataSize SIGNATURE_MAX = DataSize.kib(256);

  /** How many signatures a bundle may have. */
  public static final int MAX_SIGNATURES = 64;

  static final byte[] EMPTY_CONFIG = {'{', '}'};

  private BundleArtifact() {}

  /**
   * The artifact of a bundle whose manifest.json has these bytes; the same bundle, the same bytes.
   */
  static ImageManifest of(Manifest manifest, byte[] manifestJson) {
    ReleaseId release = manifest.release();
    return new ImageManifest(
        Media.IMAGE_MANIFEST,
        Optional.of(Media.MODEL_ARTIFACT),
        Descriptor.of(Manifest.MEDIA_TYPE, manifestJson),
        manifest.files().stream().map(BundleArtifact::layer).toList(),
        Optional.empty(),
        Map.of(Media.TITLE, release.name().value(), Media.VERSION, release.version().toString()));
  }

  private static Descriptor layer(FileEntry file) {
    return Descriptor.of(mediaType(file.kind()), file.sha256(), file.size())
        .with(Map.of(Media.FILEPATH, file.path(), Media.TITLE, file.path()));
  }

  private static String mediaType(FileEntry.Kind kind) {
    String part =
        switch (kind) {
          case WEIGHT -> "weight";
          case CONFIG -> "weight.config";
          case DOC, SBOM, PROVENANCE -> "doc";
          case GOLDEN -> "dataset";
        };
    return "application/vnd.cncf.model." + part + ".v1.raw";
  }

  /** The artifact of one signature; the title is the file's name in the bundle's folder. */
  static ImageManifest signature(Descriptor subject, byte[] sigstoreBundle, String title) {
    return new ImageManifest(
        Media.IMAGE_MANIFEST,
        Optional.of(Media.SIGSTORE_BUNDLE),
        Descriptor.of(Media.EMPTY, EMPTY_CONFIG),
        List.of(
            Descriptor.of(Media.SIGSTORE_BUNDLE, sigstoreBundle).with(Map.of(Media.TITLE, title))),
        Optional.of(subject),
        Map.of());
  }

  /** The one layer of a signature artifact; refuses BAD_INPUT when this is not one. */
  public static Descriptor signatureLayer(OciDocument document) {
    if (document instanceof ImageManifest artifact
        && artifact.layers().size() == 1
        && artifact.layers().getFirst().mediaType().equals(Media.SIGSTORE_BUNDLE)
        && artifact.layers().getFirst().size() <= SIGNATURE_MAX.bytes()) {
      return artifact.layers().getFirst();
    }
    throw Refusal.of(Code.BAD_INPUT, "this artifact is not a signature")
        .expected("one layer of " + Media.SIGSTORE_BUNDLE + ", at most " + SIGNATURE_MAX);
  }

  /** The bundle's artifact; refuses BAD_INPUT when the document is another kind of thing. */
  public static ImageManifest bundle(OciDocument document) {
    if (document instanceof ImageManifest artifact
        && artifact.artifactType().equals(Optional.of(Media.MODEL_ARTIFACT))
        && artifact.config().mediaType().equals(Manifest.MEDIA_TYPE)
        && artifact.config().size() <= Manifest.MAX_SIZE.bytes()) {
      return artifact;
    }
    throw Refusal.of(Code.BAD_INPUT, "this is not a Hatchery bundle")
        .expected(
            "artifact type " + Media.MODEL_ARTIFACT + " with a config of " + Manifest.MEDIA_TYPE)
        .got(document.artifactType().orElse("no artifact type"));
  }

  /**
   * The bundle's files by path. Refuses MISSING_FILE, EXTRA_FILE or HASH unless the artifact's
   * layers are exactly the files that the manifest lists.
   */
  public static Map<String, Digest> files(ImageManifest artifact, Manifest manifest) {
    Map<String, Descriptor> layers = new HashMap<>();
    for (Descriptor layer : artifact.layers()) {
      String path = layer.annotation(Media.FILEPATH).orElse("");
      if (manifest.file(path).isEmpty() || layers.put(path, layer) != null) {
        throw Refusal.of(
                Code.EXTRA_FILE, "the artifact has a layer that its manifest does not list")
            .at(manifest.release().toString())
            .got(path.isEmpty() ? "a layer without " + Media.FILEPATH : path);
      }
    }
    Map<String, Digest> files = new TreeMap<>();
    for (FileEntry file : manifest.files()) {
      Descriptor layer = layers.get(file.path());
      if (layer == null) {
        throw Refusal.of(Code.MISSING_FILE, "the artifact lacks a file that its manifest lists")
            .at(manifest.release().toString())
            .expected(file.path());
      }
      if (!layer.digest().equals(file.sha256()) || layer.size() != file.size()) {
        throw Refusal.of(Code.HASH, "a layer is not the file that the manifest lists")
            .at(manifest.release() + " " + file.path())
            .expected(file.sha256() + ", " + file.size() + " bytes")
            .got(layer.digest() + ", " + layer.size() + " bytes");
      }
      files.put(file.path(), file.sha256());
    }
    return files;
  }
}
