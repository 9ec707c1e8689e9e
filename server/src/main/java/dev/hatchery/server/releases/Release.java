package dev.hatchery.server.releases;

import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.ReleaseId;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A bundle that may be ordered.
 *
 * @param digest of the manifest's bytes
 * @param signatures digests of the release signatures, blobs like the files
 * @param signedBy the release keys that count
 */
public record Release(
    Digest digest,
    Manifest manifest,
    long manifestSize,
    List<Digest> signatures,
    List<Digest> signedBy,
    Instant createdAt) {
  public Release {
    signatures = List.copyOf(signatures);
    signedBy = List.copyOf(signedBy);
  }

  public ReleaseId id() {
    return manifest.release();
  }

  /** All that a device may fetch to install it. */
  public Set<Digest> blobs() {
    Set<Digest> blobs = new HashSet<>(signatures);
    blobs.add(digest);
    manifest.files().stream().map(FileEntry::sha256).forEach(blobs::add);
    return blobs;
  }
}
