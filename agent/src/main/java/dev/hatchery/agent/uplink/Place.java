package dev.hatchery.agent.uplink;

import dev.hatchery.core.Labels;
import java.time.ZoneId;
import java.util.Optional;

/**
 * Where a device is: what time it is there, and what its link costs.
 *
 * @param zone as agent.yaml says; else the label's
 */
public record Place(Labels labels, Optional<ZoneId> zone) {
  public static final Place UNKNOWN = new Place(Labels.NONE, Optional.empty());

  /** BAD_INPUT when the label is no zone. */
  ZoneId here() {
    return zone.orElseGet(labels::zone);
  }

  boolean metered() {
    return labels.metered();
  }
}
