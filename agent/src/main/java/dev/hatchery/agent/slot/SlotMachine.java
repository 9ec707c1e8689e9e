package dev.hatchery.agent.slot;

import dev.hatchery.agent.journal.Ledger;
import dev.hatchery.agent.journal.Step;
import dev.hatchery.agent.store.Slot;
import dev.hatchery.agent.store.Slot.Pointer;
import dev.hatchery.agent.uplink.Schedule;
import dev.hatchery.core.Code;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Order;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.SlotStatus.State;
import dev.hatchery.core.Traffic;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The install protocol of one slot (durability reference, section 2). Every {@link #step} does one
 * short piece of work; between two steps a newer order may come, the power may fail, or the agent
 * may be stopped, and the journal then says how to go on.
 *
 * <pre>
 *   RESTING ──order──► FETCHING ──verified──► STAGED ──its time──► PROVING ──proved──► RESTING
 *      ▲                                        └──of a shadow───► SHADOWING ──ended──► RESTING
 *      ▲                  │ refused              │ superseded           │ failed, superseded
 *      ├──────────────────┴──────────────────────┘                      ▼
 *      └────────────────────────────────────────── RETURNING (to lkg, or to nothing)
 * </pre>
 *
 * <p>Not thread-safe: one slot, one thread.
 */
public final class SlotMachine implements AutoCloseable {
  private final SlotLog log;
  private final Slot slot;
  private final Workshop workshop;
  private final Watcher watcher;
  private final Clocks clocks;
  private final Supplier<Optional<DesiredState>> desired;
  private final Backoff backoff;
  private final Probation probation;
  private final Shadow shadow;
  private Stage stage;
  private long nudgedAt;

  /** Where the machine is. */
  sealed interface Stage permits Resting, Fetching, Staged, Proving, Shadowing, Returning {}

  private record Resting() implements Stage {}

  /**
   * In the slot and verified; only the time to switch has not come.
   *
   * @param waitingFor in plain words
   */
  private record Staged(Order order, Manifest manifest, String waitingFor) implements Stage {}

  /**
   * On trial.
   *
   * @param trial absent before the service was first asked to load
   */
  private record Proving(Order order, Manifest manifest, @Nullable Trial trial) implements Stage {}

  /** On trial beside what is served. */
  private record Shadowing(Order order) implements Stage {}

  /** Goes on where the ledger says, after {@link Recovery} has put the disk in order. */
  public SlotMachine(
      SlotLog log,
      Slot slot,
      Workshop workshop,
      Watcher watcher,
      Clocks clocks,
      Supplier<Optional<DesiredState>> desired,
      Backoff backoff) {
    this.log = log;
    this.slot = slot;
    this.workshop = workshop;
    this.watcher = watcher;
    this.clocks = clocks;
    this.desired = desired;
    this.backoff = backoff;
    this.nudgedAt = clocks.nanos() - Rules.NUDGE_EVERY.toNanos();
    this.probation = new Probation(clocks, log.ledger());
    this.shadow = new Shadow(log, slot, workshop, watcher, clocks);
    this.stage = resume(log.ledger());
  }

  private Stage resume(Ledger ledger) {
    measureBy(ledger.order());
    return switch (ledger.state()) {
      case ACCEPTED, FETCHING, VERIFIED -> fetching(ledger.order().orElseThrow());
      case TRIAL -> proving(ledger.order().orElseThrow());
      case ROLLING_BACK -> returning();
      case IDLE, CONFIRMED, SHADOWING, SHADOWED, ROLLED_BACK, FAILED -> new Resting();
    };
  }

  /** One piece of work; call again after what it returns, or earlier when there is news. */
  public Duration step() throws InterruptedException {
    return switch (stage) {
      case Resting _ -> rest();
      case Fetching at -> fetch(at);
      case Staged at -> activate(at);
      case Proving at -> prove(at);
      case Shadowing at -> shadow(at);
      case Returning at -> goBack(at);
    };
  }

  /** Whether it is downloading or about to. */
  boolean fetching() {
    return stage instanceof Fetching;
  }

  /** What it waits for, in plain words; empty when it does not. */
  String waitingFor() {
    return switch (stage) {
      case Fetching at -> at.waitingFor();
      case Staged at -> at.waitingFor;
      case Resting _, Proving _, Shadowing _, Returning _ -> "";
    };
  }

  /** What runs beside the served bundle. */
  Optional<Digest> shadow() {
    return shadow.bundle();
  }

  /** What the order at hand has cost so far. */
  Traffic traffic() {
    return stage instanceof Fetching at ? at.traffic() : log.ledger().traffic();
  }

  // ---- RESTING

  private Duration rest() throws InterruptedException {
    Optional<Order> next = next();
    if (next.isPresent()) {
      accept(next.get());
      return Duration.ZERO;
    }
    if (shadow.isThere() && log.ledger().order().filter(this::superseded).isPresent()) {
      shadow.end(Code.SUPERSEDED, "the desired state wants no shadow any more");
      return Duration.ZERO;
    }
    Watcher.Seen seen = watcher.look();
    noteRestart(seen);
    if (shadow.failed(seen)) {
      workshop.collect(slot);
      return Duration.ZERO;
    }
    if (probationFailed(seen)) return Duration.ZERO;
    nudge(seen);
    Duration pause = watcher.untilWindowEnds();
    return Rules.clamp(pause, Rules.LOOK_EVERY);
  }

  private Optional<Order> next() {
    Ledger ledger = log.ledger();
    return wanted()
        .filter(order -> !ledger.settled(order.commandId()) || lost(ledger, order))
        .filter(order -> lost(ledger, order) || mayBegin(order));
  }

  // A pin keeps the slot on what it has. It keeps no device from going back, nor from agreeing to
  // what it runs already.
  private boolean mayBegin(Order order) {
    // While what is served may still go back by itself, nothing else may be what it fails by.
    if (order.shadow() && mayStillGoBack()) return false;
    return order.reason() == Order.Reason.ROLLBACK
        || provedAlready(order)
        || workshop.pinned(slot.name()).isEmpty();
  }

  private Optional<Order> wanted() {
    return desired.get().flatMap(d -> Optional.ofNullable(d.slots().get(slot.name())));
  }

  // What was confirmed is no longer there, and nothing else either: it is fetched again.
  private boolean lost(Ledger ledger, Order order) {
    return ledger.state() == State.CONFIRMED
        && ledger.commandId().equals(order.commandId())
        && slot.pointer(Pointer.CURRENT).isEmpty();
  }

  private void accept(Order order) throws InterruptedException {
    var mark = desired.get().orElseThrow();
    // Whatever comes next, it is for what is served or for another shadow.
    shadow.takeAway();
    log.write(
        order.commandId(),
        Optional.of(order.manifest()),
        Traffic.NONE,
        new Step.Accepted(order, mark.keyset(), mark.counter()));
    measureBy(Optional.of(order));
    Optional<Refusal> unable =
        order.shadow() ? workshop.objectionToShadow(slot, order) : Optional.empty();
    if (unable.isPresent()) {
      fail(unable.get());
      return;
    }
    if (!provedAlready(order)) {
      stage = fetching(order);
      return;
    }
    Optional<Refusal> objection = workshop.objection(slot, order.manifest());
    if (objection.isEmpty()) log.write(new Step.Confirmed());
    else fail(objection.get());
  }

  private boolean provedAlready(Order order) {
    Optional<Digest> asked = Optional.of(order.manifest());
    return slot.pointer(Pointer.CURRENT).equals(asked)
        && slot.pointer(Pointer.LKG).equals(asked)
        && slot.has(order.manifest())
        && !order.shadow();
  }

  private void measureBy(Optional<Order> order) {
    order.ifPresent(o -> watcher.measure(new Watcher.Measure(o.window(), o.warmUp())));
  }

  // ---- FETCHING

  private Fetching fetching(Order order) {
    long policy = desired.get().map(DesiredState::policyVersion).orElse(0L);
    return new Fetching(
        order, workshop.fetch(slot, order, policy, () -> delivery(order)), log, clocks, backoff);
  }

  private Duration fetch(Fetching at) throws InterruptedException {
    if (superseded(at.order())) {
      end(at);
      fail(Code.SUPERSEDED, "a newer desired state wants something else");
      return Duration.ZERO;
    }
    if (watcher.untilWindowEnds().isZero()) noteRestart(watcher.look());
    return switch (at.step()) {
      case Fetching.Going going -> going.pause();
      case Fetching.Ready ready -> {
        Traffic cost = at.traffic();
        end(at);
        if (held(at.order()).isEmpty()) begin(at.order(), ready.manifest(), cost);
        else stage = new Staged(at.order(), ready.manifest(), "");
        yield Duration.ZERO;
      }
      case Fetching.Refused refused -> {
        end(at);
        // First, because on a full disk there may be no room to say that it is full.
        workshop.collect(slot);
        Refusal why = refused.why();
        log.write(
            at.order().commandId(),
            Optional.of(at.order().manifest()),
            at.traffic(),
            new Step.Failed(why.code(), why.problem().line()));
        yield Duration.ZERO;
      }
    };
  }

  // The operator may move an order's windows while it waits for them.
  private Delivery delivery(Order order) {
    if (order.reason() == Order.Reason.ROLLBACK) return Delivery.DEFAULT;
    return wanted().filter(now -> now.manifest().equals(order.manifest())).orElse(order).delivery();
  }

  private Optional<Schedule.Hold> held(Order order) {
    Optional<Schedule.Hold> pin =
        order.reason() == Order.Reason.ROLLBACK
            ? Optional.empty()
            : workshop
                .pinned(slot.name())
                .map(why -> new Schedule.Hold("pinned at the device: " + why, Optional.empty()));
    return pin.or(() -> workshop.holdsActivation(delivery(order)));
  }

  // ---- STAGED

  private Duration activate(Staged at) throws InterruptedException {
    if (superseded(at.order)) {
      stage = new Resting();
      fail(Code.SUPERSEDED, "a newer desired state wants something else");
      return Duration.ZERO;
    }
    Watcher.Seen seen = watcher.look();
    noteRestart(seen);
    Optional<Schedule.Hold> hold = held(at.order);
    if (hold.isPresent()) {
      nudge(seen);
      stage = new Staged(at.order, at.manifest, hold.get().why());
      return Rules.LOOK_EVERY;
    }
    Optional<Refusal> objection = workshop.objection(slot, at.order.manifest());
    if (objection.isPresent()) {
      stage = new Resting();
      fail(objection.get());
    } else {
      begin(at.order, at.manifest, log.ledger().traffic());
    }
    return Duration.ZERO;
  }

  private void end(Fetching at) {
    at.close();
    stage = new Resting();
  }

  private boolean superseded(Order order) {
    Optional<DesiredState> now = desired.get();
    if (now.isEmpty()) return false;
    Order wanted = now.get().slots().get(slot.name());
    return wanted == null
        || !wanted.manifest().equals(order.manifest())
        || wanted.shadow() != order.shadow();
  }

  private void begin(Order order, Manifest manifest, Traffic traffic) throws InterruptedException {
    if (order.shadow()) {
      shadow.begin(order, traffic);
      stage = new Shadowing(order);
    } else {
      beginTrial(order, manifest, traffic);
    }
  }

  // ---- SHADOWING

  private Duration shadow(Shadowing at) throws InterruptedException {
    if (superseded(at.order)) {
      shadow.end(Code.SUPERSEDED, "a newer desired state wants something else");
      stage = new Resting();
      return Duration.ZERO;
    }
    Optional<Duration> pause = shadow.prove(at.order);
    if (pause.isPresent()) return pause.get();
    stage = new Resting();
    workshop.collect(slot);
    return Duration.ZERO;
  }

  // ---- PROVING

  private void beginTrial(Order order, Manifest manifest, Traffic traffic)
      throws InterruptedException {
    watcher.cut();
    log.write(
        order.commandId(),
        Optional.of(order.manifest()),
        traffic,
        new Step.Trial(slot.pointer(Pointer.LKG), order.trial().maxStarts()));
    slot.point(Pointer.CURRENT, order.manifest());
    probation.begin();
    stage = new Proving(order, manifest, null);
  }

  private Proving proving(Order order) {
    return new Proving(order, workshop.manifest(slot, order.manifest()), null);
  }

  private Duration prove(Proving at) throws InterruptedException {
    if (superseded(at.order)) {
      rollBack(Code.SUPERSEDED, "a newer desired state wants something else");
      return Duration.ZERO;
    }
    Trial trial = at.trial;
    if (trial == null) return start(at);
    Watcher.Seen seen = watcher.look();
    noteRestart(seen);
    if (log.ledger().restarts() >= Rules.RESTARTS) {
      rollBack(Code.CRASH_LOOP, restartsTold());
      return Duration.ZERO;
    }
    return conclude(at, trial.step(seen));
  }

  private Duration start(Proving at) throws InterruptedException {
    Trial trial;
    try {
      trial = workshop.trial(at.order, slot, at.manifest, watcher, clocks);
    } catch (Refusal refusal) {
      rollBack(Code.GOLDEN, refusal.problem().line());
      return Duration.ZERO;
    }
    return load(new Proving(at.order, at.manifest, trial), trial);
  }

  private Duration load(Proving at, Trial trial) throws InterruptedException {
    int left = log.ledger().startsLeft();
    if (left < 1) {
      rollBack(Code.BOOT_LOOP, "no start of the trial is left");
      return Duration.ZERO;
    }
    // Durable before the start, so that a start that takes the device down is counted (I9).
    log.write(new Step.Started(left - 1));
    stage = at;
    Optional<Trial.Failed> failed = trial.loading(watcher.reload(at.order.trial().readyWithin()));
    failed.ifPresent(f -> rollBack(f.code(), f.detail()));
    return Duration.ZERO;
  }

  private Duration conclude(Proving at, Trial.Outcome outcome) throws InterruptedException {
    return switch (outcome) {
      case Trial.Going going -> going.pause();
      case Trial.AskAgain _ ->
          log.ledger().startsLeft() > 0 ? load(at, trialOf(at)) : Rules.ASK_AGAIN_AFTER;
      case Trial.Failed failed -> {
        rollBack(failed.code(), failed.detail());
        yield Duration.ZERO;
      }
      case Trial.Passed _ -> {
        confirm(at.order.manifest());
        yield Duration.ZERO;
      }
    };
  }

  private static Trial trialOf(Proving at) {
    Trial trial = at.trial;
    if (trial == null) throw new AssertionError("the trial has begun");
    return trial;
  }

  private void confirm(Digest bundle) {
    log.write(new Step.Confirmed());
    slot.pointer(Pointer.LKG)
        .filter(lkg -> !lkg.equals(bundle))
        .ifPresent(lkg -> slot.point(Pointer.PREV, lkg));
    slot.point(Pointer.LKG, bundle);
    stage = new Resting();
    workshop.collect(slot);
  }

  // ---- RETURNING

  private boolean probationFailed(Watcher.Seen seen) {
    Ledger ledger = log.ledger();
    if (!mayStillGoBack() || ledger.state() != State.CONFIRMED) return false;
    if (ledger.restarts() >= Rules.RESTARTS) rollBack(Code.CRASH_LOOP, restartsTold());
    else if (seen.stalled()) rollBack(Code.STALLED, "inputs arrive and no inference is done");
    return stage instanceof Returning;
  }

  private boolean mayStillGoBack() {
    Optional<Digest> prev = slot.pointer(Pointer.PREV);
    return probation.on() && prev.isPresent() && !prev.equals(slot.pointer(Pointer.CURRENT));
  }

  private String restartsTold() {
    return log.ledger().restarts() + " restarts of the service since the switch";
  }

  // Needs no network and nobody's leave; only the newest policy, which is on disk.
  private void rollBack(Code reason, String detail) {
    Ledger ledger = log.ledger();
    Optional<Digest> before =
        ledger.state() == State.TRIAL ? ledger.goBackTo() : slot.pointer(Pointer.PREV);
    Optional<Digest> to = workshop.allowedReturn(slot, before);
    log.write(new Step.RollingBack(to, reason, detail));
    probation.end();
    stage = returning();
  }

  private Returning returning() {
    return new Returning(log, slot, workshop, watcher, clocks);
  }

  private Duration goBack(Returning at) throws InterruptedException {
    Optional<Duration> pause = at.step();
    if (pause.isPresent()) return pause.get();
    stage = new Resting();
    workshop.collect(slot);
    return Duration.ZERO;
  }

  // ---- all

  private void noteRestart(Watcher.Seen seen) {
    if (!seen.restarted() || !probation.tells(stage instanceof Proving || shadow.isThere())) {
      return;
    }
    log.write(
        log.ledger().commandId(),
        slot.pointer(Pointer.CURRENT),
        log.ledger().traffic(),
        new Step.Restarted("the service was started by somebody else"));
  }

  // A service that missed a switch, because it was away or the agent was, is told again.
  private void nudge(Watcher.Seen seen) throws InterruptedException {
    Optional<Digest> current = slot.pointer(Pointer.CURRENT);
    boolean wrong =
        current.isPresent()
            && seen.look().ready()
            && seen.look().echo().isPresent()
            && (!workshop.proves(slot, seen.look(), current)
                || seen.look().echo().filter(shadow::misses).isPresent());
    if (!wrong || !clocks.passed(nudgedAt, Rules.NUDGE_EVERY)) return;
    nudgedAt = clocks.nanos();
    watcher.cut();
    watcher.reload(Order.Trial.DEFAULT.readyWithin());
  }

  private void fail(Refusal refusal) {
    fail(refusal.code(), refusal.problem().line());
  }

  private void fail(Code code, String detail) {
    log.write(new Step.Failed(code, detail));
  }

  @Override
  public void close() {
    if (stage instanceof Fetching at) at.close();
  }
}
