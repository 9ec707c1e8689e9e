package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
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
}
