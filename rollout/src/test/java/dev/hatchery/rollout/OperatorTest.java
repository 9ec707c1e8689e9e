package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.rollout.Member.State;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an operator may do, and when not. */
final class OperatorTest {
  private static final Duration TICK = Duration.ofSeconds(2);

  private static Scene begun() {
    Scene scene = Scene.usual();
    scene.decide();
    scene.after(TICK);
    return scene;
  }

  private static void assertRefused(Scene scene, Action action, String... about) {
    Rollout before = scene.rollout;
    assertThatThrownBy(() -> scene.act(action))
        .isInstanceOfSatisfying(
            Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.ILLEGAL_STATE))
        .hasMessageContainingAll(about);
    assertThat(scene.rollout).isEqualTo(before);
  }

  @Test
  void promoteEndsTheStageWhateverItsSoak() {
    Scene scene = begun();
    Decision decision = scene.act(new Action.Promote());
    assertThat(decision.next().stage()).isEqualTo(1);
    assertThat(decision.notable()).isTrue();
    assertThat(decision.summary()).startsWith("promoted by hand; stage canary passes: 0 of 2");
    // The next stage's pasts come with the next evidence, so its orders do as well.
    assertThat(decision.commands()).isEmpty();
    assertThat(scene.decide().commands())
        .containsExactly(new Command.Assign(scene.device(2), "r1/1"));
  }

  // Five of six are enough to report, so the sixth might be passed over.
  @Test
  void theStageThatFollowsIsOrderedBeforeItCanPass() {
    var stages =
        List.of(
            Specs.stage("most", new RolloutSpec.Count(5)),
            Specs.stage("all", new RolloutSpec.Percent(100)));
    Scene scene = new Scene(Specs.plan(Specs.spec(stages, Specs.TIMING, Specs.ERRORS_LIMIT), 6));
    scene.decide();
    scene.after(TICK).hear(Scene.healthy(scene.proof(0))).decide();
    scene.act(new Action.Promote());
    Decision decision = scene.after(TICK).soaked(5);
    assertThat(decision.next().phase()).isEqualTo(Phase.RUNNING);
    assertThat(decision.commands()).containsExactly(new Command.Assign(scene.device(5), "r1/1"));
  }

  @Test
  void promoteOfTheLastStageMovesTheHead() {
    Scene scene = Scene.all(2, Specs.TIMING, Specs.ERRORS_LIMIT);
    scene.decide();
    Decision decision = scene.act(new Action.Promote());
    assertThat(decision.commands()).containsExactly(new Command.MoveHead());
    assertThat(decision.next().phase()).isEqualTo(Phase.COMPLETED);
  }

  @Test
  void promoteGoesOverAHold() {
    Scene scene = begun();
    scene.hear(scene.wentBack(0, Code.GOLDEN)).decide();
    assertThat(scene.act(new Action.Promote()).next().stage()).isEqualTo(1);
  }

  @Test
  void promoteDoesNotGoOverAFail() {
    Scene scene = begun();
    scene.after(Specs.TIMING.silence());
    assertRefused(scene, new Action.Promote(), "no gate that fails", "silence");
  }

  @Test
  void aStageThatHasNotBeenOrderedIsNotPromoted() {
    assertRefused(Scene.usual(), new Action.Promote(), "waits to be ordered");
  }

  @Test
  void aPausedRolloutCountsEvidenceAndPromotesNothing() {
    Scene scene = begun();
    scene.act(new Action.Pause());
    Decision decision = scene.soaked(2);
    assertThat(decision.next().phase()).isEqualTo(Phase.PAUSED);
    assertThat(decision.next().stage()).isZero();
    assertThat(decision.commands()).isEmpty();
    assertThat(scene.member(0).observed()).isEqualTo(Specs.SOAK);
    assertThat(decision.summary()).isEqualTo("stage canary is paused");
    scene.act(new Action.Resume());
    assertThat(scene.decide().next().stage()).isEqualTo(1);
  }

  @Test
  void aPausedRolloutStillAborts() {
    Scene scene = begun();
    scene.act(new Action.Pause());
    scene.hear(scene.proof(0).window(TICK, 100, 60, 0.01));
    assertThat(scene.decide().next().phase()).isEqualTo(Phase.ROLLING_BACK);
  }

  @Test
  void aPausedRolloutOrdersNobody() {
    Scene scene = Scene.usual();
    scene.act(new Action.Pause());
    assertThat(scene.decide().commands()).isEmpty();
    scene.act(new Action.Resume());
    assertThat(scene.decide().commands()).hasSize(2);
  }

  @Test
  void aPausedRolloutGivesNoFreshTrialOfItself() {
    Scene scene = begun();
    scene.hear(scene.wentBack(0, Code.GOLDEN)).decide();
    scene.act(new Action.Pause());
    scene.after(Specs.TIMING.retryAfter()).hear(scene.underWay(1));
    assertThat(scene.decide().commands()).isEmpty();
  }

  @Test
  void aPauseDoesNotCountAgainstTheDeadline() {
    Scene scene = begun();
    scene.act(new Action.Pause());
    scene.after(Specs.TIMING.maxWindow().multipliedBy(2));
    assertThat(scene.hear(scene.proof(0), scene.proof(1)).decide().next().phase())
        .isEqualTo(Phase.PAUSED);
    scene.act(new Action.Resume());
    assertThat(scene.decide().next().phase()).isEqualTo(Phase.RUNNING);
    scene.after(Specs.TIMING.maxWindow()).hear(scene.proof(0), scene.proof(1));
    assertThat(scene.decide().next().abort().orElseThrow().gate()).isEqualTo("deadline");
  }

  @Test
  void abortByHandSaysWhy() {
    Scene scene = begun();
    Decision decision = scene.act(new Action.Abort("the customer called"));
    assertThat(decision.next().phase()).isEqualTo(Phase.ROLLING_BACK);
    assertThat(decision.next().abort().orElseThrow().gate()).isEqualTo("operator");
    assertThat(decision.next().abort().orElseThrow().reason()).isEqualTo("the customer called");
    assertThat(decision.commands()).hasSize(2);
  }

  @Test
  void abortBeforeAnyOrderIsOverAtOnce() {
    Scene scene = Scene.usual();
    Decision decision = scene.act(new Action.Abort("wrong release"));
    assertThat(decision.next().phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(decision.next().finishedAt()).contains(scene.now);
  }

  @Test
  void retryGivesAFreshTrialAtOnce() {
    Scene scene = begun();
    scene.hear(scene.wentBack(0, Code.GOLDEN)).decide();
    Decision decision = scene.act(new Action.Retry());
    assertThat(decision.commands()).containsExactly(new Command.Assign(scene.device(0), "r1/2"));
    assertThat(scene.member(0).state()).isEqualTo(State.ORDERED);
    assertThat(decision.next().heldSince()).isPresent();
  }

  @Test
  void whatCannotBeDoneNowIsRefusedWithWhatCan() {
    Scene running = begun();
    assertRefused(running, new Action.Resume(), "resume", "[promote, pause, abort]", "RUNNING");
    assertRefused(running, new Action.Retry(), "retry");
    running.act(new Action.Pause());
    assertRefused(running, new Action.Pause(), "[resume, abort]", "PAUSED");
    assertRefused(running, new Action.Promote(), "[resume, abort]");
    running.act(new Action.Abort("enough"));
    for (Action action :
        new Action[] {
          new Action.Abort("again"), new Action.Promote(), new Action.Pause(), new Action.Resume()
        }) {
      assertRefused(running, action, "nothing", "ROLLING_BACK");
    }
  }
}
