package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.rollout.Member.State;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** An abort, and the way back. */
final class RetreatTest {
  private static final Duration TICK = Duration.ofSeconds(2);

  /** Both canaries are on the target when the errors limit breaks. */
  private static Scene aborted() {
    Scene scene = Scene.usual();
    scene.decide();
    scene.after(TICK);
    for (int n = 0; n < 2; n++) scene.hear(scene.proof(n).window(TICK, 100, 60, 0.01));
    scene.decide();
    assertThat(scene.rollout.phase()).isEqualTo(Phase.ROLLING_BACK);
    return scene;
  }

  @Test
  void everyDeviceThatWasTouchedIsToldToGoBackAndNoOther() {
    Scene scene = Scene.usual();
    scene.decide();
    scene.after(TICK).hear(scene.proof(0).window(TICK, 100, 60, 0.01));
    Decision decision = scene.decide();
    assertThat(decision.commands())
        .containsExactly(
            new Command.RollBack(scene.device(0), "r1/back2"),
            new Command.RollBack(scene.device(1), "r1/back2"));
    assertThat(decision.next().members().values())
        .extracting(Member::state)
        .containsOnly(State.ROLLING_BACK);
    assertThat(decision.next().abort().orElseThrow().at()).isEqualTo(scene.now);
    assertThat(decision.summary()).endsWith("2 devices told to go back to inspection@1.0.0");
    assertThat(decision.next().heldSince()).isEmpty();
  }

  @Test
  void anAbortIsLatchedWhateverTheDevicesThenTell() {
    Scene scene = aborted();
    var abort = scene.rollout.abort();
    for (int i = 0; i < 50; i++) {
      scene.after(TICK);
      for (int n = 0; n < 2; n++) {
        scene.hear(Scene.healthy(Told.proof(scene.device(n), scene.now, "r1/1", Specs.NEW)));
      }
      Decision decision = scene.decide();
      assertThat(decision.commands()).isEmpty();
      assertThat(decision.next().phase()).isEqualTo(Phase.ROLLING_BACK);
      assertThat(decision.next().abort()).isEqualTo(abort);
    }
  }

  @Test
  void itIsOverWhenEachHasProvedThatItIsBack() {
    Scene scene = aborted();
    scene.after(TICK).hear(scene.home(0).bytes(0));
    Decision one = scene.decide();
    assertThat(one.next().phase()).isEqualTo(Phase.ROLLING_BACK);
    assertThat(one.notable()).isTrue();
    assertThat(one.summary()).isEqualTo("1 of 2 devices are back on inspection@1.0.0");
    assertThat(scene.member(0).state()).isEqualTo(State.ROLLED_BACK);
    Decision both = scene.after(TICK).hear(scene.home(1)).decide();
    assertThat(both.next().phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(both.next().finishedAt()).contains(scene.now);
    assertThat(both.summary())
        .isEqualTo("all 2 devices are back on inspection@1.0.0, 0 bytes downloaded for it");
    assertThat(both.commands()).isEmpty();
  }

  @Test
  void onlyTheWholeProofUnderTheNewOrderCounts() {
    Scene scene = aborted();
    String ours = scene.command(0);
    var old = Optional.of(Specs.OLD);
    Optional<Code> none = Optional.empty();
    for (SlotStatus status :
        new SlotStatus[] {
          Told.status(SlotStatus.State.CONFIRMED, "r1/1", Specs.OLD, old, none),
          Told.status(SlotStatus.State.TRIAL, ours, Specs.OLD, old, none),
          Told.status(SlotStatus.State.CONFIRMED, ours, Specs.NEW, old, none),
          Told.status(SlotStatus.State.CONFIRMED, ours, Specs.OLD, Optional.empty(), none)
        }) {
      scene.after(TICK).hear(Told.by(scene.device(0), scene.now, status)).decide();
      assertThat(scene.member(0).state()).as(status.toString()).isEqualTo(State.ROLLING_BACK);
    }
  }

  @Test
  void aDeviceThatSleepsKeepsItOpenUntilItWakes() {
    Scene scene = aborted();
    scene.after(TICK).hear(scene.home(0)).decide();
    for (int day = 0; day < 30; day++) {
      Decision decision = scene.after(Duration.ofDays(1)).decide();
      assertThat(decision.next().phase()).isEqualTo(Phase.ROLLING_BACK);
      assertThat(decision.notable()).isFalse();
    }
    scene.after(TICK).hear(scene.home(1));
    assertThat(scene.decide().next().phase()).isEqualTo(Phase.ROLLED_BACK);
  }

  @Test
  void whatGoingBackCostsIsKeptApart() {
    Scene scene = Scene.usual();
    scene.decide();
    scene.after(TICK).hear(scene.underWay(0).bytes(5000)).decide();
    scene.act(new Action.Abort("no longer wanted"));
    scene.after(TICK).hear(scene.home(0).bytes(70), scene.home(1).bytes(0)).decide();
    assertThat(scene.member(0).bytesDownloaded()).isEqualTo(5000);
    assertThat(scene.member(0).bytesForRollback()).isEqualTo(70);
    assertThat(scene.member(1).bytesForRollback()).isZero();
  }

  @Test
  void aDeviceThatCouldNotGoBackIsToldAgainAfterTheCooldown() {
    Scene scene = aborted();
    scene.after(TICK).hear(scene.failed(0, Code.STORAGE).bytes(30)).decide();
    assertThat(scene.member(0).failure()).contains(Code.STORAGE);
    assertThat(scene.after(TICK).hear(scene.failed(0, Code.STORAGE)).decide().commands()).isEmpty();
    Decision again = scene.after(Specs.TIMING.retryAfter()).decide();
    assertThat(again.commands()).containsExactly(new Command.RollBack(scene.device(0), "r1/back3"));
    scene.after(TICK).hear(scene.home(0).bytes(12), scene.home(1));
    assertThat(scene.decide().next().phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(scene.member(0).bytesForRollback()).isEqualTo(42);
  }

  @Test
  void aDeviceThatWasOrderedSomethingNewerIsWaitedForNoLonger() {
    Scene scene = aborted();
    Decision one = scene.after(TICK).hear(scene.home(0).bytes(7)).decide();
    assertThat(one.next().phase()).isEqualTo(Phase.ROLLING_BACK);
    scene.takenOver = Set.of(scene.device(1));
    Decision both = scene.after(TICK).decide();
    assertThat(both.next().phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(both.next().finishedAt()).contains(scene.now);
    assertThat(both.commands()).isEmpty();
    assertThat(scene.member(1).state()).as("it has proved nothing").isEqualTo(State.ROLLING_BACK);
    assertThat(both.summary())
        .isEqualTo(
            "1 of 2 devices are back on inspection@1.0.0, 7 bytes downloaded for it;"
                + " something newer was ordered for the others");
  }

  @Test
  void nobodyIsToldToGoBackOverSomethingNewer() {
    Scene scene = aborted();
    scene.after(TICK).hear(scene.failed(0, Code.STORAGE)).decide();
    scene.takenOver = Set.of(scene.device(0));
    Decision due = scene.after(Specs.TIMING.retryAfter().multipliedBy(50)).decide();
    assertThat(due.commands()).isEmpty();
    assertThat(scene.member(0).attempt()).isEqualTo(2);
    assertThat(due.next().phase()).as("the other is still away").isEqualTo(Phase.ROLLING_BACK);
    assertThat(due.summary())
        .isEqualTo(
            "0 of 2 devices are back on inspection@1.0.0; something newer was ordered for 1");
    scene.after(TICK).hear(scene.home(1));
    assertThat(scene.decide().next().phase()).isEqualTo(Phase.ROLLED_BACK);
  }

  @Test
  void whoIsBackIsBackWhateverIsOrderedNext() {
    Scene scene = aborted();
    scene.takenOver = Set.of(scene.device(0));
    scene.after(TICK).hear(scene.home(0));
    Decision one = scene.decide();
    assertThat(scene.member(0).state()).isEqualTo(State.ROLLED_BACK);
    assertThat(one.summary()).isEqualTo("1 of 2 devices are back on inspection@1.0.0");
    Decision both = scene.after(TICK).hear(scene.home(1)).decide();
    assertThat(both.summary())
        .isEqualTo("all 2 devices are back on inspection@1.0.0, 0 bytes downloaded for it");
  }

  @Test
  void evidenceAfterTheAbortChangesNoTally() {
    Scene scene = aborted();
    var tallies = scene.member(0).tallies();
    scene
        .after(TICK)
        .hear(Told.proof(scene.device(0), scene.now, "r1/1", Specs.NEW).window(TICK, 9, 9, 0.01))
        .decide();
    assertThat(scene.member(0).tallies()).isEqualTo(tallies);
  }

  @Test
  void withoutAReleaseBeforeItEndsAtOnceAndClaimsNothing() {
    Scene scene =
        new Scene(
            Specs.firstRelease(Specs.spec(Specs.stages(), Specs.TIMING, Specs.ERRORS_LIMIT), 6));
    scene.decide();
    scene.after(TICK);
    for (int n = 0; n < 2; n++) scene.hear(scene.proof(n).window(TICK, 100, 60, 0.01));
    Decision decision = scene.decide();
    assertThat(decision.commands()).isEmpty();
    assertThat(decision.next().phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(decision.next().finishedAt()).contains(scene.now);
    assertThat(decision.next().members().values())
        .extracting(Member::state)
        .containsOnly(State.CONFIRMED);
    assertThat(decision.summary()).endsWith("there is no release before to go back to");
  }
}
