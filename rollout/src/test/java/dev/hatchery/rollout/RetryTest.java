package dev.hatchery.rollout;

import static dev.hatchery.rollout.Scene.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.rollout.Member.State;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is tried again, when, and who is not. */
final class RetryTest {
  private static final Duration TICK = Duration.ofSeconds(2);

  private static Scene begun(int devices) {
    Scene scene = Scene.all(devices, Specs.TIMING, Specs.ERRORS_LIMIT);
    scene.decide();
    return scene.after(TICK);
  }

  /** All others prove the target and have soaked. */
  private static Scene others(Scene scene, int devices, int... but) {
    for (int n = 0; n < devices; n++) {
      int member = n;
      boolean left = Arrays.stream(but).anyMatch(b -> b == member);
      if (!left) scene.hear(Scene.healthy(scene.proof(n)));
    }
    return scene;
  }

  @Test
  void aDeviceThatCannotFetchIsTriedLessAndLessOftenAndThenNotAtAll() {
    Scene scene = begun(6);
    List<Long> waits = new ArrayList<>();
    Instant last = scene.now;
    int attempt = 1;
    for (int i = 0; i < 300 && scene.member(0).state() != State.QUARANTINED; i++) {
      scene.hear(scene.failed(0, Code.UNREACHABLE));
      for (int n = 1; n < 6; n++) scene.hear(scene.proof(n));
      scene.decide();
      if (scene.member(0).attempt() > attempt) {
        attempt++;
        waits.add(Duration.between(last, scene.now).toSeconds());
        last = scene.now;
      }
      scene.after(TICK);
    }
    // Failed in the same tick that ordered it, or in the next one.
    assertThat(waits).containsExactly(10L, 22L, 42L, 82L, 162L);
    assertThat(scene.member(0).failure()).contains(Code.UNREACHABLE);
    assertThat(scene.member(0).localRollbacks()).isZero();
  }

  @Test
  void aQuarantinedDeviceCountsLikeASilentOne() {
    Scene scene = quarantined(6, 1);
    assertThat(scene.rollout.phase()).as("five of six are enough").isEqualTo(Phase.COMPLETED);

    Scene two = begun(2);
    exhaust(two, 2, 0);
    Decision holds = two.decide();
    assertThat(verdict(holds, "installs").kind()).isEqualTo(Kind.HOLD);
    assertThat(verdict(holds, "installs").reason())
        .isEqualTo(
            "1 of 2 devices could not switch and are in quarantine: "
                + two.device(0)
                + " (NO_SPACE)");

    Scene many = quarantined(6, 2);
    assertThat(many.rollout.abort().orElseThrow().gate()).isEqualTo("installs");
  }

  private static Scene quarantined(int devices, int failing) {
    Scene scene = begun(devices);
    int[] which = IntStream.range(0, failing).toArray();
    exhaust(scene, devices, which);
    if (scene.rollout.phase() == Phase.RUNNING) others(scene, devices, which).decide();
    return scene;
  }

  private static void exhaust(Scene scene, int devices, int... which) {
    for (int i = 0; i < 300 && scene.rollout.phase() == Phase.RUNNING; i++) {
      if (scene.member(which[0]).state() == State.QUARANTINED) break;
      for (int n : which) scene.hear(scene.failed(n, Code.NO_SPACE));
      for (int n = which.length; n < devices; n++) scene.hear(scene.proof(n));
      scene.decide();
      scene.after(TICK);
    }
    for (int n = which.length; n < devices; n++) scene.hear(scene.proof(n));
  }

  @ParameterizedTest
  @EnumSource(names = {"HASH", "BAD_SIGNATURE", "INCOMPATIBLE"})
  void aBundleThatCannotBeInstalledIsNotTriedAgain(Code code) {
    Scene scene = begun(6);
    others(scene, 6, 0).hear(scene.failed(0, code)).decide();
    assertThat(scene.member(0).state()).isEqualTo(State.QUARANTINED);
    assertThat(scene.member(0).localRollbacks()).isEqualTo(1);
    for (int i = 0; i < 100; i++) {
      scene.after(TICK).hear(scene.failed(0, code));
      for (int n = 1; n < 6; n++) scene.hear(scene.proof(n));
      assertThat(scene.decide().commands()).isEmpty();
    }
    Decision holds = scene.decide();
    assertThat(verdict(holds, FleetRules.LOCAL_ROLLBACKS).kind()).isEqualTo(Kind.HOLD);
    assertThat(verdict(holds, FleetRules.LOCAL_ROLLBACKS).reason())
        .isEqualTo(
            "went back alone: "
                + scene.device(0)
                + " ("
                + code
                + "); in quarantine until you retry or abort");
  }

  @Test
  void oneOfManyInQuarantineHoldsNothing() {
    Scene scene = begun(12);
    others(scene, 12, 0).hear(scene.failed(0, Code.INCOMPATIBLE));
    Decision decision = scene.decide();
    assertThat(decision.next().phase()).isEqualTo(Phase.COMPLETED);
    assertThat(verdict(decision, FleetRules.LOCAL_ROLLBACKS).reason())
        .isEqualTo("in quarantine: " + scene.device(0) + " (INCOMPATIBLE)");

    Scene third = begun(12);
    others(third, 12, 0, 1, 2);
    for (int n = 0; n < 3; n++) third.hear(third.failed(n, Code.INCOMPATIBLE));
    assertThat(third.decide().next().abort().orElseThrow().gate())
        .isEqualTo(FleetRules.LOCAL_ROLLBACKS);
  }

  @Test
  void whenAFreshTrialIsDueIsKnownOfOneThatFailedAndOfNoOther() {
    Scene scene = Scene.usual();
    scene.decide();
    assertThat(Engine.concerns(scene.rollout, scene.device(0))).isTrue();
    assertThat(Engine.concerns(scene.rollout, scene.device(3))).as("not ordered yet").isFalse();
    assertThat(Engine.nextTrial(scene.rollout, scene.member(0))).isEmpty();
    scene.after(TICK).hear(scene.failed(0, Code.UNREACHABLE), scene.proof(1)).decide();
    assertThat(Engine.nextTrial(scene.rollout, scene.member(0)))
        .contains(scene.member(0).since().plus(scene.rollout.spec().timing().retryAfter()));
    assertThat(Engine.nextTrial(scene.rollout, scene.member(1))).isEmpty();
    scene.act(new Action.Abort("enough"));
    assertThat(Engine.nextTrial(scene.rollout, scene.member(0))).isEmpty();
  }

  @Test
  void anOperatorTriesADeviceInQuarantineAgain() {
    Scene scene = begun(6);
    others(scene, 6, 0).hear(scene.failed(0, Code.INCOMPATIBLE)).decide();
    Decision decision = scene.act(new Action.Retry());
    assertThat(decision.commands()).containsExactly(new Command.Assign(scene.device(0), "r1/2"));
    scene.after(TICK).hear(Scene.healthy(scene.proof(0)));
    for (int n = 1; n < 6; n++) scene.hear(scene.proof(n));
    assertThat(scene.decide().next().phase()).isEqualTo(Phase.COMPLETED);
    assertThat(scene.member(0).failure()).isEmpty();
  }

  @Test
  void aDeviceInQuarantineGoesBackLikeAllOthers() {
    Scene scene = begun(6);
    scene.hear(scene.failed(0, Code.HASH)).decide();
    scene.act(new Action.Abort("enough"));
    assertThat(scene.member(0).state()).isEqualTo(State.ROLLING_BACK);
  }
}
