package dev.hatchery.rollout;

import java.time.Instant;
import java.util.Optional;

/**
 * What a rollout keeps of a gate's query.
 *
 * @param before the last value before the first device was told to switch; what a ratio stands on
 * @param bad since when the value lies beyond its bound
 */
public record Inquiry(Optional<QueryAnswer.Value> before, Optional<Bad> bad) {
  public static final Inquiry NEW = new Inquiry(Optional.empty(), Optional.empty());

  /**
   * A stretch of bad values.
   *
   * @param since the server's clock at the first of them
   * @param last and at the newest
   */
  public record Bad(Instant since, Instant last) {}
}
