package dev.hatchery.rollout;

import static dev.hatchery.rollout.Scene.verdict;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What decisions say: an operator acts on the words. */
final class ToldTest {
  private static final Duration TICK = Duration.ofSeconds(2);

  @Test
  void thoseThatDoNotProveTheTargetYetAreNamed() {
    Scene scene = Scene.all(2, Specs.TIMING, Specs.ERRORS_LIMIT);
    scene.decide();
    Decision one = scene.after(TICK).hear(scene.proof(0), scene.underWay(1)).decide();
    assertThat(verdict(one, "reporting").reason())
        .isEqualTo(
            "1 of 2 devices prove that they run the target, 2 needed (1 more device); not yet: "
                + scene.device(1));
  }

  @Test
  void whereAllProveItAndSomeAreSilentNobodyIsNamedAsNotYetThere() {
    Scene scene = Scene.all(2, Specs.TIMING, Specs.ERRORS_LIMIT);
    scene.decide();
    scene.hear(scene.proof(0), scene.proof(1)).decide();
    scene.after(Specs.TIMING.silence().minusSeconds(1)).hear(scene.proof(1)).decide();
    Decision silent = scene.after(Duration.ofSeconds(1)).decide();
    assertThat(verdict(silent, "reporting").reason())
        .isEqualTo("1 of 2 devices prove that they run the target, 2 needed (1 more device)");
  }

  @Test
  void exactlyEnoughRequestsAreEnough() {
    Scene scene = Scene.all(1, Specs.TIMING, Specs.ERRORS_LIMIT);
    scene.decide();
    long least = Specs.TIMING.minRequests();
    scene.after(TICK).hear(scene.proof(0).window(TICK, least - 1, 0, 0.01));
    assertThat(verdict(scene.decide(), "requests").reason())
        .isEqualTo(
            "0 of 1 device have answered 20 requests, 1 needed (1 more device: about 1s at the"
                + " present rate); fewest "
                + (least - 1));
    Decision enough = scene.after(TICK).hear(scene.proof(0).window(TICK, 1, 0, 0.01)).decide();
    assertThat(scene.member(0).requests()).isEqualTo(least);
    assertThat(verdict(enough, "requests").kind()).isEqualTo(Verdict.Kind.PASS);
  }

  @Test
  void aStageThatPassesSaysHowManyProvedItAndTheShortestSoakOfThose() {
    Scene scene = Scene.all(5, Specs.TIMING, Specs.ERRORS_LIMIT);
    scene.decide();
    scene.after(TICK).hear(scene.underWay(4));
    for (int n = 0; n < 4; n++) scene.hear(Scene.healthy(scene.proof(n)));
    assertThat(scene.decide().summary())
        .startsWith("stage all passes: 4 of 5 devices, 400 requests, soak 20s");
  }

  @Test
  void anAbortOfAFirstReleaseSaysThatThereWasNothingToGoBack() {
    var spec = Specs.spec(Specs.stages(), Specs.TIMING, Specs.ERRORS_LIMIT);
    Scene scene = new Scene(Specs.firstRelease(spec, 6));
    scene.decide();
    scene.act(new Action.Abort("enough"));
    assertThat(scene.rollout.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(scene.decide().summary())
        .isEqualTo("inspection@1.1.0 was aborted; there was nothing to go back");
  }

  @Test
  void aDeviceThatCouldNotGoBackIsToldAgainByName() {
    Scene scene = Scene.all(1, Specs.TIMING, Specs.ERRORS_LIMIT);
    scene.decide();
    scene.act(new Action.Abort("enough"));
    scene.after(TICK).hear(scene.failed(0, Code.UNREACHABLE)).decide();
    Decision early = scene.after(Specs.TIMING.retryAfter().minusSeconds(1)).decide();
    assertThat(early.commands()).isEmpty();
    Decision again = scene.after(Duration.ofSeconds(1)).decide();
    assertThat(again.commands()).hasSize(1);
    assertThat(again.summary())
        .contains(scene.device(0) + " could not go back (UNREACHABLE), told again");
  }

  private static String allowed(Scene scene, Action action) {
    try {
      scene.act(action);
    } catch (Refusal refusal) {
      return refusal.problem().expected();
    }
    throw new AssertionError("was done");
  }

  @Test
  void whatIsPossibleInsteadIsListed() {
    Scene scene = Scene.usual();
    scene.decide();
    assertThat(allowed(scene, new Action.Resume())).isEqualTo("one of [promote, pause, abort]");
    scene.after(TICK).hear(scene.wentBack(0, Code.GOLDEN)).decide();
    assertThat(allowed(scene, new Action.Resume()))
        .isEqualTo("one of [promote, pause, abort, retry]");
    scene.act(new Action.Abort("enough"));
    assertThat(allowed(scene, new Action.Retry()))
        .isEqualTo("nothing: this rollout is past its end or on its way back");
  }

  @Test
  void aPauseSaysWhatItLeavesOn() {
    Scene scene = Scene.usual();
    scene.decide();
    assertThat(scene.act(new Action.Pause()).summary())
        .isEqualTo("paused: evidence counts and gates abort, but nothing is promoted");
    assertThat(scene.act(new Action.Resume()).summary())
        .isEqualTo("resumed: stage canary has its whole time again");
  }

  @Test
  void aFreshTrialIsTold() {
    Scene scene = Scene.usual();
    scene.decide();
    scene.after(TICK).hear(scene.wentBack(0, Code.GOLDEN)).decide();
    assertThat(scene.act(new Action.Retry()).summary())
        .contains("fresh trial on " + scene.device(0));
  }

  @Test
  void whatAPersonSaysHasALimitOfItsOwn() {
    String most = "x".repeat(512);
    String more = most + "x";
    assertThat(new Action.Abort(most).reason()).hasSize(512);
    assertThat(new Action.Undo("ana", most).reason()).hasSize(512);
    assertThatThrownBy(() -> new Action.Abort(more)).isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> new Action.Undo("ana", more)).isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> new Action.Approve("ana", more)).isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> new Action.Reject("ana", more)).isInstanceOf(Refusal.class);
  }

  @Test
  void anEarlierBootsReportIsNotTheNewest() {
    Scene scene = Scene.usual();
    scene.decide();
    var early = scene.underWay(0);
    scene.after(TICK).hear(early, scene.proof(0)).decide();
    assertThat(scene.member(0).state()).isEqualTo(Member.State.CONFIRMED);
    assertThat(scene.member(0).failure()).isEqualTo(Optional.empty());
  }
}
