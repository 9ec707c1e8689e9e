package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hatchery.core.Gate;
import dev.hatchery.core.LatencyHistogram;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What limits say, and what exactly they hold a device to. */
final class LimitWordsTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private static Limit only(Gate gate) {
    return Limit.of(Specs.spec(Specs.stages(), Specs.TIMING, gate)).getFirst();
  }

  @Test
  void eachLimitIsTold() {
    assertThat(only(Specs.ERRORS_LIMIT).words()).isEqualTo("at most 5% of the requests may fail");
    assertThat(only(Specs.ERRORS_RATIO).words())
        .isEqualTo("at most 1.5 times a device's own past share may fail");
    assertThat(only(Specs.P95_LIMIT).words()).isEqualTo("at most 5% may take longer than 100ms");
    assertThat(only(Specs.P95_RATIO).words())
        .isEqualTo("at most 5% may take longer than 1.5 times a device's own past p95");
  }

  @Test
  void aDeviceProvedToFailMoreBeforeIsHeldToTheUpperBoundOfThat() {
    var past = new Baseline(1000, 100, LatencyHistogram.EMPTY, HOUR);
    assertThat(only(Specs.ERRORS_LIMIT).bar(past).orElseThrow())
        .isCloseTo(Bounds.share(1000, 100, 0.005), within(1e-12));
  }

  @Test
  void aDeviceThatMayOnlyHaveFailedMoreBeforeIsHeldToTheLimit() {
    // 66 of 1,000 are above 5%, which chance explains at 0.5% and no longer at 2%.
    assertThat(Bounds.shareFrom(1000, 66, 0.005)).isLessThan(0.05);
    assertThat(Bounds.shareFrom(1000, 66, 0.02)).isGreaterThan(0.05);
    var past = new Baseline(1000, 66, LatencyHistogram.EMPTY, HOUR);
    assertThat(only(Specs.ERRORS_LIMIT).bar(past)).hasValue(0.05);
  }

  @Test
  void thePastQuantilesBoundCostsHalfOfAlpha() {
    long at = Bounds.rank(1000, 0.95, 0.005).orElseThrow();
    assertThat(Bounds.rank(1000, 0.95, 0.02).orElseThrow()).isLessThan(at);
    var latency = new LatencyHistogram(Map.of(48, at - 1, 58, 1000 - (at - 1)));
    var past = new Baseline(1000, 0, latency, HOUR);
    assertThat(only(Specs.P95_RATIO).bar(past).orElseThrow())
        .isCloseTo(1.5 * LatencyHistogram.bound(58), within(1e-12));
  }

  @Test
  void whatADeviceIsHeldToIsFixedWithItsFirstOrder() {
    Scene scene = Scene.with(Specs.TIMING, Specs.ERRORS_BOTH, Specs.P95_RATIO);
    scene.decide();
    Map<String, Double> bars = scene.member(0).bars();
    assertThat(bars).containsOnlyKeys("errors:limit", "errors:ratio", "latency-p95:ratio");
    assertThat(bars).containsEntry("errors:limit", 0.05);
    Limit latency =
        Limit.of(scene.rollout.spec()).stream()
            .filter(l -> l.key().equals("latency-p95:ratio"))
            .findFirst()
            .orElseThrow();
    assertThat(bars).containsEntry("latency-p95:ratio", latency.bar(Specs.enough()).orElseThrow());
  }
}
