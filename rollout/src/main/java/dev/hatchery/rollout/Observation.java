package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Event;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.Window;
import java.time.Instant;
import java.util.List;

/**
 * What one report said about the rollout's slot.
 *
 * @param receivedAt the server's clock
 */
public record Observation(
    DeviceId device,
    Instant receivedAt,
    String bootId,
    SlotStatus status,
    List<Event> events,
    List<Window> windows) {
  public Observation {
    events = List.copyOf(events);
    windows = List.copyOf(windows);
  }
}
