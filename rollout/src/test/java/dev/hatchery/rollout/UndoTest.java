package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Taking back what a rollout has come to. */
final class UndoTest {
  private static final Duration TICK = Duration.ofSeconds(2);
  private static final Action UNDO = new Action.Undo("operator:ann", "we were wrong");

  private static void assertRefused(Scene scene, String... about) {
    Rollout before = scene.rollout;
    assertThatThrownBy(() -> scene.act(UNDO))
        .isInstanceOfSatisfying(
            Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.ILLEGAL_STATE))
        .hasMessageContainingAll(about);
    assertThat(scene.rollout).isEqualTo(before);
  }

  /** Two canaries, of which the first proved the release; both are back. */
  private static Scene rolledBack() {
    Scene scene = Scene.usual();
    scene.decide();
    scene.after(TICK).hear(scene.proof(0)).decide();
    scene.act(new Action.Abort("a hunch"));
    scene.after(TICK).hear(scene.home(0), scene.home(1)).decide();
    assertThat(scene.rollout.phase()).isEqualTo(Phase.ROLLED_BACK);
    return scene;
  }

  private static Scene completed() {
    Scene scene = Scene.all(2, Specs.TIMING, Specs.ERRORS_LIMIT);
    scene.decide();
    scene.act(new Action.Promote());
    return scene;
  }

  @Test
  void anUndoneRollbackOrdersTheReleaseToThoseThatHadItConfirmed() {
    Scene scene = rolledBack();
    Decision undone = scene.act(UNDO);
    assertThat(undone.commands()).containsExactly(new Command.Assign(scene.device(0), "r1/3"));
    assertThat(undone.summary())
        .isEqualTo(
            "the rollback is undone by operator:ann: we were wrong; 1 device told to run"
                + " inspection@1.1.0 again");
    assertThat(undone.next().undone().orElseThrow().by()).isEqualTo("operator:ann");
    assertThat(undone.next().phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(undone.notable()).isTrue();
  }

  @Test
  void aFreezeKeepsAnUndoFromOrderingTheReleaseAgain() {
    Scene scene = rolledBack();
    Rollout before = scene.rollout;
    var frozen =
        new Restraints(Optional.of("a freeze: holidays"), Map.of(), Map.of(), Interlock.NONE);
    assertThatThrownBy(() -> scene.act(new Action.Undo("operator:ann", "we were wrong", frozen)))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("holidays");
    assertThat(scene.rollout).isEqualTo(before);
  }

  @Test
  void anUndoIsUndoneByAnother() {
    Scene scene = rolledBack();
    scene.act(UNDO);
    Decision again = scene.act(UNDO);
    assertThat(again.commands()).containsExactly(new Command.RollBack(scene.device(0), "r1/back4"));
    assertThat(again.next().undone()).isEmpty();
  }

  @Test
  void theRecordOfTheRolloutStaysAsItEnded() {
    Scene scene = rolledBack();
    Rollout before = scene.rollout;
    Rollout after = scene.act(UNDO).next();
    assertThat(after.abort()).isEqualTo(before.abort());
    assertThat(after.finishedAt()).isEqualTo(before.finishedAt());
    assertThat(scene.member(0).state()).isEqualTo(Member.State.ROLLED_BACK);
    assertThat(scene.member(1)).isEqualTo(before.members().get(scene.device(1)));
  }

  @Test
  void anUndoneCompletionTakesTheHeadBackAndAnotherMovesIt() {
    Scene scene = completed();
    Decision undone = scene.act(UNDO);
    assertThat(undone.commands()).containsExactly(new Command.TakeHeadBack());
    assertThat(undone.summary()).contains("goes back to inspection@1.0.0");
    Decision again = scene.act(UNDO);
    assertThat(again.commands()).containsExactly(new Command.MoveHead());
    assertThat(again.next().undone()).isEmpty();
  }

  @Test
  void whatIsNotOverIsNotUndone() {
    Scene scene = Scene.usual();
    scene.decide();
    assertRefused(scene, "a rollout that is over", "RUNNING", "abort it");
    scene.act(new Action.Abort("enough"));
    assertRefused(scene, "ROLLING_BACK", "wait");
  }

  @Test
  void whereNobodyHadItThereIsNothingToGiveBack() {
    Scene scene = Scene.usual();
    scene.act(new Action.Abort("early"));
    assertRefused(scene, "a device that had it confirmed");
  }

  @Test
  void aChannelsFirstReleaseHasNothingToGoBackTo() {
    var spec = Specs.spec(Specs.stages(), Specs.TIMING, Specs.ERRORS_LIMIT);
    Scene scene = new Scene(Specs.firstRelease(spec, 2));
    scene.decide();
    scene.act(new Action.Promote());
    scene.act(new Action.Promote());
    scene.act(new Action.Promote());
    assertThat(scene.rollout.phase()).isEqualTo(Phase.COMPLETED);
    assertRefused(scene, "a release before");
  }
}
