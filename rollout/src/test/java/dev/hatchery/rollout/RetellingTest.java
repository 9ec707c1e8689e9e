package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.RolloutSpec.Timing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How often a device is told again that could not go back. */
final class RetellingTest {
  private static final Duration TICK = Duration.ofSeconds(2);

  private static Timing timing(Duration retryAfter) {
    Timing t = Specs.TIMING;
    return new Timing(
        t.window(),
        t.heartbeat(),
        Duration.ofDays(90),
        t.minRequests(),
        t.minReportingPercent(),
        t.baselineRequests(),
        t.baselineAge(),
        t.warmUp(),
        Duration.ofDays(90),
        retryAfter,
        Optional.empty(),
        t.retries());
  }

  /**
   * The waits between a failure and the next order, of a device that fails as soon as it is told.
   */
  private static List<Duration> waits(Timing timing, int orders, int toSwitch) {
    Scene scene = Scene.all(2, timing, Specs.ERRORS_LIMIT);
    scene.decide();
    while (scene.member(0).attempt() < toSwitch) {
      scene.hear(scene.failed(0, Code.STORAGE)).after(TICK).decide();
      scene.act(new Action.Retry(Restraints.NONE));
    }
    scene.act(new Action.Abort("no longer wanted"));
    List<Duration> waits = new ArrayList<>();
    for (int i = 0; i < orders; i++) {
      scene.after(TICK).hear(scene.failed(0, Code.STORAGE)).decide();
      Instant failed = scene.now;
      String told = scene.command(0);
      while (scene.command(0).equals(told)) scene.after(timing.retryAfter()).decide();
      waits.add(Duration.between(failed, scene.now));
    }
    return waits;
  }

  @Test
  void aDeviceThatCannotGoBackIsToldLessAndLessOftenDownToOnceADay() {
    Timing timing = timing(Duration.ofHours(1));
    assertThat(waits(timing, 8, 1))
        .extracting(Duration::toHours)
        .containsExactly(1L, 2L, 4L, 8L, 16L, 24L, 24L, 24L);
  }

  @Test
  void fewDoublingsOfAShortCooldownAreTheEnd() {
    Timing timing = timing(Duration.ofSeconds(10));
    assertThat(waits(timing, 13, 1).subList(9, 13))
        .extracting(Duration::toSeconds)
        .containsExactly(5120L, 10240L, 10240L, 10240L);
  }

  @Test
  void aCooldownOfMoreThanADayIsNeitherDoubledNorCut() {
    assertThat(waits(timing(Duration.ofHours(25)), 2, 1))
        .extracting(Duration::toHours)
        .containsExactly(25L, 25L);
  }

  @Test
  void howOftenItWasTriedBeforeMakesNobodyWaitOnTheWayBack() {
    assertThat(waits(timing(Duration.ofHours(1)), 2, 4))
        .extracting(Duration::toHours)
        .containsExactly(1L, 2L);
  }
}
