package dev.hatchery.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
        0,
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
}
