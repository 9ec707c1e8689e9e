package dev.hatchery.registry;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Manifest;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A bundle as it stands in the registry; whole, but nobody has asked yet who signed it.
 *
 * @param digest of manifest.json: the release's identity
 * @param manifestBytes as they were signed
 * @param ociManifest the artifact that carries the bundle
 * @param files every file's digest by its path; equal to what the manifest lists
 * @param signatures the digests of the Sigstore bundles that came with it, in ascending order
 */
public record StoredBundle(
    Digest digest,
    Bytes manifestBytes,
    Manifest manifest,
    Digest ociManifest,
    Map<String, Digest> files,
    List<Digest> signatures) {
  public StoredBundle {
    files = Collections.unmodifiableMap(new TreeMap<>(files));
    signatures = List.copyOf(signatures);
  }
}
