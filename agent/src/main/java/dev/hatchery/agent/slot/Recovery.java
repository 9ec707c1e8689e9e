package dev.hatchery.agent.slot;

import dev.hatchery.agent.journal.Ledger;
import dev.hatchery.agent.journal.Step;
import dev.hatchery.agent.slot.DiskState.OfSlot;
import dev.hatchery.agent.store.Slot.Pointer;
import dev.hatchery.agent.store.Store;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.SlotStatus.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What must be done to the disk before a slot can go on, as a pure function of what is there
 * (durability reference, section 3). Its table, with the work that needs the network or the service
 * left to the {@link SlotMachine}, which the ledger tells where to go on:
 *
 * <ul>
 *   <li>CONFIRMED, links not yet moved → move them (step 12)
 *   <li>TRIAL, current still the old one → finish the switch (step 8)
 *   <li>TRIAL without a start left → roll back, BOOT_LOOP
 *   <li>TRIAL of a bundle that is no longer sound → roll back, STORAGE
 *   <li>ROLLING_BACK → point to where it goes
 *   <li>otherwise, current not sound → lkg, else prev, else nothing; REPAIRED
 *   <li>a damaged journal → lkg, whatever was going on
 *   <li>a shadow that is not proved, not sound, of another order than the last, or that was there
 *       when the machine went down without a word → it goes; current is not touched
 * </ul>
 *
 * Doing it, and planning again, plans nothing (invariant I13).
 */
final class Recovery {
  private final List<Action> plan = new ArrayList<>();

  private Recovery() {}

  /** One effect. */
  sealed interface Action {}

  /** Throw away what an interrupted step left in {@code v/}. */
  record Clear(Name slot, String leftover) implements Action {}

  /** Move a link. */
  record Point(Name slot, Pointer pointer, Digest to) implements Action {}

  /** Remove a link. */
  record Unpoint(Name slot, Pointer pointer) implements Action {}

  /** Write an entry about the order at hand. */
  record Note(Name slot, Step step) implements Action {}

  static List<Action> plan(DiskState disk) {
    var recovery = new Recovery();
    for (OfSlot slot : disk.slots()) recovery.slot(slot, disk.journalDamaged());
    return List.copyOf(recovery.plan);
  }

  /** Carries a plan out. */
  static void carryOut(List<Action> plan, Store store, Function<Name, SlotLog> logs) {
    for (Action action : plan) {
      switch (action) {
        case Clear clear -> store.slot(clear.slot()).clear(clear.leftover());
        case Point point -> store.slot(point.slot()).point(point.pointer(), point.to());
        case Unpoint unpoint -> store.slot(unpoint.slot()).unpoint(unpoint.pointer());
        case Note note -> logs.apply(note.slot()).write(note.step());
      }
    }
  }

  private void slot(OfSlot s, boolean journalDamaged) {
    for (String leftover : s.leftovers()) plan.add(new Clear(s.slot(), leftover));
    shadow(s, journalDamaged);
    if (journalDamaged) {
      distrust(s);
      return;
    }
    switch (s.ledger().state()) {
      case TRIAL -> trial(s);
      case ROLLING_BACK -> goBack(s, s.ledger().goBackTo());
      case CONFIRMED -> confirmed(s);
      case IDLE, ACCEPTED, FETCHING, VERIFIED, SHADOWING, SHADOWED, ROLLED_BACK, FAILED -> serve(s);
    }
  }

  // Nothing was served by it, so nothing is lost with it; a new command may try it again.
  private void shadow(OfSlot s, boolean journalDamaged) {
    Ledger ledger = s.ledger();
    boolean proved = ledger.state() == State.SHADOWED && s.shadow().equals(ledger.bundle());
    if (proved && s.sound(s.shadow()) && !s.wentDown() && !journalDamaged) return;
    if (s.shadow().isPresent()) plan.add(new Unpoint(s.slot(), Pointer.SHADOW));
    // An order that was at work is told of where the journal is distrusted.
    if (!ledger.shadows() || (journalDamaged && ledger.busy())) return;
    String why =
        journalDamaged
            ? "the journal was damaged"
            : proved && s.wentDown() ? "the machine went down" : "it was not proved";
    note(s, new Step.Failed(Code.REPAIRED, "the shadow was taken away at the start: " + why));
  }

  // Nobody knows what was lost, so what is known to be good serves; the order needs a new command.
  private void distrust(OfSlot s) {
    if (s.ledger().busy()) {
      note(s, new Step.Failed(Code.STORAGE, "the journal was damaged while this was going on"));
    }
    if (s.sound(s.lkg()) && !s.current().equals(s.lkg())) {
      note(s, new Step.Repaired(Code.STORAGE, "the journal was damaged; back to the lkg"));
      point(s, Pointer.CURRENT, s.lkg());
    } else {
      serve(s);
    }
  }

  private void trial(OfSlot s) {
    Ledger ledger = s.ledger();
    boolean switched = s.current().equals(ledger.bundle());
    if (!s.sound(ledger.bundle())) {
      rollBack(s, Code.STORAGE, "the bundle on trial is damaged");
    } else if (ledger.startsLeft() == 0) {
      rollBack(s, Code.BOOT_LOOP, "no start of the trial is left");
    } else if (!switched) {
      point(s, Pointer.CURRENT, ledger.bundle());
    }
  }

  private void rollBack(OfSlot s, Code why, String detail) {
    Predicate<Digest> another = d -> !s.ledger().bundle().equals(Optional.of(d));
    Optional<Digest> to =
        firstSound(
            s,
            s.ledger().goBackTo().filter(another),
            s.lkg().filter(another),
            s.prev().filter(another));
    note(s, new Step.RollingBack(to, why, detail));
    goBack(s, to);
  }

  private void goBack(OfSlot s, Optional<Digest> to) {
    if (to.isEmpty()) {
      if (s.current().isPresent()) plan.add(new Unpoint(s.slot(), Pointer.CURRENT));
      return;
    }
    if (!s.sound(to)) {
      // Not even this is left: say so once, with what is, and go there.
      Optional<Digest> other = firstSound(s, s.lkg(), s.prev(), Optional.empty());
      note(s, new Step.RollingBack(other, Code.STORAGE, "the bundle to go back to is damaged"));
      goBack(s, other);
      return;
    }
    if (!s.current().equals(to)) point(s, Pointer.CURRENT, to);
    if (!s.lkg().equals(to)) point(s, Pointer.LKG, to);
  }

  private void confirmed(OfSlot s) {
    Optional<Digest> bundle = s.ledger().bundle();
    boolean unfinished = !s.lkg().equals(bundle) && s.current().equals(bundle);
    if (!unfinished || !s.sound(bundle)) {
      serve(s);
      return;
    }
    if (s.sound(s.lkg()) && !s.prev().equals(s.lkg())) point(s, Pointer.PREV, s.lkg());
    point(s, Pointer.LKG, bundle);
  }

  private void serve(OfSlot s) {
    if (s.current().isEmpty() && s.lkg().isEmpty()) return;
    Optional<Digest> best = firstSound(s, s.lkg(), s.current(), s.prev());
    boolean good = best.isPresent() && s.current().equals(best) && s.lkg().equals(best);
    if (good) return;
    if (best.isEmpty()) {
      note(s, new Step.Repaired(Code.STORAGE, "no bundle of the slot is sound any more"));
      plan.add(new Unpoint(s.slot(), Pointer.CURRENT));
      if (s.lkg().isPresent()) plan.add(new Unpoint(s.slot(), Pointer.LKG));
      return;
    }
    note(s, new Step.Repaired(Code.REPAIRED, "back to a sound bundle"));
    if (!s.current().equals(best)) point(s, Pointer.CURRENT, best);
    if (!s.lkg().equals(best)) point(s, Pointer.LKG, best);
  }

  private static Optional<Digest> firstSound(
      OfSlot s, Optional<Digest> first, Optional<Digest> second, Optional<Digest> third) {
    if (s.sound(first)) return first;
    if (s.sound(second)) return second;
    return s.sound(third) ? third : Optional.empty();
  }

  private void point(OfSlot s, Pointer pointer, Optional<Digest> to) {
    plan.add(new Point(s.slot(), pointer, to.orElseThrow()));
  }

  private void note(OfSlot s, Step step) {
    plan.add(new Note(s.slot(), step));
  }
}
