package dev.hatchery.server.rollouts;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Refusal;
import dev.hatchery.rollout.Duty;
import dev.hatchery.rollout.Engine;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.devices.DeviceStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** When devices sleep, as their labels {@code awake} and {@code zone} declare it. */
final class Duties {
  private final DeviceStore devices;

  Duties(DeviceStore devices) {
    this.devices = devices;
  }

  /** Of those that are about to be ordered, or may stand in for one. */
  Map<DeviceId, Duty> of(Rollout rollout) {
    Map<DeviceId, Duty> duties = new HashMap<>();
    for (DeviceId id : Engine.sleepers(rollout)) {
      devices
          .find(id)
          .map(Device::labels)
          .flatMap(Duties::of)
          .ifPresent(duty -> duties.put(id, duty));
    }
    return duties;
  }

  // Labels that cannot be read excuse nobody: the device counts as one that is always awake.
  static Optional<Duty> of(Labels labels) {
    try {
      return labels.awake().map(awake -> new Duty(awake, labels.zone()));
    } catch (Refusal unreadable) {
      return Optional.empty();
    }
  }
}
