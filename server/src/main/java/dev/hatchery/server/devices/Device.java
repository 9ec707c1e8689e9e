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
    Labels labels,
    DeviceFacts facts,
    Map<Name, Name> slots,
    Instant enrolledAt) {
  public Device {
    slots = Collections.unmodifiableMap(new TreeMap<>(slots));
  }

  /** Whether it follows this channel in this slot. */
  public boolean follows(Name slot, Name channel) {
    return channel.equals(slots.get(slot));
  }
}
