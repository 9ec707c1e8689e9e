package dev.hatchery.core;

import java.time.Instant;
import java.util.Optional;

/**
 * How and when an order's bytes may come, and when they may be put to use. To stage is to fetch and
 * verify; to activate is to switch. With {@code stageFrom} before {@code activateFrom} a device
 * fetches now and switches later.
 *
 * @param peers whether devices of the same site may give the bytes
 * @param unmeteredOnly whether a device with a metered link waits
 * @param rate bytes per second, per device
 * @param stageFrom nothing is fetched before
 * @param activateFrom nothing is switched before
 * @param stageWindow fetching pauses outside of it, in the device's own zone
 * @param activateWindow a switch begins only inside of it
 */
public record Delivery(
    DeltaUse deltas,
    boolean peers,
    boolean unmeteredOnly,
    Optional<DataSize> rate,
    Optional<Instant> stageFrom,
    Optional<Instant> activateFrom,
    Optional<DailyWindow> stageWindow,
    Optional<DailyWindow> activateWindow) {
  /** At once, by whatever is cheapest. */
  public static final Delivery DEFAULT =
      new Delivery(
          DeltaUse.PREFER,
          true,
          false,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /** What to do with patches. */
  public enum DeltaUse {
    /** The cheapest way; where a patch is missing or fails, the whole file is fetched. */
    PREFER,
    /** Never a whole file: without a patch that applies, the order fails and says why. */
    REQUIRE,
    OFF
  }

  public Delivery {
    Limits.requireRate(rate, "rate");
    if (stageFrom.isPresent()
        && activateFrom.isPresent()
        && activateFrom.get().isBefore(stageFrom.get())) {
      throw Refusal.of(Code.BAD_SPEC, "a release cannot be activated before it is staged")
          .expected("activateFrom at or after stageFrom " + stageFrom.get())
          .got(activateFrom.get());
    }
  }
}
