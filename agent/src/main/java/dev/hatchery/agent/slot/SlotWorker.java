package dev.hatchery.agent.slot;

import dev.hatchery.agent.journal.Ledger;
import dev.hatchery.agent.store.Slot;
import dev.hatchery.agent.store.Slot.Pointer;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.SlotStatus.Proof;
import dev.hatchery.core.SlotStatus.State;
import java.time.Duration;
import java.util.Optional;

/** A slot's machine, and what may be told of it at any moment by any thread. */
public final class SlotWorker implements AutoCloseable {
  private final SlotLog log;
  private final Slot slot;
  private final Workshop workshop;
  private final Watcher watcher;
  private final SlotMachine machine;
  // Written by the worker's thread after each step, read by the reporter's.
  private volatile SlotStatus status;

  public SlotWorker(
      SlotLog log, Slot slot, Workshop workshop, Watcher watcher, SlotMachine machine) {
    this.log = log;
    this.slot = slot;
    this.workshop = workshop;
    this.watcher = watcher;
    this.machine = machine;
    this.status = now();
  }

  public Name name() {
    return slot.name();
  }

  public SlotStatus status() {
    return status;
  }

  /** See {@link SlotMachine#step}. */
  public Duration step() throws InterruptedException {
    Duration pause = machine.step();
    status = now();
    return pause;
  }

  private SlotStatus now() {
    Ledger ledger = log.ledger();
    Optional<Digest> running = workshop.running(slot, watcher.last());
    State state =
        ledger.state() == State.ACCEPTED && machine.fetching() ? State.FETCHING : ledger.state();
    boolean waits = !machine.waitingFor().isEmpty();
    return new SlotStatus(
        state,
        ledger.order().map(o -> o.commandId()),
        slot.pointer(Pointer.CURRENT),
        slot.pointer(Pointer.LKG),
        slot.pointer(Pointer.PREV),
        running,
        running.isPresent() ? Proof.ECHOED : Proof.NONE,
        reason(ledger),
        waits ? machine.waitingFor() : detail(ledger),
        machine.traffic(),
        workshop.pinned(slot.name()),
        machine.shadow());
  }

  // Where nothing else is to be told: for what it was ordered to go back, as it was told.
  private static String detail(Ledger ledger) {
    return ledger.detail().isEmpty() && ledger.state() == State.CONFIRMED
        ? ledger.order().flatMap(Order::why).orElse("")
        : ledger.detail();
  }

  private static Optional<Code> reason(Ledger ledger) {
    return switch (ledger.state()) {
      case FAILED, ROLLED_BACK, ROLLING_BACK -> ledger.reason();
      case IDLE, ACCEPTED, FETCHING, VERIFIED, TRIAL, CONFIRMED, SHADOWING, SHADOWED ->
          Optional.empty();
    };
  }

  @Override
  public void close() {
    machine.close();
  }
}
