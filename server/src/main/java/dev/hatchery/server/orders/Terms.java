package dev.hatchery.server.orders;

import dev.hatchery.core.Delivery;
import dev.hatchery.core.FitRule;
import dev.hatchery.core.Order;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.server.releases.Release;
import java.time.Duration;
import java.util.Optional;

/**
 * Under which terms a release is ordered: how it proves itself, how it is measured and how its
 * bytes may come. They are those of the rollout that brought it.
 */
public record Terms(
    Order.Trial trial,
    Duration window,
    Duration warmUp,
    Delivery delivery,
    FitRule.UnknownFacts unknownFacts) {
  /** Where no rollout has brought anything yet. */
  public static final Terms USUAL =
      new Terms(
          Order.Trial.DEFAULT,
          Duration.ofMinutes(1),
          Duration.ofMinutes(1),
          Delivery.DEFAULT,
          FitRule.UnknownFacts.HOLD);

  public static Terms of(RolloutSpec spec) {
    return new Terms(
        spec.trial(),
        spec.timing().window(),
        spec.timing().warmUp(),
        spec.delivery(),
        spec.fitRule().unknownFacts());
  }

  public Order order(String commandId, Release release, Order.Reason reason) {
    return order(commandId, release, reason, Optional.empty());
  }

  /**
   * The same, with what was said for it.
   *
   * @param why for people at the device
   */
  public Order order(String commandId, Release release, Order.Reason reason, Optional<String> why) {
    return new Order(
        commandId,
        release.id(),
        release.digest(),
        release.manifestSize(),
        release.signatures(),
        reason,
        trial,
        window,
        warmUp,
        reason == Order.Reason.ROLLBACK ? Delivery.DEFAULT : delivery,
        unknownFacts,
        why);
  }
}
