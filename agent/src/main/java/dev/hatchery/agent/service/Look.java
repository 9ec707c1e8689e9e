package dev.hatchery.agent.service;

import dev.hatchery.agent.telemetry.Scrape;
import java.util.Optional;

/**
 * What a service showed at one moment.
 *
 * @param reachable it answered something
 * @param ready its readiness probe answered 200
 * @param shadow what its metrics say of the bundle it runs beside the one it serves
 */
public record Look(
    boolean reachable,
    boolean ready,
    Optional<Echo> echo,
    Optional<Scrape> scrape,
    Optional<Scrape> shadow) {
  public static final Look AWAY = new Look(false, false, Optional.empty(), Optional.empty());

  /** Of a service that runs no shadow. */
  public Look(boolean reachable, boolean ready, Optional<Echo> echo, Optional<Scrape> scrape) {
    this(reachable, ready, echo, scrape, Optional.empty());
  }
}
