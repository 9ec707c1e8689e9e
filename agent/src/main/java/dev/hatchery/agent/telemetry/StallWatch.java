package dev.hatchery.agent.telemetry;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * Sees a service that is offered inputs and does nothing with them (gates reference, section 4,
 * L0).
 *
 * <p>Not thread-safe: one slot, one thread.
 */
public final class StallWatch {
  private OptionalLong requests = OptionalLong.empty();
  private OptionalLong inputs = OptionalLong.empty();
  private long since;

  /**
   * Whether inputs have arrived for {@code patience} without one inference; false when the service
   * does not count both.
   */
  public boolean stalled(Scrape scrape, long nanos, Duration patience) {
    boolean counted = scrape.requests().isPresent() && scrape.inputs().isPresent();
    boolean moved = !scrape.requests().equals(requests);
    boolean idle = scrape.inputs().equals(inputs);
    if (!counted || moved) {
      requests = scrape.requests();
      inputs = scrape.inputs();
      since = nanos;
      return false;
    }
    // Time without inputs does not count; `inputs` stays at what it was when requests last moved.
    if (idle) since = nanos;
    return !idle && nanos - since >= patience.toNanos();
  }

  /** The service is another one from now on. */
  public void reset() {
    requests = OptionalLong.empty();
    inputs = OptionalLong.empty();
  }
}
