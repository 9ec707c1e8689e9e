package dev.hatchery.server.deltas;

import dev.hatchery.core.Digest;
import dev.hatchery.server.releases.Release;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which patches would serve how many devices. */
final class Needs {
  private final Map<Pair, Long> devices = new LinkedHashMap<>();
  private final Map<Digest, Long> sizes = new LinkedHashMap<>();

  /** Counts devices that hold the same, and are to have the target. */
  void count(Release target, List<Release> held, long devicesOfThem) {
    for (Lack lack : Lack.of(target, held)) {
      if (!lack.worthAPatch()) continue;
      sizes.put(lack.file().sha256(), lack.file().size());
      needed(target, lack).forEach(pair -> devices.merge(pair, devicesOfThem, Long::sum));
    }
  }

  /**
   * The patches that have to be made for a file: from each base, and only where there is none from
   * nothing. To compress a whole model well takes far longer than to find its difference.
   */
  static List<Pair> needed(Release target, Lack lack) {
    List<Pair> all = pairs(target, lack);
    return lack.bases().isEmpty() ? all : all.subList(0, all.size() - 1);
  }

  /** The patches that a file could come by: from each base, and at last from nothing. */
  static List<Pair> pairs(Release target, Lack lack) {
    if (!lack.worthAPatch()) return List.of();
    var name = target.id().name();
    Digest file = lack.file().sha256();
    List<Pair> pairs = new java.util.ArrayList<>();
    lack.bases().forEach(b -> pairs.add(new Pair(name, file, Optional.of(b.file().sha256()))));
    pairs.add(new Pair(name, file, Optional.empty()));
    return pairs;
  }

  /** The most wanted first. */
  List<Delta> wanted() {
    return devices.entrySet().stream()
        .map(
            e ->
                new Delta(
                    e.getKey(),
                    sizes.getOrDefault(e.getKey().target(), 0L),
                    e.getValue(),
                    Delta.PENDING))
        .sorted(Comparator.comparingLong((Delta d) -> d.wanted()).reversed())
        .toList();
  }
}
