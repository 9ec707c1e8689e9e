package dev.hatchery.core;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The floor for everyone, operators included, signed offline: which bundles may no longer be
 * installed.
 *
 * @param minReleaseCounter per bundle name; a manifest with a smaller counter is refused
 * @param revoked manifests that may not be installed whatever their counter
 */
public record Policy(
    long version,
    Instant issuedAt,
    Instant expires,
    Map<Name, Long> minReleaseCounter,
    Set<Digest> revoked) {
  private static final int MAX = 4096;

  public Policy {
    if (version < 1) throw Refusal.of(Code.BAD_INPUT, "a policy version begins at 1").got(version);
    if (minReleaseCounter.size() > MAX || revoked.size() > MAX) {
      throw Refusal.of(Code.BAD_INPUT, "this policy is too long")
          .expected("at most " + MAX + " entries");
    }
    minReleaseCounter = Collections.unmodifiableMap(new TreeMap<>(minReleaseCounter));
    revoked = Collections.unmodifiableSet(new TreeSet<>(revoked));
  }

  public boolean belowFloor(Manifest manifest) {
    return manifest.releaseCounter()
        < minReleaseCounter.getOrDefault(manifest.release().name(), 0L);
  }
}
