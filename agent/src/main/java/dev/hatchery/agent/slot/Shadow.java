package dev.hatchery.agent.slot;

import dev.hatchery.agent.journal.Ledger;
import dev.hatchery.agent.journal.Step;
import dev.hatchery.agent.service.Echo;
import dev.hatchery.agent.service.Service;
import dev.hatchery.agent.store.Slot;
import dev.hatchery.agent.store.Slot.Pointer;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Order;
import dev.hatchery.core.SlotStatus.State;
import dev.hatchery.core.Traffic;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The bundle that a slot's service runs beside the one it serves. It is never current and never the
 * LKG, so taking it away is one link and one reload, and nothing goes back. Whatever goes wrong
 * with the service while it is there, it goes first: a device can do without it.
 *
 * <p>Not thread-safe: one slot, one thread.
 */
final class Shadow {
  private final SlotLog log;
  private final Slot slot;
  private final Workshop workshop;
  private final Watcher watcher;
  private final Clocks clocks;
  // What the link names; only this class moves it.
  private Optional<Digest> there;
  private @Nullable Trial trial;
  private @Nullable Predicate<Echo> proof;
  private long goodAt;

  Shadow(SlotLog log, Slot slot, Workshop workshop, Watcher watcher, Clocks clocks) {
    this.log = log;
    this.slot = slot;
    this.workshop = workshop;
    this.watcher = watcher;
    this.clocks = clocks;
    this.there = slot.pointer(Pointer.SHADOW);
    this.goodAt = clocks.nanos();
  }

  boolean isThere() {
    return there.isPresent();
  }

  /** What runs, or is about to, beside the served bundle; also while only the service says so. */
  Optional<Digest> bundle() {
    return there.or(() -> watcher.last().echo().flatMap(Echo::shadow).flatMap(Echo::bundle));
  }

  /** The journal says so before the link does. */
  void begin(Order order, Traffic traffic) throws InterruptedException {
    watcher.cut();
    log.write(order.commandId(), Optional.of(order.manifest()), traffic, new Step.Shadowing());
    slot.point(Pointer.SHADOW, order.manifest());
    there = Optional.of(order.manifest());
    proof = null;
    trial = null;
  }

  /** One look's worth of the trial; empty when it has come to its end, good or bad. */
  Optional<Duration> prove(Order order) throws InterruptedException {
    Trial begun = trial;
    if (begun == null) {
      trial = workshop.shadowTrial(order, slot, watcher, clocks);
      return load(trial, order);
    }
    Watcher.Seen seen = watcher.look();
    noteRestart(seen);
    if (crashes()) return failed(Code.CRASH_LOOP, restarts());
    return switch (begun.step(seen)) {
      case Trial.Going going -> Optional.of(going.pause());
      case Trial.AskAgain _ -> load(begun, order);
      case Trial.Failed failed -> failed(failed.code(), failed.detail());
      case Trial.Passed _ -> {
        log.write(new Step.Shadowed());
        goodAt = clocks.nanos();
        yield Optional.empty();
      }
    };
  }

  private Optional<Duration> load(Trial on, Order order) throws InterruptedException {
    Optional<Trial.Failed> no = on.loading(watcher.reload(order.trial().readyWithin()));
    return no.isPresent() ? failed(no.get().code(), no.get().detail()) : Optional.of(Duration.ZERO);
  }

  private Optional<Duration> failed(Code code, String detail) throws InterruptedException {
    end(code, detail);
    return Optional.empty();
  }

  /** Looks after one that is proved; whether it had to go. */
  boolean failed(Watcher.Seen seen) throws InterruptedException {
    Ledger ledger = log.ledger();
    if (!ledger.shadows() || there.isEmpty()) return false;
    if (crashes()) return ended(Code.CRASH_LOOP, restarts());
    if (seen.stalled()) return ended(Code.STALLED, "inputs arrive and no inference is done");
    if (seen.look().ready() && seen.look().echo().filter(proof()).isPresent()) {
      goodAt = clocks.nanos();
      return false;
    }
    Duration patience = ledger.order().map(Order::trial).orElse(Order.Trial.DEFAULT).readyWithin();
    if (!clocks.passed(goodAt, patience)) return false;
    return seen.look().ready()
        ? ended(Code.LOADER, "the service is ready but does not run this shadow")
        : ended(Code.NOT_READY, "the service is not ready for " + patience);
  }

  private boolean ended(Code code, String detail) throws InterruptedException {
    end(code, detail);
    return true;
  }

  // Read once: it names two bundles that do not change while the shadow is there.
  private Predicate<Echo> proof() {
    Predicate<Echo> known = proof;
    if (known == null) {
      known = workshop.shadowProof(slot, there.orElseThrow());
      proof = known;
    }
    return known;
  }

  private boolean crashes() {
    return log.ledger().restarts() >= Rules.RESTARTS;
  }

  private String restarts() {
    return log.ledger().restarts() + " restarts of the service since the shadow came";
  }

  private void noteRestart(Watcher.Seen seen) {
    if (seen.restarted()) log.write(new Step.Restarted("the service was started by somebody else"));
  }

  /** It goes, and its order has come to nothing. */
  void end(Code code, String detail) throws InterruptedException {
    if (log.ledger().state() == State.SHADOWING || log.ledger().state() == State.SHADOWED) {
      log.write(new Step.Failed(code, detail));
    }
    takeAway();
  }

  /** It goes, where there is one. What is served stays, and is not asked to prove itself again. */
  void takeAway() throws InterruptedException {
    if (there.isEmpty()) return;
    watcher.cut();
    slot.unpoint(Pointer.SHADOW);
    there = Optional.empty();
    trial = null;
    proof = null;
    // Away or unwilling, it is asked again for as long as it says that it has one.
    Service.Reloaded _ = watcher.reload(Order.Trial.DEFAULT.readyWithin());
  }

  /** Whether the service runs a shadow that it should not, or lacks the one it should. */
  boolean misses(Echo echo) {
    return log.ledger().state() != State.SHADOWING && echo.shadow().isPresent() != isThere();
  }
}
