package dev.hatchery.agent.slot;

import dev.hatchery.agent.journal.Ledger;
import dev.hatchery.agent.journal.Step;
import dev.hatchery.agent.service.Service;
import dev.hatchery.agent.store.Slot;
import dev.hatchery.agent.store.Slot.Pointer;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Order;
import java.time.Duration;
import java.util.Optional;

/**
 * The way back, once the journal says ROLLING_BACK: links, reload, and until the service proves the
 * old bundle or its time is over. It needs no network.
 */
final class Returning implements SlotMachine.Stage {
  private final SlotLog log;
  private final Slot slot;
  private final Workshop workshop;
  private final Watcher watcher;
  private final Clocks clocks;
  private boolean asked;
  private long askedAt;

  Returning(SlotLog log, Slot slot, Workshop workshop, Watcher watcher, Clocks clocks) {
    this.log = log;
    this.slot = slot;
    this.workshop = workshop;
    this.watcher = watcher;
    this.clocks = clocks;
  }

  /** Waits for the returned duration, or is done and has said so in the journal. */
  Optional<Duration> step() throws InterruptedException {
    Ledger ledger = log.ledger();
    Optional<Digest> to = ledger.goBackTo();
    Duration patience = ledger.order().map(Order::trial).orElse(Order.Trial.DEFAULT).readyWithin();
    if (!asked) return ask(to, patience);
    Watcher.Seen seen = watcher.look();
    if (seen.look().ready() && workshop.proves(slot, seen.look(), to)) return done("");
    if (clocks.passed(askedAt, patience)) {
      return done("; its service has not come up within " + patience);
    }
    return Optional.of(Rules.clamp(patience.dividedBy(100), Duration.ofSeconds(1)));
  }

  private Optional<Duration> ask(Optional<Digest> to, Duration patience)
      throws InterruptedException {
    watcher.cut();
    point(slot, to);
    Service.Reloaded reloaded = watcher.reload(patience);
    asked = true;
    askedAt = clocks.nanos();
    if (to.isPresent()) return Optional.of(Duration.ZERO);
    return done(
        "; there is nothing to go back to"
            + (reloaded instanceof Service.Unwilling no
                ? ", the service says " + no.detail()
                : ""));
  }

  private Optional<Duration> done(String more) {
    Ledger ledger = log.ledger();
    Code why = ledger.reason().orElse(Code.INTERNAL);
    String detail = ledger.detail() + more;
    log.write(
        ledger
            .goBackTo()
            .<Step>map(to -> new Step.RolledBack(to, why, detail))
            .orElseGet(() -> new Step.Failed(why, detail)));
    return Optional.empty();
  }

  /**
   * Points the slot at what it goes back to; doing it twice is doing it once.
   *
   * @param to absent when there is nothing: then the slot has no current bundle
   */
  private static void point(Slot slot, Optional<Digest> to) {
    if (to.isEmpty()) {
      slot.unpoint(Pointer.CURRENT);
      return;
    }
    if (!slot.pointer(Pointer.CURRENT).equals(to)) slot.point(Pointer.CURRENT, to.get());
    // After a confirmed bundle turned out bad, the good one is the one before it.
    if (!slot.pointer(Pointer.LKG).equals(to)) slot.point(Pointer.LKG, to.get());
    if (slot.pointer(Pointer.PREV).equals(to)) slot.unpoint(Pointer.PREV);
  }
}
