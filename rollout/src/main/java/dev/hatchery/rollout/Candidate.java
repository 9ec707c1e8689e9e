package dev.hatchery.rollout;

import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Name;

/** A device that a rollout may take, as far as drawing cohorts looks at it. */
public record Candidate(DeviceId id, Labels labels, DeviceFacts facts) {
  /** Whether its service of the slot can run a shadow, as far as it has said so. */
  boolean shadows(Name slot) {
    return facts.shadows().contains(slot);
  }
}
