package dev.hatchery.server.rollouts;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Restraint;
import dev.hatchery.server.audit.AuditLog;
import dev.hatchery.server.channels.ChannelId;
import dev.hatchery.server.channels.ChannelStore;
import dev.hatchery.server.channels.Head;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.server.orders.Orders;
import dev.hatchery.server.orders.Terms;
import dev.hatchery.server.placements.Placed;
import dev.hatchery.server.placements.Placement;
import dev.hatchery.server.placements.PlacementStore;
import dev.hatchery.server.releases.Release;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.server.restraints.RestraintStore;
import dev.hatchery.server.rollouts.Destinations.Destination;
import dev.hatchery.wire.api.PlacementRequest;
import dev.hatchery.wire.api.PlacementView.Left;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Puts devices somewhere by hand: all that can go there in one transaction, the others listed. */
final class Placing {
  private static final int DEVICES_MAX = 5_000;
  private static final int NAMED = 5;

  private final Parts parts;

  /** What it works with. */
  record Parts(
      PlacementStore placements,
      RestraintStore restraints,
      DeviceStore devices,
      Destinations destinations,
      Rollouts rollouts,
      ReleaseStore releases,
      Orders orders,
      AuditLog audit,
      InstantSource clock) {}

  /**
   * What came of a request.
   *
   * @param left those that stay where they are
   */
  record Done(Placement placement, List<Left> left) {}

  Placing(Parts parts) {
    this.parts = parts;
  }

  /** What {@link #make} would do; it has no number yet. */
  Done tryOut(Tx tx, PlacementRequest request, String actor) {
    List<Placed> told = new ArrayList<>();
    List<Left> left = new ArrayList<>();
    Instant now = now();
    var destination = parts.destinations.of(tx, request);
    for (Device device : asked(request)) {
      switch (destination.apply(tx, device)) {
        case Destination.To(Release to, Optional<Digest> from) ->
            told.add(Placed.now(device.id(), from, to.digest(), now));
        case Destination.Nowhere(String why) -> left.add(new Left(device.id(), why));
      }
    }
    return new Done(new Placement(0, request, actor, now, Optional.empty(), told), left);
  }

  Done make(Tx tx, PlacementRequest request, String actor) {
    Done planned = tryOut(tx, request, actor);
    if (planned.placement.devices().isEmpty()) throw nobody(request, planned.left);
    Instant now = planned.placement.at();
    var pin =
        parts.restraints.add(
            tx,
            new Restraint(
                Restraint.Kind.PIN,
                Optional.of(request.slot()),
                request.device(),
                request.selector(),
                now,
                Optional.empty(),
                request.reason()),
            actor);
    var placement =
        new Placement(pin.id(), request, actor, now, Optional.empty(), planned.placement.devices());
    parts.placements.create(tx, placement);
    for (Placed placed : placement.devices()) order(tx, placement, placed);
    parts.audit.append(
        tx,
        actor,
        rollback(request) ? "device.rollback" : "device.pin",
        request.slot() + "/" + request.whom(),
        told(placement));
    return new Done(placement, planned.left);
  }

  /** Tells a device, for the first time or again. */
  void order(Tx tx, Placement placement, Placed placed) {
    Name slot = placement.request().slot();
    Release to = parts.releases.require(placed.to());
    Order order =
        terms(tx, placed, slot)
            .order(
                placement.command(placed),
                to,
                reason(tx, placement, placed),
                Optional.of(placement.request().reason()));
    parts.orders.give(tx, placed.device(), slot, order);
  }

  /** Whether what a device is told is still this placement's. */
  boolean stands(Tx tx, Placement placement, Placed placed) {
    return parts
        .orders
        .current(tx, placed.device(), placement.request().slot())
        .filter(order -> placement.gave(order.commandId()))
        .isPresent();
  }

  /** Every device has proved that it is where it was sent. */
  void allThere(Tx tx, Placement placement) {
    int n = placement.devices().size();
    parts.audit.append(
        tx,
        "server",
        rollback(placement.request()) ? "device.rolled-back" : "device.pinned",
        placement.request().slot() + "/" + placement.request().whom(),
        name(placement)
            + ": "
            + (n == 1 ? "the device has" : "all " + n + " devices have")
            + (rollback(placement.request())
                ? " proved to be back"
                : " proved to run what it names"));
  }

  // A pin to what a device was told to go back to takes nothing from that it went back: what it
  // holds
  // from before is still what it left.
  private Order.Reason reason(Tx tx, Placement placement, Placed placed) {
    if (placement.request().kind() == PlacementRequest.Kind.ROLLBACK) return Order.Reason.ROLLBACK;
    return parts
        .orders
        .current(tx, placed.device(), placement.request().slot())
        .filter(order -> order.manifest().equals(placed.to()))
        .map(Order::reason)
        .filter(Order.Reason.ROLLBACK::equals)
        .orElse(Order.Reason.CHANNEL);
  }

  // Those of its channel, or of the rollout that brings the channel's first release.
  private Terms terms(Tx tx, Placed placed, Name slot) {
    Optional<ChannelId> channel =
        parts
            .devices
            .find(placed.device())
            .flatMap(d -> Optional.ofNullable(d.slots().get(slot)))
            .map(name -> new ChannelId(slot, name));
    return channel
        .flatMap(id -> ChannelStore.head(tx, id))
        .map(Head::terms)
        .or(
            () ->
                channel
                    .flatMap(id -> parts.rollouts.unfinished(tx, id))
                    .map(stored -> Terms.of(stored.rollout().spec())))
        .orElse(Terms.USUAL);
  }

  private List<Device> asked(PlacementRequest request) {
    Name slot = request.slot();
    List<Device> asked =
        parts.devices.all().stream()
            .filter(
                d ->
                    request
                        .device()
                        .map(d.id()::equals)
                        .or(() -> request.selector().map(s -> s.matches(d.labels())))
                        .orElse(false))
            .filter(d -> d.slots().containsKey(slot))
            .sorted(Comparator.comparing(Device::id))
            .toList();
    if (asked.isEmpty()) {
      throw Refusal.of(Code.NOT_FOUND, "there is no such device, or none with this slot")
          .expected("a device with slot " + slot)
          .got(request.whom());
    }
    if (asked.size() > DEVICES_MAX) {
      throw Refusal.of(Code.TOO_LARGE, "too many devices to be placed by hand at once")
          .expected("at most " + DEVICES_MAX)
          .got(asked.size())
          .fix("use the channel, or narrower selectors");
    }
    return asked;
  }

  private static Refusal nobody(PlacementRequest request, List<Left> left) {
    String why =
        left.stream()
            .limit(NAMED)
            .map(l -> l.device() + " " + l.why())
            .collect(Collectors.joining("; "));
    boolean back = rollback(request);
    return Refusal.of(
            Code.ILLEGAL_STATE,
            back ? "no device has anything to go back to" : "no device can be put on this release")
        .at(request.slot() + "/" + request.whom())
        .expected(
            back
                ? "a device that holds, and was not told to go back to, what it had before"
                : "a device that can run it, and that nothing keeps on what it has")
        .got(left.size() > NAMED ? why + " and " + (left.size() - NAMED) + " more" : why);
  }

  private String told(Placement placement) {
    int n = placement.devices().size();
    String to =
        placement.devices().stream()
            .map(placed -> parts.releases.require(placed.to()).id().toString())
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    return name(placement)
        + ": "
        + n
        + (n == 1 ? " device" : " devices")
        + (rollback(placement.request()) ? " told to go back to " : " told to run ")
        + to
        + ": "
        + placement.request().reason();
  }

  private static boolean rollback(PlacementRequest request) {
    return request.kind() == PlacementRequest.Kind.ROLLBACK;
  }

  private static String name(Placement placement) {
    return (rollback(placement.request()) ? "rollback " : "pin ") + placement.id();
  }

  private Instant now() {
    return Instant.ofEpochMilli(parts.clock.millis());
  }
}
