package dev.hatchery.wire.api;

import dev.hatchery.core.Code;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Refusal;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/**
 * What a site is to be.
 *
 * @param site the value of its devices' label
 * @param zone absent takes it away
 */
public record SiteRequest(String site, Optional<ZoneId> zone) {
  public SiteRequest {
    if (site.isEmpty()) throw Refusal.of(Code.BAD_INPUT, "a site has a name");
    new Labels(
        zone.map(z -> Map.of(Labels.SITE, site, Labels.ZONE, z.getId()))
            .orElse(Map.of(Labels.SITE, site)));
  }
}
