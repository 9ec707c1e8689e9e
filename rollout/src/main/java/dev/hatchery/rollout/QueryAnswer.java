package dev.hatchery.rollout;

import java.time.Instant;

/** What an endpoint answered to a gate's query, as the server last heard it. */
public sealed interface QueryAnswer {
  /**
   * One number.
   *
   * @param at the moment it is of, by the endpoint's clock
   */
  record Value(double value, Instant at) implements QueryAnswer {
    public Value {
      if (!Double.isFinite(value)) throw new IllegalArgumentException("no number: " + value);
    }
  }

  /**
   * No number.
   *
   * @param why in plain words
   */
  record Nothing(String why) implements QueryAnswer {}

  QueryAnswer NOT_ASKED = new Nothing("the endpoint has not been asked yet");
}
