package dev.hatchery.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.agent.journal.Entry;
import dev.hatchery.agent.journal.Ledger;
import dev.hatchery.agent.journal.Step;
import dev.hatchery.agent.slot.DiskState.OfSlot;
import dev.hatchery.agent.slot.Recovery.Action;
import dev.hatchery.agent.slot.Recovery.Clear;
import dev.hatchery.agent.slot.Recovery.Note;
import dev.hatchery.agent.slot.Recovery.Point;
import dev.hatchery.agent.slot.Recovery.Unpoint;
import dev.hatchery.agent.store.Slot.Pointer;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.SlotStatus.State;
import dev.hatchery.core.Traffic;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of the durability reference, section 3. */
final class RecoveryTest {
  private static final Name SLOT = new Name("vision");
  private static final Digest OLD = Digest.of(new byte[] {1});
  private static final Digest NEW = Digest.of(new byte[] {2});
  private static final Digest OLDER = Digest.of(new byte[] {3});

  private static Ledger ledger(State state, Digest bundle, Optional<Digest> back, int startsLeft) {
    return new Ledger(
        state,
        Optional.empty(),
        1,
        1,
        Optional.of(bundle),
        back,
        startsLeft,
        0,
        Optional.empty(),
        Optional.of(Code.GOLDEN),
        "",
        Traffic.NONE,
        List.of());
  }

  private static OfSlot slot(Ledger ledger, Digest current, Digest lkg, Digest... sound) {
    return new OfSlot(
        SLOT,
        ledger,
        Optional.of(current),
        Optional.of(lkg),
        Optional.empty(),
        Set.of(sound),
        List.of());
  }

  private static List<Action> plan(OfSlot slot) {
    return Recovery.plan(new DiskState(false, List.of(slot)));
  }

  private static Point point(Pointer pointer, Digest to) {
    return new Point(SLOT, pointer, to);
  }

  @ParameterizedTest
  @EnumSource(
      value = State.class,
      names = {"IDLE", "CONFIRMED", "FAILED", "ROLLED_BACK", "ACCEPTED", "FETCHING", "VERIFIED"})
  void aSlotInOrderIsLeftAlone(State state) {
    assertThat(plan(slot(ledger(state, OLD, Optional.empty(), 0), OLD, OLD, OLD))).isEmpty();
  }

  @Test
  void aSlotThatNeverHadABundleIsLeftAlone() {
    var empty =
        new OfSlot(
            SLOT,
            Ledger.EMPTY,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Set.of(),
            List.of());

    assertThat(plan(empty)).isEmpty();
  }

  @Test
  void leftoversAreThrownAway() {
    var left =
        new OfSlot(
            SLOT,
            ledger(State.ACCEPTED, NEW, Optional.empty(), 0),
            Optional.of(OLD),
            Optional.of(OLD),
            Optional.empty(),
            Set.of(OLD),
            List.of(".tmp-" + NEW.hex(), ".trash-" + OLDER.hex()));

    assertThat(plan(left))
        .containsExactly(
            new Clear(SLOT, ".tmp-" + NEW.hex()), new Clear(SLOT, ".trash-" + OLDER.hex()));
  }

  @Test
  void aConfirmationIsFinished() {
    var cut = slot(ledger(State.CONFIRMED, NEW, Optional.of(OLD), 2), NEW, OLD, OLD, NEW);

    assertThat(plan(cut)).containsExactly(point(Pointer.PREV, OLD), point(Pointer.LKG, NEW));
  }

  @Test
  void aSwitchIsFinished() {
    var cut = slot(ledger(State.TRIAL, NEW, Optional.of(OLD), 3), OLD, OLD, OLD, NEW);

    assertThat(plan(cut)).containsExactly(point(Pointer.CURRENT, NEW));
  }

  @Test
  void aTrialWithStartsLeftGoesOn() {
    assertThat(plan(slot(ledger(State.TRIAL, NEW, Optional.of(OLD), 1), NEW, OLD, OLD, NEW)))
        .isEmpty();
  }

  @Test
  void aTrialWithoutAStartLeftGoesBack() {
    var plan = plan(slot(ledger(State.TRIAL, NEW, Optional.of(OLD), 0), NEW, OLD, OLD, NEW));

    assertThat(plan).hasSize(2);
    assertThat(plan.getFirst())
        .isInstanceOfSatisfying(
            Note.class,
            n ->
                assertThat(n.step())
                    .isInstanceOfSatisfying(
                        Step.RollingBack.class,
                        back -> {
                          assertThat(back.reason()).isEqualTo(Code.BOOT_LOOP);
                          assertThat(back.to()).contains(OLD);
                        }));
    assertThat(plan.getLast()).isEqualTo(point(Pointer.CURRENT, OLD));
  }

  @Test
  void aTrialOfADamagedBundleGoesBack() {
    var plan = plan(slot(ledger(State.TRIAL, NEW, Optional.of(OLD), 2), NEW, OLD, OLD));

    assertThat(plan.getFirst())
        .isInstanceOfSatisfying(Note.class, n -> assertThat(n.step().why()).contains(Code.STORAGE));
    assertThat(plan.getLast()).isEqualTo(point(Pointer.CURRENT, OLD));
  }

  @Test
  void aFirstTrialThatIsOverLeavesNothing() {
    var first =
        new OfSlot(
            SLOT,
            ledger(State.TRIAL, NEW, Optional.empty(), 0),
            Optional.of(NEW),
            Optional.empty(),
            Optional.empty(),
            Set.of(NEW),
            List.of());

    assertThat(plan(first)).last().isEqualTo(new Unpoint(SLOT, Pointer.CURRENT));
  }

  @Test
  void aRollBackIsFinished() {
    var cut = slot(ledger(State.ROLLING_BACK, NEW, Optional.of(OLD), 1), NEW, OLD, OLD, NEW);

    assertThat(plan(cut)).containsExactly(point(Pointer.CURRENT, OLD));
  }

  @Test
  void aRollBackOfWhatWasConfirmedMovesTheLastKnownGoodToo() {
    var cut = slot(ledger(State.ROLLING_BACK, NEW, Optional.of(OLD), 1), NEW, NEW, OLD, NEW);

    assertThat(plan(cut)).containsExactly(point(Pointer.CURRENT, OLD), point(Pointer.LKG, OLD));
  }

  @Test
  void aCurrentThatIsNotSoundBecomesTheLastKnownGood() {
    var plan = plan(slot(ledger(State.CONFIRMED, OLD, Optional.empty(), 0), NEW, OLD, OLD));

    assertThat(plan.getFirst())
        .isInstanceOfSatisfying(
            Note.class, n -> assertThat(n.step()).isInstanceOf(Step.Repaired.class));
    assertThat(plan.getLast()).isEqualTo(point(Pointer.CURRENT, OLD));
  }

  @Test
  void whenTheLastKnownGoodIsNotSoundTheOneBeforeItServes() {
    var lost =
        new OfSlot(
            SLOT,
            ledger(State.CONFIRMED, NEW, Optional.empty(), 0),
            Optional.of(NEW),
            Optional.of(NEW),
            Optional.of(OLDER),
            Set.of(OLDER),
            List.of());

    assertThat(plan(lost)).contains(point(Pointer.CURRENT, OLDER), point(Pointer.LKG, OLDER));
  }

  @Test
  void whenNothingIsSoundNothingServes() {
    assertThat(plan(slot(ledger(State.CONFIRMED, NEW, Optional.empty(), 0), NEW, NEW)))
        .contains(new Unpoint(SLOT, Pointer.CURRENT));
  }

  @Test
  void aDamagedJournalMeansTheLastKnownGood() {
    var trial = slot(ledger(State.TRIAL, NEW, Optional.of(OLD), 2), NEW, OLD, OLD, NEW);

    assertThat(Recovery.plan(new DiskState(true, List.of(trial))))
        .contains(point(Pointer.CURRENT, OLD))
        .anyMatch(a -> a instanceof Note n && n.step() instanceof Step.Failed);
  }

  // I13 without a disk: whatever stands there, a plan that was carried out leaves nothing to plan,
  // and what serves then is sound.
  @Test
  void whateverIsFoundOnePlanIsEnough() {
    Random random = new Random(17);
    for (int i = 0; i < 20_000; i++) {
      OfSlot found = anything(random);
      OfSlot mended = found;
      for (Action action : plan(found)) mended = carriedOut(mended, action);

      assertThat(plan(mended)).as("%s", found).isEmpty();
      if (mended.current().isPresent() && !mended.ledger().busy()) {
        assertThat(mended.sound(mended.current())).as("%s", found).isTrue();
      }
    }
  }

  private static OfSlot anything(Random random) {
    List<State> states = List.copyOf(EnumSet.allOf(State.class));
    State state = states.get(random.nextInt(states.size()));
    Ledger ledger = ledger(state, NEW, any(random, OLD, OLDER, NEW), random.nextInt(3));
    Set<Digest> sound = new TreeSet<>();
    for (Digest digest : List.of(OLD, NEW, OLDER)) {
      if (random.nextInt(4) > 0) sound.add(digest);
    }
    return new OfSlot(
        SLOT,
        ledger,
        any(random, OLD, NEW, OLDER),
        any(random, OLD, NEW, OLDER),
        any(random, OLD, NEW, OLDER),
        sound,
        List.of());
  }

  private static Optional<Digest> any(Random random, Digest... digests) {
    int n = random.nextInt(digests.length + 1);
    return n == digests.length ? Optional.empty() : Optional.of(digests[n]);
  }

  private static OfSlot carriedOut(OfSlot s, Action action) {
    return switch (action) {
      case Clear _ -> s;
      case Point point -> pointed(s, point.pointer(), Optional.of(point.to()));
      case Unpoint unpoint -> pointed(s, unpoint.pointer(), Optional.empty());
      case Note note -> {
        Entry entry =
            new Entry(1, Instant.EPOCH, SLOT, "", s.ledger().bundle(), Traffic.NONE, note.step());
        yield new OfSlot(
            SLOT, s.ledger().plus(entry), s.current(), s.lkg(), s.prev(), s.sound(), s.leftovers());
      }
    };
  }

  private static OfSlot pointed(OfSlot s, Pointer pointer, Optional<Digest> to) {
    return new OfSlot(
        SLOT,
        s.ledger(),
        pointer == Pointer.CURRENT ? to : s.current(),
        pointer == Pointer.LKG ? to : s.lkg(),
        pointer == Pointer.PREV ? to : s.prev(),
        s.sound(),
        s.leftovers());
  }
}
