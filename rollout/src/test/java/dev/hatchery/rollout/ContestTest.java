package dev.hatchery.rollout;

import static dev.hatchery.rollout.Scene.verdict;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Experiment;
import dev.hatchery.core.Experiment.Then;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec.Count;
import dev.hatchery.core.RolloutSpec.Percent;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Two releases on matched devices for a set time. */
final class ContestTest {
  private static Compared of(double effect, Then then) {
    return Compared.of(new Random(5), 12, 12, effect, 0.05).experiment(then);
  }

  private static String reason(Compared c) {
    return c.scene.rollout.abort().orElseThrow().reason();
  }

  @Test
  void itRunsItsWholeTimeAndThenGoesBackWithAVerdictForEachMetric() {
    Compared c = of(0.8, Then.BACK);
    Decision running = c.minutes(120);
    assertThat(c.scene.rollout.phase()).isEqualTo(Phase.RUNNING);
    assertThat(verdict(running, "control").kind()).isEqualTo(Kind.NO_DATA);
    assertThat(verdict(running, "control").reason()).endsWith("next look in 1m");
    Decision over = c.minute();
    assertThat(c.scene.rollout.phase()).isEqualTo(Phase.ROLLING_BACK);
    assertThat(c.scene.rollout.abort().orElseThrow().gate()).isEqualTo("experiment");
    assertThat(reason(c))
        .startsWith("the experiment is over: latency-p95 is better: 0.")
        .contains("with 95% confidence), 12 devices against 12; errors, no difference shown");
    assertThat(over.commands()).hasSize(12).allMatch(x -> x instanceof Command.RollBack);
  }

  @Test
  void aWinnerIsPromotedWhereThatIsAskedForAndWhatIsNoBetterIsNot() {
    Compared won = of(0.8, Then.PROMOTE);
    won.minutes(121);
    assertThat(won.scene.rollout.stage()).isEqualTo(1);
    assertThat(won.scene.rollout.abort()).isEmpty();
    Compared even = of(1, Then.PROMOTE);
    even.minutes(121);
    assertThat(even.scene.rollout.phase()).isEqualTo(Phase.ROLLING_BACK);
    assertThat(reason(even)).contains("latency-p95, no difference shown");
    Compared slower = of(1.3, Then.PROMOTE);
    slower.minutes(121);
    assertThat(reason(slower)).contains("latency-p95 is worse: 1.");
  }

  @Test
  void whatIsBetterInOneWayAndWorseInAnotherDoesNotWin() {
    Compared c = of(0.8, Then.PROMOTE).errors(0, 0.05);
    c.minutes(121);
    assertThat(reason(c)).contains("latency-p95 is better").contains("errors is worse");
  }

  @Test
  void itsGatesTakeItBackBeforeItsTimeIsOver() {
    Compared c = of(1, Then.PROMOTE).errors(0, 0.9);
    c.minutes(20);
    assertThat(c.scene.rollout.abort().orElseThrow().gate()).isEqualTo("errors:limit");
  }

  @Test
  void withTooLittleDataItWaitsAndFailsAtTheDeadlineThatComesOnTop() {
    Compared c = of(1, Then.BACK).withSilentControls(6);
    Decision lacking = c.minutes(130);
    assertThat(verdict(lacking, "control").kind()).isEqualTo(Kind.HOLD);
    c.minutes(8 * 60 - 130 - 2);
    assertThat(c.scene.rollout.phase()).isEqualTo(Phase.RUNNING);
    c.minutes(4);
    assertThat(c.scene.rollout.abort().orElseThrow().gate()).isEqualTo("deadline");
  }

  @Test
  void whatCannotBeAnExperimentIsRefused() {
    var two = new Experiment(Duration.ofHours(2), Then.BACK);
    var stages = List.of(Specs.stage("b", new Count(2)), Specs.stage("all", new Percent(100)));
    var plain = Specs.spec(stages, Specs.TIMING, Specs.ERRORS_LIMIT);
    assertThatThrownBy(() -> Specs.tried(plain, two)).hasMessageContaining("a control");
    var small = Specs.tried(Specs.compared(plain, Specs.control(4)), two);
    assertThatThrownBy(() -> Specs.plan(small, 20))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("the first stage");
    var spec = Compared.planned(6, 6).spec();
    assertThatThrownBy(() -> Specs.firstRelease(Specs.tried(spec, two), 40))
        .hasMessageContaining("its first release");
    assertThatThrownBy(() -> new Experiment(Duration.ZERO, Then.BACK)).isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> new Experiment(Duration.ofDays(91), Then.BACK))
        .isInstanceOf(Refusal.class);
  }
}
