package dev.hatchery.server.rollouts;

import dev.hatchery.core.Code;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Refusal;
import dev.hatchery.rollout.Member;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.audit.AuditLog;
import dev.hatchery.server.channels.ChannelId;
import dev.hatchery.server.channels.ChannelOrders;
import dev.hatchery.server.channels.ChannelStore;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.server.orders.Orders;
import dev.hatchery.server.placements.Placed;
import dev.hatchery.server.placements.Placement;
import dev.hatchery.server.placements.PlacementStore;
import dev.hatchery.wire.api.PlacementView;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Undoes what an operator has done by hand: the devices go where their channel is by then. One that
 * something else keeps goes when that is over.
 */
final class LettingGo {
  private final PlacementStore placements;
  private final Rollouts rollouts;
  private final RolloutStore store;
  private final Barred barred;
  private final Orders orders;
  private final ChannelOrders channels;
  private final DeviceStore devices;
  private final AuditLog audit;
  private final InstantSource clock;

  LettingGo(
      PlacementStore placements,
      Rollouts rollouts,
      RolloutStore store,
      Barred barred,
      Orders orders,
      ChannelOrders channels,
      DeviceStore devices,
      AuditLog audit,
      InstantSource clock) {
    this.placements = placements;
    this.rollouts = rollouts;
    this.store = store;
    this.barred = barred;
    this.orders = orders;
    this.channels = channels;
    this.devices = devices;
    this.audit = audit;
    this.clock = clock;
  }

  /** The same by the number of its pin; a pin that has put nobody anywhere is none of this. */
  void unpin(Tx tx, long id, String actor) {
    placements
        .find(tx, id)
        .filter(placement -> placement.letGo().isEmpty())
        .ifPresent(_ -> letGo(tx, id, "unpinned", actor));
  }

  /** From now on it keeps nobody; its pin is the caller's to remove. */
  Placement letGo(Tx tx, long id, String reason, String actor) {
    Placement placement = placements.require(tx, id);
    placement
        .letGo()
        .ifPresent(
            end -> {
              throw Refusal.of(Code.CONFLICT, "this was let go already")
                  .at("placement " + id)
                  .got("by " + end.by() + " at " + end.at());
            });
    var end = new PlacementView.LetGo(actor, now(), reason);
    Placement gone = placements.letGo(tx, placement, end);
    audit.append(
        tx,
        actor,
        "device.let-go",
        placement.request().slot() + "/" + placement.request().whom(),
        placement.request().kind().name().toLowerCase(Locale.ROOT) + " " + id + ": " + reason);
    Placement settled = settle(tx, gone);
    placements.save(tx, gone, settled);
    return settled;
  }

  /** Whether there is somebody to be sent on; from memory. */
  boolean ready(Placement gone) {
    return gone.devices().stream()
        .filter(placed -> placed.settled().isEmpty())
        .map(placed -> devices.find(placed.device()))
        .anyMatch(d -> d.isEmpty() || !kept(d.get(), gone));
  }

  private boolean kept(Device device, Placement gone) {
    return barred.keeps(device, gone.request().slot(), gone.id()).isPresent();
  }

  /** Sends on whom nothing keeps. */
  Placement settle(Tx tx, Placement gone) {
    Placement next = gone;
    for (Placed placed : gone.devices()) {
      if (placed.settled().isPresent()) continue;
      if (settled(tx, gone, placed)) next = next.with(placed.settled(now()));
    }
    return next;
  }

  private boolean settled(Tx tx, Placement gone, Placed placed) {
    Name slot = gone.request().slot();
    Optional<Device> device = devices.find(placed.device());
    Optional<ChannelId> channel =
        device
            .flatMap(d -> Optional.ofNullable(d.slots().get(slot)))
            .map(name -> new ChannelId(slot, name));
    boolean stands =
        orders
            .current(tx, placed.device(), slot)
            .filter(order -> gone.gave(order.commandId()))
            .isPresent();
    if (device.isEmpty() || channel.isEmpty() || !stands) return true;
    if (kept(device.get(), gone)) return false;
    if (!inRollout(device.get(), slot)) follow(tx, device.get(), channel.get());
    return true;
  }

  // The rollout tells it itself, with a trial of its own.
  private boolean inRollout(Device device, Name slot) {
    return rollouts.live().stream()
        .map(Stored::rollout)
        .filter(r -> r.phase().active() && r.spec().slot().equals(slot))
        .flatMap(r -> Optional.ofNullable(r.members().get(device.id())).stream())
        .anyMatch(Member::touched);
  }

  // A head that was moved by a rollout which did not ask for this device has been watched on no
  // device of its kind.
  private void follow(Tx tx, Device device, ChannelId channel) {
    ChannelStore.head(tx, channel)
        .filter(
            head ->
                store
                    .completed(tx, channel)
                    .map(Stored::rollout)
                    .filter(r -> r.target().equals(head.release()))
                    .map(r -> takes(r, device))
                    .orElse(true))
        .ifPresent(
            head ->
                channels.giveAll(
                    tx,
                    List.of(device),
                    _ -> true,
                    channel,
                    head,
                    Order.Reason.CHANNEL,
                    Optional.empty()));
  }

  private static boolean takes(Rollout rollout, Device device) {
    return rollout.spec().selector().matches(device.labels());
  }

  private Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }
}
