package dev.hatchery.server.rollouts;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.server.releases.ReleaseStore;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Devices that came to a channel, or said what they are, after a rollout of it was planned. */
final class LateJoiners {
  private final DeviceStore devices;
  private final ReleaseStore releases;
  private final Barred barred;
  private final Interlocks interlocks;

  // By rollout: how often devices had changed when all of them were looked at.
  private final Map<String, Long> looked = new ConcurrentHashMap<>();

  LateJoiners(DeviceStore devices, ReleaseStore releases, Barred barred, Interlocks interlocks) {
    this.devices = devices;
    this.releases = releases;
    this.barred = barred;
    this.interlocks = interlocks;
  }

  /**
   * Those that the rollout would have taken by now. One that cannot run the release, or still does
   * not say whether it can, is left where it is, and so is one that is pinned. One in an interlock
   * joins when that is over: a stage should not wait for whom it does not have.
   */
  List<DeviceId> of(Rollout rollout) {
    long changes = devices.changes();
    Long before = looked.put(rollout.id(), changes);
    if (!rollout.phase().active() || (before != null && before == changes)) return List.of();
    RolloutSpec spec = rollout.spec();
    Manifest manifest = releases.require(rollout.target()).manifest();
    Set<DeviceId> known = new HashSet<>(rollout.fleet());
    List<DeviceId> found =
        devices.all().stream()
            .filter(d -> !known.contains(d.id()))
            .filter(d -> d.follows(spec.slot(), spec.channel()))
            .filter(d -> takes(rollout, d))
            .filter(d -> fits(manifest, d, spec))
            .filter(d -> !barred.pinned(d, spec.slot()))
            .map(Device::id)
            .toList();
    var bars = interlocks.bars(spec);
    List<DeviceId> free = found.stream().filter(d -> bars.apply(d).isEmpty()).toList();
    if (free.size() < found.size()) again(rollout.id());
    return free;
  }

  /**
   * Whether a rollout that was planned without a device may take it: by the labels that it had
   * then, or has had since it came. One that was relabelled since stays where it is, so that no
   * sheet of labels moves devices under a running rollout.
   */
  static boolean takes(Rollout rollout, Device device) {
    Instant planned = rollout.createdAt();
    Instant known = device.enrolledAt().isAfter(planned) ? device.enrolledAt() : planned;
    return rollout.spec().selector().matches(device.labels())
        && !device.labelling().changedAt().isAfter(known);
  }

  private static boolean fits(Manifest manifest, Device device, RolloutSpec spec) {
    return manifest.compatibility().fit(device.facts()).passes(spec.fitRule().unknownFacts());
  }

  /** Looks again next time: what was found was not taken up. */
  void again(String rollout) {
    looked.remove(rollout);
  }

  void keep(Set<String> live) {
    looked.keySet().retainAll(live);
  }
}
