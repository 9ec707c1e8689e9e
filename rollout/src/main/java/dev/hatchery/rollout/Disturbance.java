package dev.hatchery.rollout;

import java.time.Instant;

/**
 * That the other pipeline changed a device while it was watched: below a model its system, kernel,
 * driver, runtime or firmware; above a firmware its model. What the device showed before says
 * nothing about what it is now, and what it shows next may come from either change.
 *
 * @param at when the server learnt of it, by its own clock
 * @param until from then on the device counts again, from nothing
 * @param what in plain words, for example {@code kernel 6.6.31 → 6.12.20}
 */
public record Disturbance(Instant at, Instant until, String what) {
  /** Whether what a report that came then shows counts. */
  boolean counts(Instant receivedAt) {
    return !receivedAt.isBefore(until);
  }

  @Override
  public String toString() {
    return what + " at " + Words.moment(at);
  }
}
