package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Devices that are held, and times in which nobody is ordered anything. */
final class RestraintsTest {
  private static final Duration TICK = Duration.ofSeconds(2);
  private static final Restraints FROZEN =
      new Restraints(Optional.of("frozen until Monday"), Map.of());

  private final Scene scene = Scene.usual();

  private Restraints holding(int n) {
    return new Restraints(Optional.empty(), Map.of(scene.device(n), "is held: repairs"));
  }

  @Test
  void aFreezeOrdersNobodyUntilItIsOver() {
    scene.restraints = FROZEN;
    Decision held = scene.decide();
    assertThat(held.commands()).isEmpty();
    assertThat(Scene.verdict(held, "freeze").kind()).isEqualTo(Kind.HOLD);
    assertThat(Scene.verdict(held, "freeze").reason()).isEqualTo("frozen until Monday");
    scene.after(Specs.TIMING.maxWindow().multipliedBy(2));
    assertThat(scene.decide().next().phase()).isEqualTo(Phase.RUNNING);
    scene.restraints = Restraints.NONE;
    assertThat(scene.after(TICK).decide().commands()).hasSize(2);
  }

  @Test
  void aStageThatIsOrderedSoaksThroughAFreeze() {
    scene.decide();
    scene.restraints = FROZEN;
    Decision passed = scene.after(TICK).soaked(2);
    assertThat(passed.next().stage()).isEqualTo(1);
    assertThat(passed.commands()).isEmpty();
    assertThat(Scene.verdict(passed, "freeze").kind()).isEqualTo(Kind.HOLD);
  }

  @Test
  void aFreezeNeverKeepsADeviceFromGoingBack() {
    scene.decide();
    scene.restraints = FROZEN;
    scene.after(TICK).hear(scene.proof(0).window(TICK, 200, 150, 0.01));
    Decision back = scene.decide();
    assertThat(back.commands()).hasSize(2).allMatch(Command.RollBack.class::isInstance);
  }

  @Test
  void aHeldDeviceIsNotOrderedAndItsStageWaitsForIt() {
    scene.restraints = holding(1);
    Decision held = scene.decide();
    assertThat(held.commands()).containsExactly(new Command.Assign(scene.device(0), "r1/1"));
    assertThat(Scene.verdict(held, "held").reason())
        .isEqualTo(scene.device(1) + " is held: repairs");
    scene.after(TICK).hear(Scene.healthy(scene.proof(0)));
    assertThat(scene.decide().next().stage()).isZero();
    scene.after(Specs.TIMING.maxWindow()).hear(scene.proof(0));
    assertThat(scene.decide().next().phase()).isEqualTo(Phase.RUNNING);
    scene.restraints = Restraints.NONE;
    scene.after(TICK).hear(scene.proof(0));
    assertThat(scene.decide().commands())
        .containsExactly(new Command.Assign(scene.device(1), "r1/1"));
    scene.after(TICK).hear(scene.proof(0), Scene.healthy(scene.proof(1)));
    assertThat(scene.decide().next().stage()).isEqualTo(1);
  }

  @Test
  void aDeviceOfALaterStageHoldsNothingYet() {
    scene.restraints = holding(5);
    assertThat(scene.decide().commands()).hasSize(2);
    assertThat(scene.after(TICK).soaked(2).next().stage()).isEqualTo(1);
  }

  @Test
  void aHeldDeviceGetsNoFreshTrialOfItself() {
    scene.decide();
    scene.hear(scene.wentBack(0, Code.GOLDEN), scene.proof(1)).decide();
    scene.restraints = holding(0);
    scene.after(Specs.TIMING.retryAfter()).hear(scene.proof(1));
    assertThat(scene.decide().commands()).isEmpty();
    scene.restraints = Restraints.NONE;
    assertThat(scene.decide().commands())
        .containsExactly(new Command.Assign(scene.device(0), "r1/2"));
  }

  @Test
  void aRetryOrdersNobodyInAFreezeAndNobodyWhoIsHeld() {
    scene.decide();
    scene.hear(scene.failed(0, Code.NO_SPACE), scene.failed(1, Code.NO_SPACE)).decide();
    assertThatThrownBy(() -> scene.act(new Action.Retry(FROZEN)))
        .isInstanceOfSatisfying(
            Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.ILLEGAL_STATE))
        .hasMessageContaining("frozen until Monday");
    Decision some = scene.act(new Action.Retry(holding(0)));
    assertThat(some.commands()).containsExactly(new Command.Assign(scene.device(1), "r1/2"));
    assertThat(some.summary())
        .endsWith("not tried again: " + scene.device(0) + " is held: repairs");
    assertThatThrownBy(() -> scene.act(new Action.Retry(holding(0))))
        .hasMessageContaining(scene.device(0) + " is held: repairs");
  }

  @Test
  void anUndoThatGoesForwardOrdersNobodyInAFreezeAndNobodyWhoIsHeld() {
    scene.decide();
    scene.hear(scene.proof(0), scene.proof(1)).decide();
    scene.act(new Action.Abort("a hunch"));
    scene.after(TICK).hear(scene.home(0), scene.home(1)).decide();
    assertThatThrownBy(() -> scene.act(new Action.Undo("ann", "", FROZEN)))
        .hasMessageContaining("frozen until Monday");
    Restraints both =
        new Restraints(
            Optional.empty(),
            Map.of(scene.device(0), "is held"),
            Map.of(scene.device(1), "is pinned"),
            Interlock.NONE);
    assertThatThrownBy(() -> scene.act(new Action.Undo("ann", "", both)))
        .hasMessageContainingAll(scene.device(0) + " is held", scene.device(1) + " is pinned");
    Decision undone = scene.act(new Action.Undo("ann", "", holding(0)));
    assertThat(undone.commands()).containsExactly(new Command.Assign(scene.device(1), "r1/3"));
    assertThat(undone.summary()).endsWith("left out: " + scene.device(0) + " is held: repairs");
    // The way back again nothing keeps it from.
    assertThat(scene.act(new Action.Undo("ann", "", FROZEN)).commands())
        .hasSize(2)
        .allMatch(Command.RollBack.class::isInstance);
  }

  @Test
  void aChannelIsNotMovedForwardInAFreezeButIsTakenBack() {
    Scene done = Scene.all(2, Specs.TIMING, Specs.ERRORS_LIMIT);
    done.decide();
    done.act(new Action.Promote());
    assertThat(done.act(new Action.Undo("ann", "", FROZEN)).commands())
        .containsExactly(new Command.TakeHeadBack());
    assertThatThrownBy(() -> done.act(new Action.Undo("ann", "", FROZEN)))
        .hasMessageContaining("frozen until Monday");
    assertThat(done.act(new Action.Undo("ann", "", holding(0))).commands())
        .containsExactly(new Command.MoveHead());
  }
}
