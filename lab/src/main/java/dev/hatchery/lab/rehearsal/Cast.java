package dev.hatchery.lab.rehearsal;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Restraint;
import dev.hatchery.lab.chance.Chance;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is the same of the fleet's devices in every run, worked out once. */
final class Cast {
  private final Recording recording;
  private final Map<DeviceId, Role> roles = new HashMap<>();
  private final int unrecorded;

  /**
   * One device.
   *
   * @param number in the fleet, from 0
   * @param workload its own; another device's where it has none on record
   * @param zone of its windows; absent where its label names none that there is
   * @param uplink that it shares with its site, or has to itself
   * @param held holds that are about it
   */
  record Role(
      int number,
      RecordedDevice record,
      Workload workload,
      boolean away,
      double awakeShare,
      Optional<ZoneId> zone,
      String uplink,
      List<Restraint> held) {
    boolean metered() {
      return record.candidate().labels().metered();
    }
  }

  Cast(Recording recording) {
    this.recording = recording;
    List<Restraint> holds =
        recording.restraints().stream().filter(r -> r.kind() == Restraint.Kind.HOLD).toList();
    List<Workload> known = new ArrayList<>();
    Map<Integer, Workload> own = new HashMap<>();
    double[] awake = new double[recording.devices().size()];
    for (int i = 0; i < awake.length; i++) {
      RecordedDevice device = recording.devices().get(i);
      awake[i] = Workload.awake(device.duty(), recording.at());
      if (!Workload.says(device.past())) continue;
      Workload workload = Workload.of(device.past(), awake[i]);
      own.put(i, workload);
      known.add(workload);
    }
    if (known.isEmpty()) known.add(Workload.assumed());
    unrecorded = awake.length - own.size();
    for (int i = 0; i < awake.length; i++) {
      RecordedDevice device = recording.devices().get(i);
      // Which other one it takes after is the same in every rehearsal of this fleet.
      Workload other = known.get(new Chance(i).below(known.size()));
      roles.put(
          device.candidate().id(),
          new Role(
              i,
              device,
              own.getOrDefault(i, other),
              device.away(recording),
              awake[i],
              zone(device.candidate().labels()),
              uplink(device),
              holds(holds, device)));
    }
  }

  Recording recording() {
    return recording;
  }

  Role role(DeviceId id) {
    Role role = roles.get(id);
    if (role == null) throw new AssertionError(id + " is not of the fleet");
    return role;
  }

  /** How many devices have nothing on record that could be rehearsed. */
  int unrecorded() {
    return unrecorded;
  }

  /** Whether there is anything to compare with: a channel's first release has nothing before it. */
  boolean compares() {
    return recording.previous().isPresent();
  }

  List<Role> roles() {
    return List.copyOf(roles.values());
  }

  Optional<Restraint> freeze(Instant now) {
    return recording.restraints().stream()
        .filter(r -> r.kind() == Restraint.Kind.FREEZE && r.inForce(now))
        .findFirst();
  }

  private static List<Restraint> holds(List<Restraint> holds, RecordedDevice device) {
    var candidate = device.candidate();
    return holds.stream().filter(r -> r.concerns(candidate.id(), candidate.labels())).toList();
  }

  private static Optional<ZoneId> zone(Labels labels) {
    try {
      return Optional.of(labels.zone());
    } catch (Refusal unreadable) {
      return Optional.empty();
    }
  }

  // No label's value begins with ~.
  private static String uplink(RecordedDevice device) {
    var candidate = device.candidate();
    return candidate
        .labels()
        .get(Labels.SITE)
        .filter(site -> !site.isEmpty())
        .orElse("~" + candidate.id());
  }
}
