package dev.hatchery.agent.service;

import dev.hatchery.agent.telemetry.Scrape;
import java.util.Optional;

/**
 * What a service showed at one moment.
 *
 * @param reachable it answered something
 * @param ready its readiness probe answered 200
 */
public record Look(boolean reachable, boolean ready, Optional<Echo> echo, Optional<Scrape> scrape) {
  public static final Look AWAY = new Look(false, false, Optional.empty(), Optional.empty());
}
