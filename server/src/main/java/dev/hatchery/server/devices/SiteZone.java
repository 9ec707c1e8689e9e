package dev.hatchery.server.devices;

import dev.hatchery.core.Labels;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/**
 * The zone that a site's devices are in.
 *
 * @param zone absent where it was taken away again
 * @param at when that was said
 */
record SiteZone(Optional<ZoneId> zone, Instant at) {
  static final SiteZone UNSAID = new SiteZone(Optional.empty(), Instant.EPOCH);

  Labels labels() {
    return zone.map(z -> new Labels(Map.of(Labels.ZONE, z.getId()))).orElse(Labels.NONE);
  }
}
