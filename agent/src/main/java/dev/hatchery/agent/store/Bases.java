package dev.hatchery.agent.store;

import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.wire.DeltaQuery;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Files on this device that a patch could be made against, the likeliest first: what stands at the
 * same path in the bundles of the slot, then their other files of the kind, then whatever else is
 * in the store, the closest in size first.
 */
final class Bases {
  private Bases() {}

  /**
   * At most as many as may be asked for.
   *
   * @param bundles of the slot: current, last known good, the one before
   * @param blobs all that is in the store, with sizes
   */
  static List<Digest> of(FileEntry wanted, List<Manifest> bundles, Map<Digest, Long> blobs) {
    Stream<Digest> samePath =
        bundles.stream().flatMap(b -> b.file(wanted.path()).stream()).map(FileEntry::sha256);
    Stream<Digest> sameKind =
        bundles.stream()
            .flatMap(b -> b.files().stream())
            .filter(f -> f.kind() == wanted.kind())
            .map(FileEntry::sha256);
    Stream<Digest> closest =
        blobs.entrySet().stream()
            .filter(blob -> blob.getValue() > FetchPlan.SMALL)
            .sorted(Comparator.comparingLong(blob -> Math.abs(blob.getValue() - wanted.size())))
            .map(Map.Entry::getKey);
    return Stream.of(samePath, sameKind, closest)
        .flatMap(s -> s)
        .filter(blobs::containsKey)
        .filter(d -> !d.equals(wanted.sha256()))
        .distinct()
        .limit(DeltaQuery.MAX_HAVE)
        .toList();
  }
}
