package dev.hatchery.server.deltas;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.server.releases.Release;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.server.telemetry.StatusStore;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What devices say they hold in a slot. */
final class Held {
  private final StatusStore statuses;
  private final ReleaseStore releases;

  Held(StatusStore statuses, ReleaseStore releases) {
    this.statuses = statuses;
    this.releases = releases;
  }

  /** The bundles that {@code current} and the last known good are; none when it has not said. */
  List<Digest> of(DeviceId device, Name slot) {
    return statuses
        .find(device)
        .flatMap(status -> Optional.ofNullable(status.slots().get(slot)))
        .map(Held::bundles)
        .orElse(List.of());
  }

  private static List<Digest> bundles(SlotStatus status) {
    return Stream.of(status.current(), status.lkg()).flatMap(Optional::stream).distinct().toList();
  }

  /** A bundle that is no release of this server is nothing that a patch could start from. */
  List<Release> releases(List<Digest> bundles) {
    return bundles.stream().map(releases::find).flatMap(Optional::stream).toList();
  }

  /** How many devices hold the same, since a fleet of thousands holds a few combinations. */
  Map<List<Digest>, Long> groups(Collection<DeviceId> fleet, Name slot) {
    Map<List<Digest>, Long> groups = new LinkedHashMap<>();
    for (DeviceId device : fleet) groups.merge(of(device, slot), 1L, Long::sum);
    return groups;
  }
}
