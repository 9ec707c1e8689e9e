package dev.hatchery.server.rollouts;

import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.releases.Release;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.server.telemetry.StatusStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The full size of those files that a device does not say it holds. */
public final class FullCost {
  private final StatusStore statuses;
  private final ReleaseStore releases;

  public FullCost(StatusStore statuses, ReleaseStore releases) {
    this.statuses = statuses;
    this.releases = releases;
  }

  /** In bytes. */
  public long of(Device device, Release release) {
    Set<Digest> held = held(device);
    Map<Digest, Long> lacking = new HashMap<>();
    for (FileEntry file : release.manifest().files()) {
      if (!held.contains(file.sha256())) lacking.put(file.sha256(), file.size());
    }
    return lacking.values().stream().mapToLong(size -> size).sum();
  }

  /** The files of all bundles that it keeps in any slot. */
  private Set<Digest> held(Device device) {
    return statuses.find(device.id()).stream()
        .flatMap(status -> status.slots().values().stream())
        .flatMap(slot -> Stream.of(slot.current(), slot.lkg()))
        .flatMap(bundle -> bundle.flatMap(releases::find).stream())
        .flatMap(held -> held.manifest().files().stream())
        .map(FileEntry::sha256)
        .collect(Collectors.toSet());
  }
}
