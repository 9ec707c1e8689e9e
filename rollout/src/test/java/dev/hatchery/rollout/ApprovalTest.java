package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Approval;
import dev.hatchery.core.Code;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.RolloutSpec.Stage;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A stage that people have to say yes to. */
final class ApprovalTest {
  private static final Duration TICK = Duration.ofSeconds(2);
  private static final Duration EXPIRES = Duration.ofMinutes(5);
  private static final Action BOB = new Action.Approve("operator:bob", "looks good");
  private static final Action EVE = new Action.Approve("operator:eve", "");

  private static Stage approved(String name, RolloutSpec.Extent extent, int count) {
    return new Stage(
        new Name(name),
        extent,
        Specs.SOAK,
        RolloutSpec.Overrides.NONE,
        Optional.of(new Approval(count, EXPIRES)));
  }

  private static Scene scene(int count) {
    var stages =
        List.of(
            Specs.stage("canary", new RolloutSpec.Count(2)),
            approved("rest", new RolloutSpec.Percent(100), count));
    var spec = Specs.spec(stages, Specs.TIMING, Specs.ERRORS_LIMIT);
    return new Scene(Specs.plan(spec, 4).startedBy("operator:ann"));
  }

  /** The first stage has passed, and the second waits. */
  private static Scene waiting(int count) {
    Scene scene = scene(count);
    scene.decide();
    scene.after(TICK).soaked(2);
    assertThat(scene.rollout.stage()).isEqualTo(1);
    return scene;
  }

  private static Decision look(Scene scene, Duration later) {
    return scene.after(later).hear(scene.proof(0), scene.proof(1)).decide();
  }

  private static void assertRefused(Scene scene, Action action, Code code, String... about) {
    Rollout before = scene.rollout;
    assertThatThrownBy(() -> scene.act(action))
        .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(code))
        .hasMessageContainingAll(about);
    assertThat(scene.rollout).isEqualTo(before);
  }

  @Test
  void theStageIsHeldUntilSomebodyElseSaysYes() {
    Scene scene = waiting(1);
    Decision held = look(scene, TICK);
    assertThat(held.commands()).isEmpty();
    Verdict verdict = Scene.verdict(held, "approval");
    assertThat(verdict.kind()).isEqualTo(Kind.HOLD);
    assertThat(verdict.reason())
        .isEqualTo(
            "stage rest waits for 1 person other than operator:ann to approve it, nobody has yet:"
                + " hatchery rollout approve r1");
    assertThat(scene.rollout.heldSince()).isPresent();
    Decision said = scene.act(BOB);
    assertThat(said.summary()).isEqualTo("operator:bob approves stage rest, 1 of 1: looks good");
    assertThat(said.notable()).isTrue();
    Decision begun = look(scene, TICK);
    assertThat(begun.commands()).hasSize(2).allMatch(Command.Assign.class::isInstance);
    assertThat(begun.summary())
        .startsWith("stage rest was approved by operator:bob (looks good); 2 more devices told");
    assertThat(begun.verdicts()).extracting(Verdict::gate).doesNotContain("approval");
    assertThat(scene.rollout.heldSince()).isEmpty();
  }

  @Test
  void whoStartedItCannotApproveIt() {
    assertRefused(
        waiting(1),
        new Action.Approve("operator:ann", ""),
        Code.FORBIDDEN,
        "somebody other than operator:ann");
  }

  @Test
  void eachPersonCountsOnce() {
    Scene scene = waiting(2);
    scene.act(BOB);
    scene.act(new Action.Approve("operator:bob", "still good"));
    assertThat(scene.rollout.consent().given())
        .extracting(Consent.Given::comment)
        .containsExactly("still good");
    Decision held = look(scene, TICK);
    assertThat(held.commands()).isEmpty();
    assertThat(Scene.verdict(held, "approval").reason())
        .contains("waits for 1 person")
        .contains("approved by operator:bob (still good)");
    scene.act(EVE);
    assertThat(look(scene, TICK).commands()).hasSize(2);
  }

  @Test
  void whatIsStillWaitedForIsToldWithEachYesAndEachThatIsWithdrawn() {
    Scene scene = waiting(2);
    Decision first = scene.act(BOB);
    assertThat(Scene.verdict(first, "approval").reason()).contains("waits for 1 person");
    Decision gone = scene.act(new Action.Withdraw("operator:bob"));
    assertThat(Scene.verdict(gone, "approval").reason()).contains("waits for 2 people");
  }

  @Test
  void anApprovalThatIsTooOldCountsNoMore() {
    Scene scene = waiting(2);
    scene.act(BOB);
    scene.after(EXPIRES);
    scene.act(EVE);
    Decision held = look(scene, Duration.ZERO);
    assertThat(held.commands()).isEmpty();
    assertThat(Scene.verdict(held, "approval").reason())
        .contains("approved by operator:eve")
        .doesNotContain("bob");
    scene.act(BOB);
    assertThat(look(scene, TICK).commands()).hasSize(2);
  }

  @Test
  void aStageThatHasBegunNeedsNoApprovalAgain() {
    Scene scene = waiting(1);
    scene.act(BOB);
    look(scene, TICK);
    scene.after(EXPIRES.multipliedBy(2));
    for (int n = 0; n < 4; n++) scene.hear(Scene.healthy(scene.proof(n)));
    assertThat(scene.decide().next().phase()).isEqualTo(Phase.COMPLETED);
  }

  @Test
  void theFirstStageMayNeedAnApprovalToo() {
    var stages = List.of(approved("all", new RolloutSpec.Percent(100), 1));
    Scene scene = new Scene(Specs.plan(Specs.spec(stages, Specs.TIMING, Specs.ERRORS_LIMIT), 2));
    assertThat(scene.decide().commands()).isEmpty();
    scene.act(BOB);
    assertThat(scene.decide().commands()).hasSize(2);
  }

  @Test
  void anApprovalOfOneStageIsNoneOfTheNext() {
    var stages =
        List.of(
            approved("canary", new RolloutSpec.Count(2), 1),
            approved("rest", new RolloutSpec.Percent(100), 1));
    Scene scene = new Scene(Specs.plan(Specs.spec(stages, Specs.TIMING, Specs.ERRORS_LIMIT), 4));
    scene.decide();
    scene.act(BOB);
    scene.decide();
    Decision next = scene.after(TICK).soaked(2);
    assertThat(next.next().stage()).isEqualTo(1);
    assertThat(next.commands()).isEmpty();
    assertThat(Scene.verdict(next, "approval").reason()).contains("stage rest");
  }

  // Five devices, then a tenth: the second stage brings nobody in, and still needs its yes.
  @Test
  void aStageWithoutNewDevicesNeedsItsApproval() {
    var stages =
        List.of(
            Specs.stage("canary", new RolloutSpec.Count(2)),
            approved("rest", new RolloutSpec.Percent(100), 1));
    Scene scene = new Scene(Specs.plan(Specs.spec(stages, Specs.TIMING, Specs.ERRORS_LIMIT), 2));
    scene.decide();
    scene.after(TICK).soaked(2);
    assertThat(look(scene, TICK).next().phase()).isEqualTo(Phase.RUNNING);
    scene.act(BOB);
    look(scene, TICK);
    assertThat(look(scene, TICK).next().phase()).isEqualTo(Phase.COMPLETED);
  }

  @Test
  void waitingForPeopleDoesNotCountAgainstTheDeadline() {
    Scene scene = waiting(1);
    look(scene, Specs.TIMING.maxWindow().multipliedBy(3));
    assertThat(scene.rollout.phase()).isEqualTo(Phase.RUNNING);
    scene.act(BOB);
    assertThat(look(scene, TICK).commands()).hasSize(2);
    scene.hear(scene.proof(0), scene.proof(1), scene.proof(2), scene.proof(3));
    Duration almost = Specs.TIMING.maxWindow().minus(TICK.multipliedBy(2));
    scene.after(almost);
    scene.hear(scene.proof(0), scene.proof(1), scene.proof(2), scene.proof(3));
    assertThat(scene.decide().next().phase()).isEqualTo(Phase.RUNNING);
    scene.after(TICK.multipliedBy(2));
    scene.hear(scene.proof(0), scene.proof(1), scene.proof(2), scene.proof(3));
    assertThat(scene.decide().next().abort().orElseThrow().gate()).isEqualTo("deadline");
  }

  @Test
  void gatesGoOnWhileTheStageWaits() {
    Scene scene = waiting(1);
    scene.hear(scene.proof(0).window(TICK, 200, 150, 0.01), scene.proof(1));
    assertThat(scene.after(TICK).decide().next().phase()).isEqualTo(Phase.ROLLING_BACK);
  }

  @Test
  void aRejectionAborts() {
    Scene scene = waiting(1);
    Decision no = scene.act(new Action.Reject("operator:bob", "colours are off"));
    assertThat(no.next().phase()).isEqualTo(Phase.ROLLING_BACK);
    assertThat(no.next().abort().orElseThrow().gate()).isEqualTo("approval");
    assertThat(no.next().abort().orElseThrow().reason())
        .isEqualTo("rejected by operator:bob: colours are off");
    assertThat(no.commands()).hasSize(2).allMatch(Command.RollBack.class::isInstance);
  }

  @Test
  void promoteDoesNotStandForAnApproval() {
    Scene scene = waiting(1);
    look(scene, TICK);
    assertRefused(scene, new Action.Promote(), Code.ILLEGAL_STATE, "waits to be ordered");
  }

  @Test
  void whereNobodyIsAskedNobodyApproves() {
    Scene early = scene(1);
    early.decide();
    assertRefused(early, BOB, Code.ILLEGAL_STATE, "stage canary needs none now");
    assertRefused(early, new Action.Reject("operator:bob", ""), Code.ILLEGAL_STATE, "abort");
    Scene over = waiting(1);
    over.act(new Action.Abort("enough"));
    assertRefused(over, BOB, Code.ILLEGAL_STATE, "ROLLING_BACK");
  }

  @Test
  void aPausedRolloutTakesApprovalsAndWaitsForResume() {
    Scene scene = waiting(1);
    scene.act(new Action.Pause());
    scene.act(BOB);
    assertThat(look(scene, TICK).commands()).isEmpty();
    scene.act(new Action.Resume());
    assertThat(look(scene, TICK).commands()).hasSize(2);
  }

  @Test
  void aCommentIsBounded() {
    assertThatThrownBy(() -> new Action.Approve("operator:bob", "x".repeat(513)))
        .hasMessageContaining("512");
    assertThatThrownBy(() -> new Action.Reject("operator:bob", "x".repeat(513)))
        .hasMessageContaining("512");
  }

  @Test
  void whatSomebodyApprovedWhoIsNoOperatorAnyMoreCountsNoMore() {
    Scene scene = waiting(2);
    scene.act(BOB);
    scene.act(new Action.Approve("operator:eve", ""));
    Decision gone = scene.act(new Action.Withdraw("operator:bob"));
    assertThat(gone.summary())
        .isEqualTo(
            "the approval of stage rest by operator:bob counts no more: they are no operator any"
                + " longer");
    assertThat(gone.notable()).isTrue();
    Decision held = look(scene, TICK);
    assertThat(held.commands()).isEmpty();
    assertThat(Scene.verdict(held, "approval").reason()).contains("1 person", "operator:eve");
    scene.act(new Action.Approve("operator:zoe", ""));
    assertThat(look(scene, TICK).commands()).hasSize(2);
  }

  @Test
  void aStageThatHasBegunStaysBegun() {
    Scene scene = waiting(1);
    scene.act(BOB);
    look(scene, TICK);
    Rollout before = scene.rollout;
    Decision gone = scene.act(new Action.Withdraw("operator:bob"));
    assertThat(gone.next()).isEqualTo(before);
    assertThat(gone.notable()).isFalse();
  }
}
