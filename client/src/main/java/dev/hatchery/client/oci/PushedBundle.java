package dev.hatchery.client.oci;

import dev.hatchery.core.Digest;
import dev.hatchery.core.ReleaseId;
import java.util.List;

/**
 * A bundle as it stands in a registry.
 *
 * @param manifest the digest of manifest.json, which is the release's identity
 * @param ociManifest the digest of the artifact that carries it, which is what the tag names
 * @param signatures the digests of the Sigstore bundles
 */
public record PushedBundle(
    ReleaseId release, Digest manifest, Digest ociManifest, List<Digest> signatures) {
  public PushedBundle {
    signatures = List.copyOf(signatures);
  }
}
