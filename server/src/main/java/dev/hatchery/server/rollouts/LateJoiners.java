package dev.hatchery.server.rollouts;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.server.releases.ReleaseStore;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Devices that came to a channel after a rollout of it was planned. */
final class LateJoiners {
  private final DeviceStore devices;
  private final ReleaseStore releases;

  // By rollout: how many devices had come when all of them were looked at.
  private final Map<String, Long> looked = new ConcurrentHashMap<>();

  LateJoiners(DeviceStore devices, ReleaseStore releases) {
    this.devices = devices;
    this.releases = releases;
  }

  /**
   * Those that the rollout would have taken. One that cannot run the release is left where it is;
   * at planning it would have been refused.
   */
  List<DeviceId> of(Rollout rollout) {
    long added = devices.added();
    Long before = looked.put(rollout.id(), added);
    if (!rollout.phase().active() || (before != null && before == added)) return List.of();
    RolloutSpec spec = rollout.spec();
    Manifest manifest = releases.require(rollout.target()).manifest();
    Set<DeviceId> known = new HashSet<>(rollout.fleet());
    return devices.all().stream()
        .filter(d -> !known.contains(d.id()))
        .filter(d -> d.follows(spec.slot(), spec.channel()))
        .filter(d -> spec.selector().matches(d.labels()))
        .filter(d -> manifest.compatibility().objections(d.facts()).isEmpty())
        .map(Device::id)
        .toList();
  }

  /** Looks again next time: what was found was not taken up. */
  void again(String rollout) {
    looked.remove(rollout);
  }

  void keep(Set<String> live) {
    looked.keySet().retainAll(live);
  }
}
