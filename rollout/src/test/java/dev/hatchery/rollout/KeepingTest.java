package dev.hatchery.rollout;

import static dev.hatchery.rollout.Scene.verdict;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Code;
import dev.hatchery.core.Control;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.RolloutSpec.Count;
import dev.hatchery.core.RolloutSpec.Percent;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A control that is kept after all others have passed. */
final class KeepingTest {
  private static final Duration TICK = Duration.ofSeconds(2);
  private static final Duration KEEP = Duration.ofDays(2);

  private static RolloutSpec spec(Optional<Duration> keep, RolloutSpec.Size most) {
    var stages =
        List.of(
            Specs.stage("canary", new Count(3)),
            Specs.stage("most", most),
            Specs.stage("kept", new Percent(100)));
    Control control =
        new Control(new Count(3), List.of(), Control.DEFAULT_MARGINS, Control.DEFAULT_ALPHA, keep);
    return Specs.compared(Specs.spec(stages, Specs.TIMING, Specs.ERRORS_LIMIT), control);
  }

  private static Scene scene() {
    return new Scene(Specs.plan(spec(Optional.of(KEEP), new Percent(100)), 10));
  }

  // Promoted by hand: what a comparison shows is ComparingTest's.
  private static Scene atTheLastStage() {
    Scene scene = scene();
    scene.decide();
    scene.after(TICK).soaked(3);
    scene.act(new Action.Promote());
    scene.after(TICK).decide();
    assertThat(scene.rollout.members()).hasSize(7);
    scene.after(TICK).soaked(7);
    scene.act(new Action.Promote());
    assertThat(scene.rollout.stage()).isEqualTo(2);
    return scene;
  }

  @Test
  void theLastStageIsOrderedThatMuchLaterAndItsGatesWatchItMeanwhile() {
    Scene scene = atTheLastStage();
    Instant began = scene.now;
    Decision kept = scene.after(TICK).soaked(7);
    assertThat(kept.commands()).isEmpty();
    assertThat(verdict(kept, "control-kept"))
        .returns(Kind.HOLD, Verdict::kind)
        .returns("3 devices held back to compare with until " + began.plus(KEEP), Verdict::reason);
    scene.now = began.plus(KEEP).minusMillis(1);
    assertThat(scene.soaked(7).commands()).as("its deadline has not run meanwhile").isEmpty();
    scene.now = began.plus(KEEP);
    Decision ordered = scene.soaked(7);
    assertThat(ordered.commands()).hasSize(3).allMatch(c -> c instanceof Command.Assign);
    assertThat(scene.rollout.members().keySet()).containsAll(scene.rollout.cohorts().control());
    scene.after(TICK).soaked(10);
    scene.after(TICK).soaked(10);
    assertThat(scene.rollout.phase()).isEqualTo(Phase.COMPLETED);
  }

  @Test
  void theComparisonGoesOnWhileItIsKept() {
    Scene scene = atTheLastStage();
    Decision kept = scene.after(TICK).soaked(7);
    assertThat(verdict(kept, "control").reason()).startsWith("compared with 3 devices held back");
    assertThat(scene.rollout.comparison().since()).contains(scene.now);
    assertThat(Engine.soFar(scene.rollout))
        .singleElement()
        .returns(false, Comparison.Finding::within)
        .extracting(Comparison.Finding::reason)
        .asString()
        .startsWith("0 of 7 devices of the stage have answered");
    scene.now = scene.now.plus(KEEP);
    Decision ordered = scene.soaked(7);
    assertThat(ordered.verdicts()).extracting(Verdict::gate).doesNotContain("control-kept");
    Decision after = scene.after(TICK).soaked(10);
    assertThat(after.verdicts()).extracting(Verdict::gate).noneMatch(g -> g.startsWith("control"));
    assertThat(Engine.soFar(scene.rollout)).isEmpty();
  }

  @Test
  void whatShowsItselfMeanwhileStillTakesAllBack() {
    Scene scene = atTheLastStage();
    scene.after(TICK).soaked(7);
    scene.after(TICK).hear(scene.wentBack(0, Code.GOLDEN), scene.wentBack(1, Code.GOLDEN)).decide();
    assertThat(scene.rollout.phase()).isEqualTo(Phase.ROLLING_BACK);
    assertThat(scene.rollout.touched()).hasSize(7);
  }

  @Test
  void withoutKeepTheLastStageTakesThemAtOnce() {
    Scene scene = new Scene(Specs.plan(spec(Optional.empty(), new Percent(100)), 10));
    scene.decide();
    scene.after(TICK).soaked(3);
    scene.act(new Action.Promote());
    scene.after(TICK).decide();
    scene.after(TICK).soaked(7);
    scene.act(new Action.Promote());
    assertThat(scene.after(TICK).decide().commands()).hasSize(3);
  }

  @Test
  void onlyTheControlCanBeKept() {
    assertThatThrownBy(() -> Specs.plan(spec(Optional.of(KEEP), new Count(6)), 10))
        .isInstanceOfSatisfying(
            Refusal.class,
            r -> {
              assertThat(r.code()).isEqualTo(Code.BAD_SPEC);
              assertThat(r.problem().expected()).contains("all 7 devices but the control");
            });
    assertThat(Specs.plan(spec(Optional.of(KEEP), new Count(7)), 10).cohorts().sizes())
        .containsExactly(3, 7, 10);
    assertThat(Specs.plan(spec(Optional.empty(), new Count(6)), 10).fleet()).hasSize(10);
  }
}
