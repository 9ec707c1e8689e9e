package dev.hatchery.server.orders;

import dev.hatchery.core.Order;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.server.releases.Release;
import java.time.Duration;

/**
 * Under which terms a release is ordered: how it proves itself and how it is measured. They come
 * from the rollout that brought it.
 */
public record Terms(Order.Trial trial, Duration window, Duration warmUp) {
  public static Terms of(RolloutSpec spec) {
    return new Terms(spec.trial(), spec.timing().window(), spec.timing().warmUp());
  }

  public Order order(String commandId, Release release, Order.Reason reason) {
    return new Order(
        commandId,
        release.id(),
        release.digest(),
        release.manifestSize(),
        release.signatures(),
        reason,
        trial,
        window,
        warmUp);
  }
}
