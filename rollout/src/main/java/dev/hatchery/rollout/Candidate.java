package dev.hatchery.rollout;

import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Labels;

/** A device that a rollout may take, as far as drawing cohorts looks at it. */
public record Candidate(DeviceId id, Labels labels, DeviceFacts facts) {}
