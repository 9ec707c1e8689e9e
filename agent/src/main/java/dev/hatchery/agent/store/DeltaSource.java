package dev.hatchery.agent.store;

import dev.hatchery.wire.DeltaOffers;
import dev.hatchery.wire.DeltaQuery;
import java.util.Optional;

/** Who knows by which patches a file could come. */
public interface DeltaSource {
  /**
   * Asks.
   *
   * @return empty when this server knows no patches, or not this file
   * @throws dev.hatchery.core.Refusal UNREACHABLE, UNAUTHENTICATED, RATE_LIMITED, …
   */
  Optional<DeltaOffers> deltas(DeltaQuery query) throws InterruptedException;
}
