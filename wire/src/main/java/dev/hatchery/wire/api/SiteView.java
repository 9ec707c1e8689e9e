package dev.hatchery.wire.api;

import java.time.ZoneId;
import java.util.Optional;

/**
 * What operators have said of a site.
 *
 * @param zone that its devices are in, where their own labels name none
 */
public record SiteView(String site, Optional<ZoneId> zone) {}
