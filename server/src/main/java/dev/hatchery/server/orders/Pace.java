package dev.hatchery.server.orders;

import dev.hatchery.core.DeviceId;
import java.time.Duration;

/** How often a device should be heard: often during a rollout that concerns it, else rarely. */
@FunctionalInterface
public interface Pace {
  Duration of(DeviceId device);
}
