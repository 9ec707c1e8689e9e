package dev.hatchery.server.rollouts;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Refusal;
import dev.hatchery.rollout.Duty;
import dev.hatchery.rollout.Engine;
import dev.hatchery.rollout.Habit;
import dev.hatchery.rollout.Heard;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.server.telemetry.DeviceStatus;
import dev.hatchery.server.telemetry.Listening;
import dev.hatchery.server.telemetry.StatusStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * When devices sleep: as their labels {@code awake} and {@code zone} declare it, and, for one
 * without the label, as its reports show it. What they show of a device is looked at anew every
 * quarter of an hour, and only where somebody asks.
 */
final class Duties {
  private static final Duration FRESH = Duration.ofMinutes(15);

  private final DeviceStore devices;
  private final StatusStore statuses;
  private final Listening listening;
  private final RolloutStore rollouts;
  private final Db db;
  private final InstantSource clock;
  private final Map<DeviceId, Looked> looked = new ConcurrentHashMap<>();

  /** What was found of a device, and when. */
  private record Looked(Instant at, ZoneId zone, Optional<Habit> habit) {}

  Duties(
      DeviceStore devices,
      StatusStore statuses,
      Listening listening,
      RolloutStore rollouts,
      Db db,
      InstantSource clock) {
    this.devices = devices;
    this.statuses = statuses;
    this.listening = listening;
    this.rollouts = rollouts;
    this.db = db;
    this.clock = clock;
  }

  /** Of those that are about to be ordered, or may stand in for one. */
  Map<DeviceId, Duty> of(Rollout rollout) {
    Map<DeviceId, Duty> duties = new HashMap<>();
    for (DeviceId id : Engine.sleepers(rollout)) {
      devices
          .find(id)
          .flatMap(device -> of(device, this::trials))
          .ifPresent(duty -> duties.put(id, duty));
    }
    return duties;
  }

  /** Of a device: what it declares, else what it was seen to do. */
  Optional<Duty> of(Rows rows, Device device) {
    return of(device, id -> rollouts.trials(rows, id, clock.instant()));
  }

  private Optional<Duty> of(Device device, Function<DeviceId, List<Habit.Trial>> trials) {
    return declared(device.labels()).or(() -> habit(device, trials).map(Habit::duty));
  }

  private List<Habit.Trial> trials(DeviceId device) {
    return db.read(rows -> rollouts.trials(rows, device, clock.instant()));
  }

  // Labels that cannot be read excuse nobody: the device counts as one that is always awake.
  static Optional<Duty> declared(Labels labels) {
    try {
      return labels.awake().map(awake -> new Duty(awake, labels.zone()));
    } catch (Refusal unreadable) {
      return Optional.empty();
    }
  }

  /** For people: when the device sleeps, and how that is known. */
  List<String> about(Device device) {
    Optional<String> words =
        declared(device.labels())
            .map(d -> "awake " + d.awake() + " " + d.zone() + ", by its label " + Labels.AWAKE)
            .or(() -> habit(device, this::trials).map(Habit::toString));
    return words.map(List::of).orElse(List.of());
  }

  // The label outranks what was seen, whatever it says.
  private Optional<Habit> habit(Device device, Function<DeviceId, List<Habit.Trial>> trials) {
    if (device.labels().get(Labels.AWAKE).isPresent()) return Optional.empty();
    Optional<Heard> heard = statuses.find(device.id()).map(DeviceStatus::heard);
    Instant now = clock.instant();
    if (heard.isEmpty() || !Habit.maybe(heard.get(), now)) return Optional.empty();
    ZoneId zone;
    try {
      zone = device.labels().zone();
    } catch (Refusal unreadable) {
      return Optional.empty();
    }
    Looked last = looked.get(device.id());
    boolean fresh =
        last != null
            && last.zone.equals(zone)
            && Duration.between(last.at, now).abs().compareTo(FRESH) < 0;
    if (last != null && fresh) return last.habit;
    Optional<Habit> habit =
        Habit.of(heard.get(), listening.heard(), trials.apply(device.id()), zone, now);
    looked.put(device.id(), new Looked(now, zone, habit));
    return habit;
  }
}
