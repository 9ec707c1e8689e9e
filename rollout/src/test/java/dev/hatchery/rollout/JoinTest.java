package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.DeviceId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Devices that come to a channel while a rollout of it runs. */
final class JoinTest {
  private static final DeviceId LATE = new DeviceId("late");
  private static final Duration TICK = Duration.ofSeconds(2);

  private static Decision join(Scene scene, DeviceId... devices) {
    Decision decision = Engine.join(scene.rollout, List.of(devices), scene.now);
    scene.rollout = decision.next();
    for (DeviceId device : devices) scene.baselines.put(device, Specs.enough());
    return decision;
  }

  @Test
  void whileNoStageHasPassedItWaitsForTheLast() {
    Scene scene = Scene.usual();
    scene.decide();
    Decision joined = join(scene, LATE);
    assertThat(joined.notable()).isTrue();
    assertThat(joined.commands()).isEmpty();
    assertThat(joined.summary())
        .isEqualTo("1 device joined the channel (late): waiting for stage rest");
    assertThat(scene.rollout.cohorts().sizes()).containsExactly(2, 3, 7);
    assertThat(scene.rollout.fleet()).last().isEqualTo(LATE);
    assertThat(scene.after(TICK).decide().commands()).isEmpty();
  }

  @Test
  void afterAStageHasPassedItEntersThatAndIsOrderedAtOnce() {
    Scene scene = Scene.usual();
    scene.decide();
    scene.after(Duration.ofSeconds(30)).soaked(2);
    assertThat(scene.rollout.stage()).isEqualTo(1);
    List<DeviceId> before = scene.rollout.fleet();
    Decision joined = join(scene, LATE);
    assertThat(joined.summary())
        .isEqualTo("1 device joined the channel (late): into stage canary, which has passed");
    assertThat(scene.rollout.cohorts().sizes()).containsExactly(3, 4, 7);
    assertThat(scene.rollout.fleet().get(2)).isEqualTo(LATE);
    assertThat(scene.after(TICK).decide().commands())
        .containsExactly(new Command.Assign(LATE, "r1/1"));
    // Nobody else has moved.
    assertThat(scene.rollout.fleet().stream().filter(d -> !d.equals(LATE))).isEqualTo(before);
    assertThat(scene.rollout.cohorts().of(1)).containsAll(before.subList(0, 3));
  }

  @Test
  void whoIsInItAlreadyDoesNotJoinAndOneThatGoesBackTakesNobody() {
    Scene scene = Scene.usual();
    scene.decide();
    Rollout before = scene.rollout;
    assertThat(join(scene, scene.device(0), scene.device(5)).notable()).isFalse();
    assertThat(scene.rollout).isEqualTo(before);
    scene.act(new Action.Abort("test"));
    assertThat(join(scene, LATE).notable()).isFalse();
    assertThat(scene.rollout.fleet()).doesNotContain(LATE);
  }

  @Test
  void nobodyJoinsTheOnlyStage() {
    Scene scene = Scene.all(2, Specs.TIMING, Specs.ERRORS_LIMIT);
    scene.decide();
    assertThat(join(scene, LATE).notable()).isFalse();
    assertThat(scene.rollout.fleet()).hasSize(2);
  }
}
