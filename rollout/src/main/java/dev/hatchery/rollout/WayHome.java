package dev.hatchery.rollout;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Order;
import dev.hatchery.core.SlotStatus;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a device goes that is taken back by hand: to the last known good it has on its own disk, so
 * that nothing is downloaded. It is found from what the device is ordered and what it says it
 * holds. After a way back its older bundle is the one that was left, so nobody is taken back twice.
 */
public sealed interface WayHome {
  /** Nobody is told less often. */
  Duration LONGEST = Duration.ofDays(1);

  /** There. */
  record To(Digest bundle) implements WayHome {}

  /**
   * Nowhere.
   *
   * @param why for people
   */
  record Nowhere(String why) implements WayHome {}

  /**
   * How long after it was told a device that says it cannot go back is told again: ten minutes, and
   * twice as long with each further time, at most a day.
   *
   * @param attempt how often it was told
   */
  static Duration patience(int attempt) {
    Duration patience = Duration.ofMinutes(10);
    for (int told = 1; told < attempt && patience.compareTo(LONGEST) < 0; told++) {
      patience = patience.multipliedBy(2);
    }
    return patience.compareTo(LONGEST) > 0 ? LONGEST : patience;
  }

  /**
   * For one slot of a device.
   *
   * @param ordered what it is told to run; empty where it was never told anything
   * @param said what it last said; empty where it was never heard of
   */
  static WayHome of(Optional<Order> ordered, Optional<SlotStatus> said) {
    if (ordered.isEmpty()) return new Nowhere("was never ordered anything for this slot");
    Order order = ordered.get();
    if (order.reason() == Order.Reason.ROLLBACK) {
      return new Nowhere("was told to go back to " + order.release() + " already");
    }
    if (said.isEmpty()) return new Nowhere("has not said yet what it holds");
    Optional<Digest> lkg = said.get().lkg();
    if (lkg.isEmpty()) return new Nowhere("holds no last known good");
    // It has not proved what it was told, so that is not its last known good yet.
    if (!lkg.get().equals(order.manifest())) return new To(lkg.get());
    return said.get()
        .previous()
        .filter(before -> !before.equals(order.manifest()))
        .<WayHome>map(To::new)
        .orElseGet(
            () -> new Nowhere("holds nothing, or does not say what, before " + order.release()));
  }
}
