package dev.hatchery.rollout;

import static dev.hatchery.rollout.Scene.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.RolloutSpec.Timing;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Where the fleet's rules begin and end, and whom they name. */
final class FleetRulesTest {
  private static final Duration TICK = Duration.ofSeconds(2);
  private static final String BACK = FleetRules.LOCAL_ROLLBACKS;
  private static final String INSTALLS = FleetRules.INSTALLS;

  private static Scene begun(int devices) {
    return begun(devices, Specs.TIMING);
  }

  private static Scene begun(int devices, Timing timing) {
    Scene scene = Scene.all(devices, timing, Specs.ERRORS_LIMIT);
    scene.decide();
    scene.after(TICK);
    return scene;
  }

  private static Decision again(Scene scene, Code why) {
    scene.act(new Action.Retry());
    boolean back = why == Code.GOLDEN;
    return scene.after(TICK).hear(back ? scene.wentBack(0, why) : scene.failed(0, why)).decide();
  }

  @Test
  void amongFewTwoDevicesThatWentBackAreNamedAndNobodyElse() {
    Scene scene = begun(6);
    scene.hear(scene.wentBack(1, Code.LOADER), scene.wentBack(4, Code.GOLDEN));
    Verdict verdict = verdict(scene.hear(scene.proof(0)).decide(), BACK);
    assertThat(verdict.kind()).isEqualTo(Kind.FAIL);
    assertThat(verdict.reason())
        .startsWith("2 local rollbacks: ")
        .contains(scene.device(1) + " (LOADER)", scene.device(4) + " (GOLDEN)")
        .doesNotContain(scene.device(0).value())
        .endsWith("; the limit is 2 on 6 devices");
  }

  @Test
  void amongFewTheSecondOfOneDeviceIsTheLimitOnOneDevice() {
    Scene scene = begun(9);
    scene.hear(scene.wentBack(0, Code.GOLDEN)).decide();
    Decision decision = again(scene, Code.GOLDEN);
    assertThat(verdict(decision, BACK).kind()).isEqualTo(Kind.FAIL);
    assertThat(verdict(decision, BACK).reason())
        .isEqualTo(
            "2 local rollbacks: " + scene.device(0) + " (GOLDEN); the limit is 2 on one device");
  }

  @Test
  void amongTenTheSecondOfOneDeviceCountsNoMoreThanItsFirst() {
    Scene scene = begun(10);
    scene.hear(scene.wentBack(0, Code.GOLDEN)).decide();
    Decision decision = again(scene, Code.GOLDEN);
    assertThat(verdict(decision, BACK).kind()).isEqualTo(Kind.PASS);
    assertThat(verdict(decision, BACK).reason())
        .isEqualTo("tried again: " + scene.device(0) + " (GOLDEN); so few may");
  }

  @Test
  void amongTenADeviceThatCouldNotSwitchIsNoneThatWentBack() {
    Scene scene = begun(10);
    Decision decision = scene.hear(scene.failed(0, Code.UNREACHABLE)).decide();
    assertThat(verdict(decision, BACK).reason()).isEqualTo("no device went back alone");
    assertThat(verdict(decision, BACK).kind()).isEqualTo(Kind.PASS);
    assertThat(verdict(decision, INSTALLS).kind()).isEqualTo(Kind.HOLD);
  }

  @Test
  void aFreshTrialThatWasConfirmedIsToldWithItsDevice() {
    Scene scene = begun(6);
    scene.hear(scene.wentBack(2, Code.GOLDEN)).decide();
    scene.act(new Action.Retry());
    Decision decision = scene.after(TICK).hear(scene.proof(2)).decide();
    assertThat(verdict(decision, BACK).reason())
        .isEqualTo("a fresh trial was confirmed on " + scene.device(2));
  }

  @Test
  void aDeviceThatCannotSwitchHoldsNineUntilQuarantineAndTenUntilItsSecondTry() {
    for (int devices : new int[] {9, 10}) {
      Scene scene = begun(devices);
      Decision first = scene.hear(scene.failed(0, Code.UNREACHABLE)).decide();
      assertThat(verdict(first, INSTALLS).kind()).isEqualTo(Kind.HOLD);
      Decision second = again(scene, Code.UNREACHABLE);
      assertThat(scene.member(0).attempt()).isEqualTo(2);
      assertThat(verdict(second, INSTALLS).kind()).isEqualTo(devices < 10 ? Kind.HOLD : Kind.PASS);
    }
  }

  @Test
  void amongFiveOneSilentDeviceLeavesEnoughAndTwoAreAFifth() {
    Scene scene = begun(5);
    scene.after(Specs.TIMING.silence().minus(TICK).minusSeconds(1));
    for (int n = 1; n < 5; n++) scene.hear(scene.proof(n));
    scene.decide();
    Decision one = scene.after(Duration.ofSeconds(1)).decide();
    assertThat(verdict(one, FleetRules.SILENCE).kind()).isEqualTo(Kind.PASS);
    assertThat(verdict(one, FleetRules.SILENCE).reason())
        .isEqualTo("1 of 5 devices silent: " + scene.device(0));
  }

  private static Timing hurried() {
    Timing t = Specs.TIMING;
    return new Timing(
        t.window(),
        t.heartbeat(),
        Duration.ofSeconds(60),
        t.minRequests(),
        t.minReportingPercent(),
        t.baselineRequests(),
        t.baselineAge(),
        t.warmUp(),
        t.maxWindow(),
        t.retryAfter(),
        Optional.of(Duration.ofSeconds(10)),
        t.retries());
  }

  @Test
  void onlyADeviceThatIsHeardOfAndHasNotSwitchedIsSlow() {
    Scene scene = begun(3, hurried());
    scene.hear(scene.proof(0), scene.underWay(1)).decide();
    scene.after(Duration.ofSeconds(7)).hear(scene.proof(0), scene.underWay(1));
    Decision early = scene.decide();
    assertThat(verdict(early, FleetRules.SLOWNESS).kind()).isEqualTo(Kind.PASS);
    Decision due =
        scene
            .after(Duration.ofSeconds(1))
            .hear(scene.proof(0), scene.underWay(1), scene.proof(2))
            .decide();
    assertThat(verdict(due, FleetRules.SLOWNESS).reason())
        .isEqualTo("1 of 3 devices heard of, but not switched within 10s: " + scene.device(1));
  }
}
