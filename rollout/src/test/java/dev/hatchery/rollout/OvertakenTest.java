package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Members that an operator has ordered something else, one by one, while the rollout runs. */
final class OvertakenTest {
  private static final Duration TICK = Duration.ofSeconds(2);

  private final Scene scene = Scene.usual();

  private Restraints pinning(int n) {
    return new Restraints(
        Optional.empty(),
        Map.of(),
        Map.of(scene.device(n), "was taken back by operator:eve"),
        Interlock.NONE);
  }

  private void takeBack(int n) {
    scene.restraints = pinning(n);
    scene.takenOver = Set.of(scene.device(n));
  }

  @Test
  void theStagesGoOnWithoutOneThatWasTakenBackByHand() {
    scene.decide();
    scene.after(TICK).hear(scene.proof(0), scene.proof(1)).decide();
    takeBack(1);
    Decision gone = scene.after(TICK).decide();
    assertThat(scene.member(1))
        .returns(Member.State.PINNED, Member::state)
        .returns(scene.now, Member::since)
        .returns("r1/1", Member::commandId);
    assertThat(gone.summary())
        .isEqualTo(
            "something else was ordered for " + scene.device(1) + ": the stages go on without");
    assertThat(gone.notable()).isTrue();
    assertThat(gone.commands()).isEmpty();
    assertThat(Scene.verdict(gone, "pinned").reason())
        .isEqualTo(scene.device(1) + " was taken back by operator:eve");
    Decision passed = scene.after(TICK).hear(Scene.healthy(scene.proof(0))).decide();
    assertThat(passed.next().stage()).as("it is neither waited for nor counted").isEqualTo(1);
  }

  @Test
  void whatItReportsMovesItNoMoreAndItIsSaidOnce() {
    scene.decide();
    scene.after(TICK).hear(scene.proof(0), scene.proof(1)).decide();
    takeBack(1);
    scene.after(TICK).decide();
    var since = scene.now;
    Decision later = scene.after(TICK).hear(scene.underWay(1)).decide();
    assertThat(scene.member(1))
        .returns(Member.State.PINNED, Member::state)
        .returns(since, Member::since)
        .returns(scene.now, Member::lastSeen);
    assertThat(later.summary()).doesNotContain("something else");
  }

  @Test
  void thatItHadGoneBackAloneCountsOnceHoweverLateItIsHeardOf() {
    scene.decide();
    scene.after(TICK).hear(scene.proof(0), scene.proof(1)).decide();
    takeBack(1);
    scene.after(TICK).decide();
    scene.after(TICK).hear(scene.failed(1, Code.SUPERSEDED)).decide();
    assertThat(scene.member(1)).returns(0, Member::localRollbacks);
    assertThat(scene.member(1).failure()).as("the newer order did that").isEmpty();
    scene.after(TICK).hear(scene.wentBack(1, Code.GOLDEN)).decide();
    scene.after(TICK).hear(scene.wentBack(1, Code.GOLDEN)).decide();
    assertThat(scene.member(1))
        .returns(Member.State.PINNED, Member::state)
        .returns(1, Member::localRollbacks)
        .returns(Optional.of(Code.GOLDEN), Member::failure);
    assertThat(scene.member(1).firstBad()).isPresent();
  }

  @Test
  void whatSpokeAgainstTheReleaseBeforeStillCounts() {
    scene.decide();
    scene.after(TICK).hear(scene.wentBack(0, Code.GOLDEN), scene.proof(1)).decide();
    takeBack(0);
    Decision held = scene.after(TICK).hear(Scene.healthy(scene.proof(1))).decide();
    assertThat(scene.member(0).state()).isEqualTo(Member.State.PINNED);
    assertThat(Scene.verdict(held, "local-rollbacks").kind()).isEqualTo(Kind.HOLD);
    assertThat(held.next().stage()).isZero();
    Decision broken = scene.after(TICK).hear(scene.wentBack(1, Code.GOLDEN)).decide();
    assertThat(broken.next().abort()).as("2 of 2, one of them taken back since").isPresent();
  }

  @Test
  void letGoItIsToldToSwitchUnderANewNumber() {
    scene.decide();
    scene.after(TICK).hear(scene.proof(0), scene.proof(1)).decide();
    takeBack(1);
    assertThat(scene.after(TICK).decide().commands()).as("kept").isEmpty();
    scene.restraints = Restraints.NONE;
    Decision let = scene.after(TICK).decide();
    assertThat(let.commands()).containsExactly(new Command.Assign(scene.device(1), "r1/2"));
    assertThat(scene.member(1)).returns(Member.State.ORDERED, Member::state);
    scene.takenOver = Set.of();
    scene.after(TICK).hear(scene.proof(1)).decide();
    assertThat(scene.member(1).state()).isEqualTo(Member.State.CONFIRMED);
  }

  @Test
  void nobodyIsToldToSwitchWhileTheRolloutIsPaused() {
    scene.decide();
    scene.after(TICK).hear(scene.proof(0), scene.proof(1)).decide();
    takeBack(1);
    scene.act(new Action.Pause());
    scene.after(TICK).decide();
    assertThat(scene.member(1).state()).as("passed by all the same").isEqualTo(Member.State.PINNED);
    scene.restraints = Restraints.NONE;
    assertThat(scene.after(TICK).decide().commands()).isEmpty();
  }

  @Test
  void oneThatIsPinnedAtTheDeviceGetsNoSecondOrder() {
    scene.decide();
    scene.after(TICK).hear(scene.proof(0), scene.underWay(1).pinned("audit")).decide();
    assertThat(scene.member(1).state()).isEqualTo(Member.State.PINNED);
    assertThat(scene.after(TICK).decide().commands()).as("its order still stands").isEmpty();
  }

  @Test
  void oneThatWasNeverToldIsNotTakenOver() {
    scene.restraints = pinning(1);
    scene.takenOver = Set.of(scene.device(1));
    scene.decide();
    Decision later = scene.after(TICK).decide();
    assertThat(later.summary()).doesNotContain("something else");
    assertThat(scene.member(1).touched()).isFalse();
    scene.restraints = Restraints.NONE;
    assertThat(scene.after(TICK).decide().commands())
        .containsExactly(new Command.Assign(scene.device(1), "r1/1"));
  }
}
