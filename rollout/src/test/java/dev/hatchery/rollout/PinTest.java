package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Devices that somebody keeps on what they have: no stage waits for them. */
final class PinTest {
  private static final Duration TICK = Duration.ofSeconds(2);

  private final Scene scene = Scene.usual();

  private Restraints pinning(int n) {
    return new Restraints(
        Optional.empty(),
        Map.of(),
        Map.of(scene.device(n), "is pinned at the device: audit"),
        Interlock.NONE);
  }

  @Test
  void aStageGoesOnWithoutADeviceThatIsPinned() {
    scene.restraints = pinning(1);
    Decision begun = scene.decide();
    assertThat(begun.commands()).containsExactly(new Command.Assign(scene.device(0), "r1/1"));
    assertThat(begun.summary())
        .contains("stage canary goes on without 1 device that is pinned: " + scene.device(1));
    assertThat(scene.member(1).state()).isEqualTo(Member.State.PINNED);
    assertThat(scene.member(1).touched()).isFalse();
    assertThat(scene.rollout.touched()).extracting(Member::device).containsExactly(scene.device(0));
    Decision passed = scene.after(TICK).hear(Scene.healthy(scene.proof(0))).decide();
    assertThat(passed.next().stage()).isEqualTo(1);
    assertThat(Scene.verdict(passed, "reporting").reason()).startsWith("1 of 1 device");
    assertThat(Scene.verdict(passed, "pinned"))
        .returns(Kind.NOT_APPLICABLE, Verdict::kind)
        .returns(scene.device(1) + " is pinned at the device: audit", Verdict::reason);
  }

  @Test
  void aPinnedDeviceIsNeitherSilentNorFailed() {
    scene.restraints = pinning(1);
    scene.decide();
    scene.after(Specs.TIMING.silence().multipliedBy(3)).hear(scene.proof(0));
    Decision later = scene.decide();
    assertThat(Scene.verdict(later, "silence").kind()).isEqualTo(Kind.PASS);
    assertThat(later.next().phase()).isEqualTo(Phase.RUNNING);
  }

  @Test
  void aStageWhoseDevicesAreAllPinnedDoesNotPass() {
    scene.restraints =
        new Restraints(
            Optional.empty(),
            Map.of(),
            Map.of(scene.device(0), "is pinned", scene.device(1), "is pinned"),
            Interlock.NONE);
    assertThat(scene.decide().commands()).isEmpty();
    Decision later = scene.after(TICK).decide();
    assertThat(later.next().stage()).isZero();
    assertThat(Scene.verdict(later, "reporting").kind()).isEqualTo(Kind.NO_DATA);
    scene.after(Specs.TIMING.maxWindow());
    Decision late = scene.decide();
    assertThat(late.next().phase()).as("nobody was told to switch").isEqualTo(Phase.ROLLED_BACK);
    assertThat(late.commands()).isEmpty();
  }

  @Test
  void onceItIsLetGoItIsToldToSwitch() {
    scene.restraints = pinning(1);
    scene.decide();
    scene.after(TICK).hear(Scene.healthy(scene.proof(0))).decide();
    assertThat(Engine.awaiting(scene.rollout)).as("its past is wanted").contains(scene.device(1));
    scene.restraints = Restraints.NONE;
    Decision let = scene.after(TICK).decide();
    assertThat(let.commands()).contains(new Command.Assign(scene.device(1), "r1/1"));
    assertThat(scene.member(1))
        .returns(Member.State.ORDERED, Member::state)
        .returns(1, Member::attempt)
        .returns(Specs.enough(), Member::baseline);
    assertThat(scene.member(1).bars()).isNotEmpty();
  }

  @Test
  void whatItShowedOfTheReleaseBeforeItWasPinnedCountsHoweverLateItIsTold() {
    scene.decide();
    scene.after(TICK).hear(scene.proof(0), scene.underWay(1).pinned("audit")).decide();
    assertThat(scene.member(1).state()).isEqualTo(Member.State.PINNED);
    assertThat(scene.member(1).requests()).isZero();
    scene.after(TICK).hear(scene.underWay(1).pinned("audit").window(TICK, 40, 30, 0.01)).decide();
    assertThat(scene.member(1).requests()).isEqualTo(40);
    assertThat(scene.member(1).errors()).isEqualTo(30);
  }

  @Test
  void anAbortTellsItNothingAndDoesNotWaitForIt() {
    scene.restraints = pinning(1);
    scene.decide();
    Decision aborted = scene.act(new Action.Abort("enough"));
    assertThat(aborted.commands())
        .containsExactly(new Command.RollBack(scene.device(0), "r1/back2"));
    scene.after(TICK).hear(scene.home(0)).decide();
    assertThat(scene.rollout.phase()).isEqualTo(Phase.ROLLED_BACK);
  }

  @Test
  void oneThatIsPinnedAtTheDeviceAfterItWasToldIsPassedByToo() {
    scene.decide();
    scene.after(TICK).hear(scene.proof(0), scene.underWay(1).pinned("audit")).decide();
    assertThat(scene.member(1).state()).isEqualTo(Member.State.PINNED);
    Decision passed = scene.after(TICK).hear(Scene.healthy(scene.proof(0))).decide();
    assertThat(passed.next().stage()).isEqualTo(1);
    scene.hear(scene.underWay(1)).decide();
    assertThat(scene.member(1).state()).as("let go").isEqualTo(Member.State.ORDERED);
    assertThat(scene.member(1).attempt()).isEqualTo(1);
    scene.hear(scene.underWay(1).pinned("audit")).decide();
    assertThat(scene.act(new Action.Abort("enough")).commands())
        .contains(new Command.RollBack(scene.device(1), "r1/back2"));
  }

  @Test
  void oneThatIsPinnedOnTheTargetIsJudgedLikeAnyOther() {
    scene.decide();
    scene.after(TICK).hear(scene.proof(0), scene.proof(1).pinned("audit")).decide();
    assertThat(scene.member(1).state()).isEqualTo(Member.State.CONFIRMED);
  }

  @Test
  void whatSpokeAgainstTheReleaseBeforeThePinStillCounts() {
    scene.decide();
    scene.hear(scene.wentBack(0, Code.GOLDEN), scene.proof(1)).decide();
    scene.after(Specs.TIMING.retryAfter()).hear(scene.proof(1)).decide();
    assertThat(scene.command(0)).isEqualTo("r1/2");
    scene.after(TICK).hear(scene.underWay(0).pinned("audit"), Scene.healthy(scene.proof(1)));
    Decision held = scene.decide();
    assertThat(scene.member(0).state()).isEqualTo(Member.State.PINNED);
    assertThat(Scene.verdict(held, "local-rollbacks").kind()).isEqualTo(Kind.HOLD);
    assertThat(held.next().stage()).isZero();
  }

  @Test
  void aFailedDeviceThatIsPinnedGetsNoFreshTrial() {
    scene.decide();
    scene.hear(scene.failed(0, Code.NO_SPACE), scene.proof(1)).decide();
    scene.restraints = pinning(0);
    scene.after(Specs.TIMING.retryAfter()).hear(scene.proof(1));
    assertThat(scene.decide().commands()).isEmpty();
  }
}
