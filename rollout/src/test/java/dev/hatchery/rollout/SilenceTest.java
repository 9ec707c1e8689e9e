package dev.hatchery.rollout;

import static dev.hatchery.rollout.Scene.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.DailyWindow;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.time.ZoneOffset;
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

  private static Scene withASleeper(int devices, String awake) {
    Scene scene = Scene.all(devices, Specs.TIMING, Specs.ERRORS_LIMIT);
    scene.duties.put(scene.device(0), new Duty(DailyWindow.parse(awake), ZoneOffset.UTC));
    scene.decide();
    return scene;
  }

  // T0 is noon.
  @Test
  void aDeviceAsleepByItsDutyIsNeitherSilentNorDone() {
    Scene scene = withASleeper(1, "06:00-12:01");
    Decision night = scene.after(Duration.ofMinutes(9)).decide();
    assertThat(verdict(night, FleetRules.SILENCE).kind()).isEqualTo(Kind.PASS);
    assertThat(verdict(night, "reporting").kind()).isEqualTo(Kind.NO_DATA);
    assertThat(night.next().phase()).isEqualTo(Phase.RUNNING);
  }

  @Test
  void aDeviceThatWokeHasAsLongAsAnyOtherToBeHeardOf() {
    Scene scene = withASleeper(1, "12:05-12:30");
    Decision woke =
        scene.after(Duration.ofMinutes(5)).after(Specs.TIMING.silence().minusSeconds(1)).decide();
    assertThat(verdict(woke, FleetRules.SILENCE).kind()).isEqualTo(Kind.PASS);
    Decision silent = scene.after(Duration.ofSeconds(1)).decide();
    assertThat(verdict(silent, FleetRules.SILENCE).kind()).isEqualTo(Kind.FAIL);
  }

  @Test
  void aLargeStageDoesNotWaitForThoseAsleepAndASmallOneDoes() {
    for (int[] sizeAndPhase : new int[][] {{9, 0}, {10, 1}}) {
      int devices = sizeAndPhase[0];
      Scene scene = Scene.all(devices, Specs.TIMING, Specs.ERRORS_LIMIT);
      for (int n = 0; n < 3; n++) {
        scene.duties.put(
            scene.device(n), new Duty(DailyWindow.parse("06:00-12:00"), ZoneOffset.UTC));
      }
      scene.decide();
      for (int n = 3; n < devices; n++) scene.hear(Scene.healthy(scene.proof(n)));
      Phase phase = scene.after(Duration.ofSeconds(2)).decide().next().phase();
      assertThat(phase).isEqualTo(sizeAndPhase[1] == 1 ? Phase.COMPLETED : Phase.RUNNING);
    }
  }

  @Test
  void aLargeStageMostOfWhichSleepsWaits() {
    Scene scene = Scene.all(20, Specs.TIMING, Specs.ERRORS_LIMIT);
    for (int n = 0; n < 15; n++) {
      scene.duties.put(scene.device(n), new Duty(DailyWindow.parse("06:00-12:00"), ZoneOffset.UTC));
    }
    scene.decide();
    for (int n = 15; n < 20; n++) scene.hear(Scene.healthy(scene.proof(n)));
    Decision decision = scene.after(Duration.ofSeconds(2)).decide();
    assertThat(verdict(decision, "soak").reason())
        .startsWith("5 of 20 devices")
        .contains("8 needed");
    assertThat(decision.next().phase()).isEqualTo(Phase.RUNNING);
  }
}
