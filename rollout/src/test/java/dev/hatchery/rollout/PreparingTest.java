package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The first stage waits for the patches its devices need, within bounds; nothing else does. */
final class PreparingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final Scene scene = Scene.usual();

  private Decision with(int done, int of) {
    scene.preparing = new Preparing(done, of, Specs.T0.plus(PATIENCE));
    return scene.decide();
  }

  @Test
  void theFirstStageHoldsUntilEveryPatchIsMade() {
    Decision held = with(2, 3);
    assertThat(held.commands()).isEmpty();
    assertThat(Scene.verdict(held, "deltas").kind()).isEqualTo(Kind.HOLD);
    assertThat(held.summary()).contains("deltas are being made: 2 of 3").contains("in 40s");
    assertThat(scene.rollout.heldSince()).contains(Specs.T0);
    assertThat(scene.rollout.members()).isEmpty();
    Decision begun = with(3, 3);
    assertThat(begun.commands()).hasSize(2).allMatch(Command.Assign.class::isInstance);
    assertThat(begun.verdicts()).extracting(Verdict::gate).doesNotContain("deltas");
    assertThat(scene.rollout.heldSince()).isEmpty();
  }

  @Test
  void afterItsTimeTheStageBeginsWithoutTheRest() {
    scene.after(PATIENCE.minusMillis(1));
    assertThat(with(0, 1).commands()).isEmpty();
    scene.after(Duration.ofMillis(1));
    assertThat(with(0, 1).commands()).hasSize(2);
  }

  @Test
  void aStageThatHasBegunWaitsForNothing() {
    with(1, 1);
    scene.after(Duration.ofSeconds(10)).soaked(2);
    assertThat(scene.rollout.stage()).isEqualTo(1);
    assertThat(scene.rollout.members()).hasSize(3);
    scene.preparing = new Preparing(0, 9, scene.now.plus(PATIENCE));
    scene.after(Duration.ofSeconds(10)).soaked(3);
    assertThat(scene.rollout.members()).hasSize(6);
  }

  @Test
  void theWayBackWaitsForNothing() {
    with(1, 1);
    scene.preparing = new Preparing(0, 9, scene.now.plus(PATIENCE));
    Decision back = scene.act(new Action.Abort("test"));
    assertThat(back.commands()).hasSize(2).allMatch(Command.RollBack.class::isInstance);
  }

  @Test
  void anAbortDuringTheWaitTouchesNobody() {
    with(0, 1);
    assertThat(scene.act(new Action.Abort("test")).commands()).isEmpty();
    assertThat(scene.rollout.phase()).isEqualTo(Phase.ROLLED_BACK);
  }
}
