package dev.hatchery.wire.api;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.ReleaseId;
import java.time.Instant;
import java.util.List;

/**
 * A release.
 *
 * @param digest of its manifest
 * @param size of all its files
 * @param signedBy ids of the release keys whose signatures count
 */
public record ReleaseView(
    ReleaseId release,
    Digest digest,
    long releaseCounter,
    DataSize size,
    List<Digest> signedBy,
    Instant createdAt) {
  public ReleaseView {
    signedBy = List.copyOf(signedBy);
  }
}
