package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;

/**
 * A device that is held back on the release before.
 *
 * @param baseline its past, as it was when the first stage was ordered
 */
public record ControlDevice(DeviceId device, Baseline baseline, Concurrent concurrent) {}
