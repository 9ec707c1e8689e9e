package dev.hatchery.agent.journal;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Order;
import dev.hatchery.core.SlotStatus.State;
import dev.hatchery.core.Traffic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Where a slot stands, as its entries tell it.
 *
 * @param order the last one accepted
 * @param bundle what the last step was about
 * @param goBackTo of a trial: the bundle before it; of a roll back under way: its aim
 * @param startsLeft of a trial
 * @param restarts of the service by others, since the trial began or the shadow came
 * @param trialAt when the last trial began
 * @param denied commands that failed and are not tried again, oldest first
 */
public record Ledger(
    State state,
    Optional<Order> order,
    long keyset,
    long counter,
    Optional<Digest> bundle,
    Optional<Digest> goBackTo,
    int startsLeft,
    int restarts,
    Optional<Instant> trialAt,
    Optional<Code> reason,
    String detail,
    Traffic traffic,
    List<String> denied) {
  private static final int MAX_DENIED = 64;

  public static final Ledger EMPTY =
      new Ledger(
          State.IDLE,
          Optional.empty(),
          0,
          0,
          Optional.empty(),
          Optional.empty(),
          0,
          0,
          Optional.empty(),
          Optional.empty(),
          "",
          Traffic.NONE,
          List.of());

  public Ledger {
    denied = List.copyOf(denied);
  }

  public static Ledger of(Collection<Entry> entries) {
    Ledger ledger = EMPTY;
    for (Entry entry : entries) ledger = ledger.plus(entry);
    return ledger;
  }

  public String commandId() {
    return order.map(Order::commandId).orElse("");
  }

  /** Whether this command has come to its end, good or bad, and must not be acted on again. */
  public boolean settled(String command) {
    if (denied.contains(command)) return true;
    return command.equals(commandId())
        && switch (state) {
          case CONFIRMED, SHADOWED -> true;
          case ROLLED_BACK, FAILED -> !superseded();
          case IDLE, ACCEPTED, FETCHING, VERIFIED, TRIAL, SHADOWING, ROLLING_BACK -> false;
        };
  }

  /** Whether the order's bundle runs, or is about to run, beside the one that is served. */
  public boolean shadows() {
    return state == State.SHADOWING || state == State.SHADOWED;
  }

  /** Whether an order is being worked on. */
  public boolean busy() {
    return switch (state) {
      case ACCEPTED, FETCHING, VERIFIED, TRIAL, SHADOWING, ROLLING_BACK -> true;
      case IDLE, CONFIRMED, SHADOWED, ROLLED_BACK, FAILED -> false;
    };
  }

  private boolean superseded() {
    return reason.filter(Code.SUPERSEDED::equals).isPresent();
  }

  public Ledger plus(Entry entry) {
    return switch (entry.step()) {
      case Step.Accepted s -> accepted(entry, s);
      case Step.Fetched s -> at(State.FETCHING, entry).told(s.note());
      case Step.Verified _ -> at(State.VERIFIED, entry);
      case Step.Trial s -> trial(entry, s);
      case Step.Started s -> with(State.TRIAL, entry, goBackTo, s.startsLeft(), trialAt);
      case Step.Confirmed _ -> at(State.CONFIRMED, entry);
      // The time since the served bundle's trial goes on.
      case Step.Shadowing _ -> at(State.SHADOWING, entry).withRestarts(0);
      case Step.Shadowed _ -> at(State.SHADOWED, entry);
      case Step.RollingBack s -> rollingBack(entry, s);
      case Step.RolledBack s -> ended(State.ROLLED_BACK, entry, s.reason(), s.detail());
      case Step.Failed s -> ended(State.FAILED, entry, s.reason(), s.detail());
      case Step.Restarted _ -> withRestarts(restarts + 1);
      case Step.Repaired _, Step.Refused _ -> this;
    };
  }

  private Ledger accepted(Entry entry, Step.Accepted s) {
    return new Ledger(
        State.ACCEPTED,
        Optional.of(s.order()),
        s.keyset(),
        s.counter(),
        entry.bundle(),
        Optional.empty(),
        0,
        restarts,
        trialAt,
        Optional.empty(),
        "",
        entry.traffic(),
        denied);
  }

  private Ledger at(State next, Entry entry) {
    return with(next, entry, goBackTo, startsLeft, trialAt);
  }

  private Ledger trial(Entry entry, Step.Trial s) {
    return with(State.TRIAL, entry, s.lkg(), s.startsLeft(), Optional.of(entry.at()))
        .withRestarts(0);
  }

  private Ledger rollingBack(Entry entry, Step.RollingBack s) {
    return new Ledger(
        State.ROLLING_BACK,
        order,
        keyset,
        counter,
        entry.bundle(),
        s.to(),
        startsLeft,
        restarts,
        trialAt,
        Optional.of(s.reason()),
        s.detail(),
        entry.traffic(),
        denied);
  }

  // Only the order at hand can end the slot's work; another command may have failed beside it.
  private Ledger ended(State next, Entry entry, Code why, String words) {
    List<String> failed = why == Code.SUPERSEDED ? denied : plusDenied(entry.commandId());
    boolean mine = entry.commandId().equals(commandId());
    return new Ledger(
        mine ? next : state,
        order,
        keyset,
        counter,
        mine ? entry.bundle() : bundle,
        goBackTo,
        startsLeft,
        restarts,
        trialAt,
        mine ? Optional.of(why) : reason,
        mine ? words : detail,
        mine ? entry.traffic() : traffic,
        failed);
  }

  private List<String> plusDenied(String command) {
    if (command.isEmpty() || denied.contains(command)) return denied;
    List<String> more = new ArrayList<>(denied);
    more.add(command);
    return more.size() > MAX_DENIED ? more.subList(1, more.size()) : more;
  }

  private Ledger with(
      State next, Entry entry, Optional<Digest> back, int starts, Optional<Instant> trial) {
    return new Ledger(
        next,
        order,
        keyset,
        counter,
        entry.bundle(),
        back,
        starts,
        restarts,
        trial,
        reason,
        detail,
        entry.traffic(),
        denied);
  }

  private Ledger told(String note) {
    return note.isEmpty()
        ? this
        : new Ledger(
            state,
            order,
            keyset,
            counter,
            bundle,
            goBackTo,
            startsLeft,
            restarts,
            trialAt,
            reason,
            note,
            traffic,
            denied);
  }

  private Ledger withRestarts(int n) {
    return new Ledger(
        state,
        order,
        keyset,
        counter,
        bundle,
        goBackTo,
        startsLeft,
        n,
        trialAt,
        reason,
        detail,
        traffic,
        denied);
  }
}
