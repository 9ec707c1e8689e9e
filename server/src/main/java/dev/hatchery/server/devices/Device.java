package dev.hatchery.server.devices;

import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Name;
import dev.hatchery.core.TrustedKey;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A member of the fleet.
 *
 * @param facts as it last told them
 * @param slots slot to the channel it follows there
 */
public record Device(
    DeviceId id,
    TrustedKey key,
    Labelling labelling,
    DeviceFacts facts,
    Map<Name, Name> slots,
    Instant enrolledAt) {
  public Device {
    slots = Collections.unmodifiableMap(new TreeMap<>(slots));
  }

  /** The labels that hold. */
  public Labels labels() {
    return labelling.inForce();
  }

  Device labelled(Labelling now) {
    return new Device(id, key, now, facts, slots, enrolledAt);
  }

  Device saying(DeviceFacts now) {
    return new Device(id, key, labelling, now, slots, enrolledAt);
  }

  /** Whether it follows this channel in this slot. */
  public boolean follows(Name slot, Name channel) {
    return channel.equals(slots.get(slot));
  }
}
