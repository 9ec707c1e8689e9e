package dev.hatchery.server.placements;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import java.time.Instant;
import java.util.Optional;

/**
 * A device of a placement.
 *
 * @param attempt counts how often it was told
 * @param from what it ran, or was to run; empty where that is not known
 * @param to what it is told to run
 * @param told when it was last told
 * @param confirmed when it proved that it runs it
 * @param settled when, after it was let go, it went where its channel is or had to go nowhere
 */
public record Placed(
    DeviceId device,
    int attempt,
    Optional<Digest> from,
    Digest to,
    Instant told,
    Optional<Instant> confirmed,
    Optional<Instant> settled) {
  /** One that is told now, for the first time. */
  public static Placed now(DeviceId device, Optional<Digest> from, Digest to, Instant now) {
    return new Placed(device, 1, from, to, now, Optional.empty(), Optional.empty());
  }

  public Placed again(Instant now) {
    return new Placed(device, attempt + 1, from, to, now, confirmed, settled);
  }

  public Placed confirmed(Instant at) {
    return new Placed(device, attempt, from, to, told, Optional.of(at), settled);
  }

  public Placed settled(Instant at) {
    return new Placed(device, attempt, from, to, told, confirmed, Optional.of(at));
  }
}
