package dev.hatchery.rollout;

import static dev.hatchery.rollout.Scene.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A device that is not heard of counts as failed; it is never left out. */
final class SilenceTest {
  private static final Duration LIMIT = Specs.TIMING.silence();
  private static final Duration ALMOST = LIMIT.minusSeconds(1);

  private static Scene begun(int devices) {
    Scene scene = Scene.all(devices, Specs.TIMING, Specs.ERRORS_LIMIT);
    scene.decide();
    return scene;
  }

  /** Time passes in which all but the first so many devices are heard. */
  private static Decision silent(Scene scene, int silent, int devices) {
    scene.after(ALMOST);
    for (int n = silent; n < devices; n++) scene.hear(scene.proof(n));
    scene.decide();
    scene.after(Duration.ofSeconds(1));
    return scene.decide();
  }

  @Test
  void aCanaryThatIsAloneAndSilentAborts() {
    Scene scene = begun(1);
    assertThat(scene.after(ALMOST).decide().next().phase()).isEqualTo(Phase.RUNNING);
    Decision decision = scene.after(Duration.ofSeconds(1)).decide();
    assertThat(decision.next().phase()).isEqualTo(Phase.ROLLING_BACK);
    assertThat(decision.next().abort().orElseThrow().gate()).isEqualTo("silence");
  }

  @Test
  void oneOfTwoHoldsSinceTooFewAreLeft() {
    Scene scene = begun(2);
    Decision decision = silent(scene, 1, 2);
    assertThat(verdict(decision, "silence").kind()).isEqualTo(Kind.HOLD);
    assertThat(verdict(decision, "silence").reason())
        .isEqualTo("1 of 2 devices silent: " + scene.device(0));
    assertThat(decision.next().phase()).isEqualTo(Phase.RUNNING);
    assertThat(decision.next().heldSince()).contains(scene.now);
  }

  @Test
  void theHoldEndsWhenItIsHeardAgain() {
    Scene scene = begun(2);
    silent(scene, 1, 2);
    Decision decision = scene.after(Duration.ofSeconds(1)).soaked(2);
    assertThat(verdict(decision, "silence").kind()).isEqualTo(Kind.PASS);
    assertThat(decision.next().heldSince()).isEmpty();
    assertThat(decision.next().phase()).isEqualTo(Phase.COMPLETED);
  }

  @Test
  void twoOfTenAbort() {
    assertThat(silent(begun(10), 2, 10).next().phase()).isEqualTo(Phase.ROLLING_BACK);
  }

  @Test
  void twoOfElevenAreLessThanAFifthAndTheOthersMayPass() {
    Scene scene = begun(11);
    scene.after(ALMOST);
    for (int n = 2; n < 11; n++) scene.hear(scene.proof(n));
    scene.decide();
    Decision decision = scene.after(Duration.ofSeconds(1)).decide();
    assertThat(verdict(decision, "silence").kind()).isEqualTo(Kind.PASS);
    assertThat(verdict(decision, "silence").reason()).startsWith("2 of 11 devices silent");
    assertThat(verdict(decision, "reporting").reason())
        .isEqualTo("9 of 11 devices prove that they run the target");
  }

  @Test
  void aConfirmedMemberThatFallsSilentNoLongerReports() {
    Scene scene = begun(2);
    scene.hear(Scene.healthy(scene.proof(0))).decide();
    scene.after(ALMOST).hear(scene.underWay(1)).decide();
    Decision decision =
        scene.after(Duration.ofSeconds(1)).hear(Scene.healthy(scene.proof(1))).decide();
    assertThat(verdict(decision, "reporting").kind()).isEqualTo(Kind.NO_DATA);
    assertThat(decision.next().phase()).isEqualTo(Phase.RUNNING);
  }

  @Test
  void aFreshTrialDoesNotEndASilence() {
    Scene scene = begun(2);
    scene.hear(scene.wentBack(0, dev.hatchery.core.Code.GOLDEN), scene.proof(1)).decide();
    scene.after(ALMOST).hear(scene.proof(1)).decide();
    assertThat(scene.command(0)).isEqualTo("r1/2");
    Decision decision = scene.after(Duration.ofSeconds(1)).decide();
    assertThat(verdict(decision, "silence").reason()).startsWith("1 of 2");
  }

  @Test
  void nobodyIsSilentBecauseTheServerWasDown() {
    Scene scene = begun(2);
    scene.hear(scene.proof(0), scene.proof(1)).decide();
    scene.after(Duration.ofHours(1));
    scene.rollout = withoutDeadline(scene);
    scene.listeningSince = scene.now;
    assertThat(verdict(scene.decide(), "silence").kind()).isEqualTo(Kind.PASS);
    assertThat(scene.after(ALMOST).decide().next().phase()).isEqualTo(Phase.RUNNING);
    assertThat(scene.after(Duration.ofSeconds(1)).decide().next().phase())
        .isEqualTo(Phase.ROLLING_BACK);
  }

  // The hour would end the stage by its deadline as well; that is not what is looked at here.
  private static Rollout withoutDeadline(Scene scene) {
    Scene resumed = new Scene(scene.rollout);
    resumed.now = scene.now;
    resumed.act(new Action.Pause());
    resumed.act(new Action.Resume());
    return resumed.rollout;
  }
}
