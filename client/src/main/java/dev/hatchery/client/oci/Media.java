package dev.hatchery.client.oci;

import java.util.List;

/** Media types and annotation keys of image-spec 1.1, ModelPack 0.0.7 and Sigstore. */
public final class Media {
  public static final String IMAGE_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  public static final String IMAGE_INDEX = "application/vnd.oci.image.index.v1+json";
  public static final String DOCKER_MANIFEST =
      "application/vnd.docker.distribution.manifest.v2+json";
  public static final String DOCKER_LIST =
      "application/vnd.docker.distribution.manifest.list.v2+json";

  /**
   * The config of an artifact that needs none: {@code {}} (image-spec, Guidance for an empty
   * descriptor).
   */
  public static final String EMPTY = "application/vnd.oci.empty.v1+json";

  public static final String MODEL_ARTIFACT = "application/vnd.cncf.model.manifest.v1+json";
  public static final String SIGSTORE_BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";

  public static final String REF_NAME = "org.opencontainers.image.ref.name";
  public static final String TITLE = "org.opencontainers.image.title";
  public static final String VERSION = "org.opencontainers.image.version";
  public static final String FILEPATH = "org.cncf.model.filepath";

  /** What may stand in a registry as a manifest. */
  public static final List<String> MANIFESTS =
      List.of(IMAGE_MANIFEST, IMAGE_INDEX, DOCKER_MANIFEST, DOCKER_LIST);

  private Media() {}
}
