package dev.hatchery.server.rollouts;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Order;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.rollout.Command;
import dev.hatchery.rollout.Decision;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.audit.AuditLog;
import dev.hatchery.server.channels.ChannelId;
import dev.hatchery.server.channels.ChannelOrders;
import dev.hatchery.server.channels.ChannelStore;
import dev.hatchery.server.channels.Head;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.devices.DeviceStore;
import dev.hatchery.server.log.Log;
import dev.hatchery.server.orders.Orders;
import dev.hatchery.server.orders.Terms;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.wire.api.VerdictView;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Carries a decision out: everything that follows from it, in one transaction. */
final class Carrier {
  private static final Log LOG = Log.of(Carrier.class);

  private final RolloutStore rollouts;
  private final Orders orders;
  private final ChannelOrders channels;
  private final WayBack wayBack;
  private final Barred barred;
  private final DeviceStore devices;
  private final ReleaseStore releases;
  private final AuditLog audit;

  Carrier(
      RolloutStore rollouts,
      Orders orders,
      ChannelOrders channels,
      WayBack wayBack,
      Barred barred,
      DeviceStore devices,
      ReleaseStore releases,
      AuditLog audit) {
    this.rollouts = rollouts;
    this.orders = orders;
    this.channels = channels;
    this.wayBack = wayBack;
    this.barred = barred;
    this.devices = devices;
    this.releases = releases;
    this.audit = audit;
  }

  /**
   * Makes it so.
   *
   * @param inputs hash over all evidence counted so far
   * @param actor who decided: {@code server}, or an operator
   * @return what is stored now; empty, and nothing changed, when the rollout has changed since
   */
  Optional<Stored> carryOut(
      Tx tx, Stored before, Decision decision, Digest inputs, String actor, Instant now) {
    Rollout rollout = decision.next();
    // On the way back the gates have nothing more to say; what they said at the abort stays shown.
    List<VerdictView> verdicts =
        decision.verdicts().isEmpty()
            ? before.verdicts()
            : Since.of(before.verdicts(), decision, now);
    boolean notable = decision.notable() || !decision.commands().isEmpty();
    var next =
        new Stored(
            rollout,
            before.version() + 1,
            verdicts,
            inputs,
            notable ? rollout.evidenceUpTo() : before.decidedUpTo(),
            before.fit());
    if (!rollouts.save(tx, before, next)) return Optional.empty();
    boolean undoes = before.rollout().phase().over();
    for (Command command : decision.commands()) {
      if (!undoes && takenOver(tx, rollout, command)) continue;
      carryOut(tx, rollout, command, actor, now);
    }
    if (notable) record(tx, before, next, decision, actor, now);
    return Optional.of(next);
  }

  /** Shows devices what another server on the same database has told them. */
  void catchUp(Db db) {
    orders.catchUp(db);
  }

  private void record(
      Tx tx, Stored before, Stored next, Decision decision, String actor, Instant now) {
    DecisionStore.add(tx, before, next, decision.summary(), decision.commands().size(), now);
    audit.append(tx, actor, "rollout.decide", next.id(), decision.summary());
    tx.afterCommit(
        () ->
            LOG.info(
                "rollout.decided",
                "rollout",
                next.id(),
                "phase",
                next.rollout().phase(),
                "stage",
                next.rollout().spec().stages().get(next.rollout().stage()).name(),
                "commands",
                decision.commands().size(),
                "summary",
                decision.summary()));
  }

  // Who was told something newer, by hand for one, goes back no more. The engine knows that of most
  // of them; here it is also what came after it was asked, which the next evidence says.
  private boolean takenOver(Tx tx, Rollout rollout, Command command) {
    return command instanceof Command.RollBack back
        && orders.takenOver(tx, rollout.id(), rollout.spec().slot(), back.device());
  }

  private void carryOut(Tx tx, Rollout rollout, Command command, String actor, Instant now) {
    RolloutSpec spec = rollout.spec();
    switch (command) {
      case Command.Assign assign ->
          orders.give(
              tx,
              assign.device(),
              spec.slot(),
              Terms.of(spec)
                  .order(
                      assign.commandId(),
                      releases.require(rollout.target()),
                      Order.Reason.ROLLOUT));
      case Command.Shadow shadow ->
          orders.give(
              tx,
              shadow.device(),
              spec.slot(),
              Terms.of(spec)
                  .order(
                      shadow.commandId(), releases.require(rollout.target()), Order.Reason.SHADOW));
      case Command.RollBack back -> {
        Digest before =
            rollout
                .previous()
                .orElseThrow(() -> new AssertionError("nothing to go back to"))
                .manifest();
        orders.give(
            tx,
            back.device(),
            spec.slot(),
            Terms.of(spec)
                .order(
                    back.commandId(),
                    releases.require(before),
                    Order.Reason.ROLLBACK,
                    why(rollout)));
      }
      case Command.MoveHead() -> moveHead(tx, rollout, now);
      case Command.TakeHeadBack() -> {
        var channel = new ChannelId(spec.slot(), spec.channel());
        wayBack.take(tx, channel, "undo of " + rollout.id(), actor);
      }
    }
  }

  private static Optional<String> why(Rollout rollout) {
    return rollout
        .abort()
        .map(abort -> rollout.id() + " was aborted by " + abort.gate() + ": " + abort.reason());
  }

  // Devices that joined meanwhile were given the head of before; they get the new one now. Those
  // that the selector left out keep what they have: no gate has watched it on their kind.
  private void moveHead(Tx tx, Rollout rollout, Instant now) {
    RolloutSpec spec = rollout.spec();
    var id = new ChannelId(spec.slot(), spec.channel());
    Optional<Head> head = ChannelStore.head(tx, id);
    Head moved =
        head.filter(h -> h.release().equals(rollout.target()))
            .orElseGet(() -> ChannelStore.push(tx, id, rollout.target(), Terms.of(spec), now));
    var free = barred.free(spec);
    channels.giveAll(
        tx,
        devices.all(),
        device -> LateJoiners.takes(rollout, device) && free.test(device),
        id,
        moved,
        Order.Reason.CHANNEL,
        Optional.empty());
  }
}
