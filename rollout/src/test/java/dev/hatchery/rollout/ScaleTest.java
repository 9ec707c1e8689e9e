package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A decision over a large fleet; with -Dfigures=true it says how long that took. */
final class ScaleTest {
  @Test
  void aDecisionIsMadeOverTenThousandDevices() {
    Scene scene = Scene.all(10_000, Specs.TIMING, Specs.ERRORS_BOTH, Specs.P95_RATIO);
    scene.decide();
    for (int n = 0; n < 10_000; n++) {
      scene.hear(scene.proof(n).window(Duration.ofSeconds(2), 20, n % 50 == 0 ? 1 : 0, 0.01));
    }
    long start = System.nanoTime();
    Decision decision = scene.decide();
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    Simulated.figure("one decision over 10000 devices", took);
    assertThat(decision.next().phase()).isEqualTo(Phase.RUNNING);
    assertThat(decision.next().members().values()).allMatch(m -> m.requests() == 20);
  }
}
