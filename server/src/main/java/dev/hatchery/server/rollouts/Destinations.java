package dev.hatchery.server.rollouts;

import dev.hatchery.bundle.sign.Policies;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Fit;
import dev.hatchery.core.FitRule.UnknownFacts;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.rollout.WayHome;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.orders.Orders;
import dev.hatchery.server.releases.Release;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.server.telemetry.StatusStore;
import dev.hatchery.server.trust.TrustStore;
import dev.hatchery.wire.api.PlacementRequest;
import java.util.Optional;
import java.util.function.BiFunction;

/** Where a device goes that an operator puts somewhere by hand. */
final class Destinations {
  private static final long NO_PIN = 0;

  private final StatusStore statuses;
  private final ReleaseStore releases;
  private final TrustStore trust;
  private final Orders orders;
  private final Barred barred;
  private final Kinds kinds;

  /** For one device. */
  sealed interface Destination {
    /**
     * There.
     *
     * @param from what it is told to run until then
     */
    record To(Release release, Optional<Digest> from) implements Destination {}

    /** It stays where it is. */
    record Nowhere(String why) implements Destination {}
  }

  Destinations(
      StatusStore statuses,
      ReleaseStore releases,
      TrustStore trust,
      Orders orders,
      Barred barred,
      Kinds kinds) {
    this.statuses = statuses;
    this.releases = releases;
    this.trust = trust;
    this.orders = orders;
    this.barred = barred;
    this.kinds = kinds;
  }

  /** For each device of a request; a release that nobody may be put on is refused. */
  BiFunction<Tx, Device, Destination> of(Tx tx, PlacementRequest request) {
    Name slot = request.slot();
    if (request.release().isEmpty()) return (t, device) -> back(t, device, slot);
    Release release = releases.require(request.release().get());
    trust.policy().ifPresent(p -> Policies.requireAllowed(p, release.manifest(), release.digest()));
    kinds.require(tx, slot, release);
    return (t, device) -> forward(t, device, slot, release);
  }

  // An ordinary order: whatever keeps a rollout's from a device keeps this one.
  private Destination forward(Tx tx, Device device, Name slot, Release release) {
    Fit fit = release.manifest().compatibility().fit(device.facts());
    if (!fit.passes(UnknownFacts.HOLD)) {
      String verb =
          fit.passes(UnknownFacts.WARN) ? "does not say whether it can run " : "cannot run ";
      return new Destination.Nowhere(verb + release.id() + ": " + fit.misfits());
    }
    return barred
        .keeps(device, slot, NO_PIN)
        .<Destination>map(Destination.Nowhere::new)
        .orElseGet(
            () ->
                new Destination.To(
                    release, orders.current(tx, device.id(), slot).map(Order::manifest)));
  }

  /** What it has on its disk from before. */
  private Destination back(Tx tx, Device device, Name slot) {
    Optional<Order> ordered = orders.current(tx, device.id(), slot);
    Optional<SlotStatus> said =
        statuses.find(device.id()).flatMap(s -> Optional.ofNullable(s.slots().get(slot)));
    return switch (WayHome.of(ordered, said)) {
      case WayHome.Nowhere(String why) -> new Destination.Nowhere(why);
      case WayHome.To(Digest bundle) ->
          releases
              .find(bundle)
              .map(release -> checked(device, release, ordered))
              .orElseGet(
                  () -> new Destination.Nowhere("holds " + bundle + ", which is no release here"));
    };
  }

  // It has run there before, so only a plain no counts.
  private Destination checked(Device device, Release release, Optional<Order> ordered) {
    try {
      trust
          .policy()
          .ifPresent(p -> Policies.requireAllowed(p, release.manifest(), release.digest()));
    } catch (Refusal refusal) {
      return new Destination.Nowhere(refusal.problem().line());
    }
    Fit fit = release.manifest().compatibility().fit(device.facts());
    return fit.passes(UnknownFacts.WARN)
        ? new Destination.To(release, ordered.map(Order::manifest))
        : new Destination.Nowhere("cannot run " + release.id() + " any more: " + fit.misfits());
  }
}
