package dev.hatchery.server.channels;

import dev.hatchery.core.Compatibility;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FitRule.UnknownFacts;
import dev.hatchery.core.Order;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.devices.Newcomers;
import dev.hatchery.server.orders.Orders;
import dev.hatchery.server.releases.Release;
import dev.hatchery.server.releases.ReleaseStore;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Predicate;

/** Orders devices what their channel names. */
public final class ChannelOrders implements Newcomers {
  private final Orders orders;
  private final ReleaseStore releases;
  private final InstantSource clock;

  public ChannelOrders(Orders orders, ReleaseStore releases, InstantSource clock) {
    this.orders = orders;
    this.releases = releases;
    this.clock = clock;
  }

  @Override
  public void joined(Tx tx, Device device) {
    device
        .slots()
        .forEach(
            (slot, channel) -> {
              var id = new ChannelId(slot, channel);
              ChannelStore.head(tx, id)
                  .ifPresent(
                      head -> give(tx, device, id, head, Order.Reason.CHANNEL, Optional.empty()));
            });
  }

  /**
   * Orders the head to those of the devices that are not ordered the same release already, and that
   * can run it: the others stay on what they have.
   *
   * @param why what was said for it
   * @return how many were ordered
   */
  public long giveAll(
      Tx tx,
      Iterable<Device> fleet,
      Predicate<Device> whom,
      ChannelId id,
      Head head,
      Order.Reason reason,
      Optional<String> why) {
    long given = 0;
    for (Device device : fleet) {
      if (!device.follows(id.slot(), id.channel()) || !whom.test(device)) continue;
      if (!fits(device, head, reason)) continue;
      Digest release = head.release();
      boolean has =
          orders
              .current(tx, device.id(), id.slot())
              .filter(order -> order.manifest().equals(release) && !order.shadow())
              .isPresent();
      if (has) continue;
      give(tx, device, id, head, reason, why);
      given++;
    }
    return given;
  }

  /** Orders a device what it runs, where it is ordered what its channel has left. */
  public void stay(Tx tx, Device device, ChannelId id, Head left, Release runs) {
    boolean pending =
        orders
            .current(tx, device.id(), id.slot())
            .filter(order -> order.manifest().equals(left.release()))
            .isPresent();
    if (!pending) return;
    String command = "channel/" + id.channel() + "/stay/" + Long.toString(clock.millis(), 36);
    Order order = left.terms().order(command, runs, Order.Reason.ROLLBACK);
    orders.give(tx, device.id(), id.slot(), order);
  }

  // What a device goes back to has run there before, so only a plain no counts.
  private boolean fits(Device device, Head head, Order.Reason reason) {
    UnknownFacts rule =
        reason == Order.Reason.ROLLBACK ? UnknownFacts.WARN : head.terms().unknownFacts();
    Compatibility asked = releases.require(head.release()).manifest().compatibility();
    return asked.fit(device.facts()).passes(rule);
  }

  private void give(
      Tx tx, Device device, ChannelId id, Head head, Order.Reason reason, Optional<String> why) {
    // The time makes it new even where the same head is ordered again.
    String command =
        "channel/" + id.channel() + "/" + head.depth() + "/" + Long.toString(clock.millis(), 36);
    Order order = head.terms().order(command, releases.require(head.release()), reason, why);
    orders.give(tx, device.id(), id.slot(), order);
  }
}
