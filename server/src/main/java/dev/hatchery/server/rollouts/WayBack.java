package dev.hatchery.server.rollouts;

import dev.hatchery.bundle.sign.Policies;
import dev.hatchery.core.Code;
import dev.hatchery.core.Order;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.server.audit.AuditLog;
import dev.hatchery.server.channels.ChannelId;
import dev.hatchery.server.channels.ChannelOrders;
import dev.hatchery.server.channels.ChannelStore;
import dev.hatchery.server.channels.Head;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.server.releases.Release;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.server.telemetry.StatusStore;
import dev.hatchery.server.trust.TrustStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Takes a channel's head back, whoever asks for it: a rollback by hand, or an undo. */
final class WayBack {
  private final ChannelOrders orders;
  private final Barred barred;
  private final DeviceStore devices;
  private final StatusStore statuses;
  private final ReleaseStore releases;
  private final TrustStore trust;
  private final AuditLog audit;
  private final InstantSource clock;

  /**
   * What it did.
   *
   * @param devices how many were ordered back
   */
  record Taken(ReleaseId from, ReleaseId to, long devices) {}

  WayBack(
      ChannelOrders orders,
      Barred barred,
      DeviceStore devices,
      StatusStore statuses,
      ReleaseStore releases,
      TrustStore trust,
      AuditLog audit,
      InstantSource clock) {
    this.orders = orders;
    this.barred = barred;
    this.devices = devices;
    this.statuses = statuses;
    this.releases = releases;
    this.trust = trust;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * The head before becomes the head, and every device of the channel that is not pinned is ordered
   * back.
   */
  Taken take(Tx tx, ChannelId id, String reason, String actor) {
    Head previous = ChannelStore.previous(tx, id).orElseThrow(() -> nothingBefore(id));
    Head left = ChannelStore.head(tx, id).orElseThrow();
    Release from = releases.require(left.release());
    Release to = releases.require(previous.release());
    trust.policy().ifPresent(p -> Policies.requireAllowed(p, to.manifest(), to.digest()));
    Instant now = Instant.ofEpochMilli(clock.millis());
    ChannelStore.pop(tx, id, left, now);
    long given =
        orders.giveAll(
            tx,
            devices.all(),
            device -> !barred.pinned(device, id.slot()),
            id,
            previous,
            Order.Reason.ROLLBACK,
            Optional.of(reason));
    for (Device device : devices.all()) stay(tx, device, id, left);
    audit.append(tx, actor, "channel.rollback", id, from.id() + " to " + to.id() + ": " + reason);
    return new Taken(from.id(), to.id(), given);
  }

  // A pinned device that was told to switch and has not is told to stay: let go, it would go where
  // nobody else is any more.
  private void stay(Tx tx, Device device, ChannelId id, Head left) {
    if (!device.follows(id.slot(), id.channel()) || !barred.pinned(device, id.slot())) return;
    statuses
        .find(device.id())
        .flatMap(status -> Optional.ofNullable(status.slots().get(id.slot())))
        .flatMap(SlotStatus::current)
        .filter(current -> !current.equals(left.release()))
        .flatMap(releases::find)
        .ifPresent(runs -> orders.stay(tx, device, id, left, runs));
  }

  private static Refusal nothingBefore(ChannelId id) {
    return Refusal.of(Code.ILLEGAL_STATE, "this channel has no release to go back to")
        .at(id.toString());
  }
}
