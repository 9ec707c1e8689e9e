package dev.hatchery.agent.slot;

import dev.hatchery.agent.journal.Step;
import dev.hatchery.agent.store.Fetch;
import dev.hatchery.core.Code;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Order;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.SlotStatus.State;
import dev.hatchery.core.Traffic;
import java.time.Duration;
import java.util.Optional;

/** The part of the protocol until the bundle is in the slot: steps, retries, and their records. */
final class Fetching implements SlotMachine.Stage, AutoCloseable {
  private final Order order;
  private final Fetch fetch;
  private final SlotLog log;
  private final Clocks clocks;
  private final Backoff backoff;
  private long notBefore;
  private String waitingFor = "";

  /** What a step came to. */
  sealed interface Outcome {}

  /** There is more to do after this. */
  record Going(Duration pause) implements Outcome {}

  /** The slot has the bundle. */
  record Ready(Manifest manifest) implements Outcome {}

  /** It will not come. */
  record Refused(Refusal why) implements Outcome {}

  Fetching(Order order, Fetch fetch, SlotLog log, Clocks clocks, Backoff backoff) {
    this.order = order;
    this.fetch = fetch;
    this.log = log;
    this.clocks = clocks;
    this.backoff = backoff;
    this.notBefore = clocks.nanos();
    backoff.reset();
  }

  Order order() {
    return order;
  }

  /** What the order has cost so far. */
  Traffic traffic() {
    return fetch.traffic();
  }

  /** What it waits for, in plain words; empty when it does not. */
  String waitingFor() {
    return waitingFor;
  }

  Outcome step() throws InterruptedException {
    Duration early = Duration.ofNanos(notBefore - clocks.nanos());
    if (early.isPositive()) return new Going(Rules.clamp(early, Rules.LOOK_EVERY));
    try {
      Fetch.Progress progress = fetch.step();
      waitingFor = progress instanceof Fetch.Held held ? held.why() : "";
      return switch (progress) {
        case Fetch.Going going -> new Going(shortened(going.pause()));
        case Fetch.Held held -> new Going(shortened(held.pause()));
        case Fetch.Fetched _ -> once(State.FETCHING, new Step.Fetched(fetch.note()));
        case Fetch.Verified _ -> once(State.VERIFIED, new Step.Verified());
        case Fetch.Ready ready -> new Ready(ready.manifest());
      };
    } catch (Refusal refusal) {
      return refused(refusal);
    }
  }

  // News may come meanwhile: a window that was moved, another order.
  private static Duration shortened(Duration pause) {
    return pause.isPositive() ? Rules.clamp(pause, Rules.LOOK_EVERY) : Duration.ZERO;
  }

  // After a restart the work is done again, and told once.
  private Outcome once(State reached, Step step) {
    if (log.ledger().state().compareTo(reached) < 0) {
      log.write(order.commandId(), Optional.of(order.manifest()), fetch.traffic(), step);
    }
    return new Going(Duration.ZERO);
  }

  private Outcome refused(Refusal refusal) {
    // Our own storage: nothing that was not synced may be believed, so the agent begins anew.
    if (refusal.code() == Code.STORAGE) throw refusal;
    if (!fetch.mayRetry(refusal)) return new Refused(refusal);
    waitingFor = refusal.problem().line();
    Duration pause = backoff.next();
    notBefore = clocks.nanos() + pause.toNanos();
    return new Going(Rules.clamp(pause, Rules.LOOK_EVERY));
  }

  @Override
  public void close() {
    fetch.close();
  }
}
