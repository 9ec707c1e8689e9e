package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hatchery.core.Gate;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Metric;
import dev.hatchery.core.Readings;
import dev.hatchery.core.Spread;
import dev.hatchery.core.Window;
import dev.hatchery.rollout.Limit.Relative;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class ReadingLimitTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Metric KPI = new Metric("kpi.confidence");

  private static Gate.Level level(Metric what, String bound, double value) {
    Optional<Double> is = Optional.of(value);
    Optional<Double> no = Optional.empty();
    var bounds =
        switch (bound) {
          case "above" -> new Gate.Level.Bounds(is, no, no, no);
          case "below" -> new Gate.Level.Bounds(no, is, no, no);
          case "ratio" -> new Gate.Level.Bounds(no, no, is, no);
          default -> new Gate.Level.Bounds(no, no, no, is);
        };
    return new Gate.Level(what, bounds, 0.05, 0.01);
  }

  private static Gate.Events limit(Metric what, double share) {
    return new Gate.Events(what, Optional.of(share), Optional.empty(), 0.01);
  }

  private static Gate.Events ratio(Metric what, double ratio) {
    return new Gate.Events(what, Optional.empty(), Optional.of(ratio), 0.01);
  }

  private static Limit only(Gate gate) {
    List<Limit> limits = Limit.of(Specs.spec(Specs.stages(), Specs.TIMING, gate));
    assertThat(limits).hasSize(1);
    return limits.getFirst();
  }

  private static Window window(Metric metric, double value, long requests) {
    return new Window(
        Specs.SLOT,
        Specs.NEW,
        0,
        Specs.T0,
        Duration.ofSeconds(2),
        true,
        requests,
        requests,
        0,
        0,
        LatencyHistogram.EMPTY,
        OptionalInt.empty(),
        new Readings(Map.of(metric, value)));
  }

  private static Tally trials(Limit limit, Baseline past, Metric metric, double value) {
    return limit.on(past).orElseThrow().trials().apply(window(metric, value, 1));
  }

  private static Baseline past(Metric metric, double value, long windows, Duration span) {
    var spread = new Spread(Map.of(Spread.bucketOf(value), windows));
    return new Baseline(1000, 0, LatencyHistogram.EMPTY, span, Map.of(metric, spread));
  }

  private static Baseline past(Metric metric, Map<Double, Long> values) {
    Spread spread = Spread.EMPTY;
    for (var v : values.entrySet()) {
      spread = spread.plus(new Spread(Map.of(Spread.bucketOf(v.getKey()), v.getValue())));
    }
    return new Baseline(1000, 0, LatencyHistogram.EMPTY, LONG, Map.of(metric, spread));
  }

  @Test
  void aWindowIsOneTrialThatIsBadBeyondTheBound() {
    Limit above = only(level(Metric.TEMPERATURE, "above", 80));
    assertThat(trials(above, Baseline.NONE, Metric.TEMPERATURE, 80)).isEqualTo(new Tally(1, 0));
    assertThat(trials(above, Baseline.NONE, Metric.TEMPERATURE, 80.1)).isEqualTo(new Tally(1, 1));
    Limit below = only(level(KPI, "below", 0.7));
    assertThat(trials(below, Baseline.NONE, KPI, 0.7)).isEqualTo(new Tally(1, 0));
    assertThat(trials(below, Baseline.NONE, KPI, 0.69)).isEqualTo(new Tally(1, 1));
    assertThat(above.key()).isEqualTo("temperature:above");
    assertThat(below.key()).isEqualTo("kpi.confidence:below");
    assertThat(above.on(Baseline.NONE).orElseThrow().p0()).isEqualTo(0.05);
  }

  @Test
  void whatWasNotReadOrNotAskedForIsNoTrial() {
    Limit limit = only(level(Metric.TEMPERATURE, "above", 80));
    Yardstick y = limit.on(Baseline.NONE).orElseThrow();
    assertThat(y.trials().apply(window(Metric.CPU, 0.5, 10))).isEqualTo(Tally.NONE);
    assertThat(y.trials().apply(window(Metric.TEMPERATURE, 99, 0))).isEqualTo(Tally.NONE);
    assertThat(y.trials().apply(window(Metric.TEMPERATURE, 99, 1))).isEqualTo(new Tally(1, 1));
  }

  @Test
  void anEventMakesItsWindowBadOnceHoweverOftenItCame() {
    Limit limit = only(limit(Metric.OOM, 0.05));
    assertThat(trials(limit, Baseline.NONE, Metric.OOM, 0)).isEqualTo(new Tally(1, 0));
    assertThat(trials(limit, Baseline.NONE, Metric.OOM, 7)).isEqualTo(new Tally(1, 1));
    Limit ratio = only(ratio(Metric.OOM, 2));
    Baseline past = past(Metric.OOM, 0, 200, LONG);
    assertThat(trials(ratio, past, Metric.OOM, 0)).isEqualTo(new Tally(1, 0));
    assertThat(trials(ratio, past, Metric.OOM, 1)).isEqualTo(new Tally(1, 1));
  }

  @Test
  void everyGoldenSampleIsATrialAlsoWhileTheServiceIsCold() {
    Limit limit = only(limit(Metric.GOLDEN, 0.01));
    Yardstick y = limit.on(Baseline.NONE).orElseThrow();
    var readings = new Readings(Map.of(Metric.GOLDEN, 50.0, Metric.GOLDEN_FAILED, 2.0));
    Window asked =
        new Window(
            Specs.SLOT,
            Specs.NEW,
            0,
            Specs.T0,
            Duration.ofSeconds(2),
            false,
            0,
            0,
            0,
            0,
            LatencyHistogram.EMPTY,
            OptionalInt.empty(),
            readings);
    assertThat(y.trials().apply(asked)).isEqualTo(new Tally(50, 2));
    assertThat(y.whenCold()).isTrue();
    assertThat(y.p0()).isEqualTo(0.01);
    assertThat(only(limit(Metric.OOM, 0.05)).on(Baseline.NONE).orElseThrow().whenCold()).isFalse();
  }

  @Test
  void aDeviceThatWasWorseThanTheLimitBeforeIsHeldToItsPast() {
    Limit limit = only(limit(Metric.THROTTLED, 0.05));
    Baseline often = past(Metric.THROTTLED, Map.of(0.0, 800L, 1.0, 200L));
    Baseline seldom = past(Metric.THROTTLED, Map.of(0.0, 990L, 1.0, 10L));
    assertThat(limit.bar(seldom).orElseThrow()).isEqualTo(0.05);
    assertThat(limit.bar(often).orElseThrow())
        .isCloseTo(Bounds.share(1000, 200, 0.005), within(1e-12));
    Baseline hot = past(Metric.TEMPERATURE, Map.of(60.0, 800L, 90.0, 200L));
    Limit above = only(level(Metric.TEMPERATURE, "above", 80));
    assertThat(above.bar(hot).orElseThrow())
        .isCloseTo(Bounds.share(1000, 200, 0.005), within(1e-12));
    Limit below = only(level(Metric.TEMPERATURE, "below", 70));
    assertThat(below.bar(hot).orElseThrow())
        .isCloseTo(Bounds.share(1000, 800, 0.005), within(1e-12));
  }

  @Test
  void anEventsRatioStandsOnTheUpperBoundOfThePastShare() {
    Limit limit = only(ratio(Metric.THROTTLED, 1.5));
    Baseline past = past(Metric.THROTTLED, Map.of(0.0, 980L, 1.0, 20L));
    assertThat(limit.on(past).orElseThrow().p0())
        .isCloseTo(1.5 * Bounds.share(1000, 20, 0.005), within(1e-12));
    assertThat(limit.threshold()).isCloseTo(200, within(1e-9));
    assertThat(only(limit(Metric.OOM, 0.05)).threshold()).isCloseTo(100, within(1e-9));
    Baseline always = past(Metric.THROTTLED, Map.of(1.0, 1000L));
    assertThat(limit.on(always).orElseThrow().p0()).isEqualTo(0.97);
  }

  @Test
  void aRatioAboveOneLooksUpwardsFromThePastsUpperBound() {
    // 94% at 20%, the rest at 40%: the p95's upper bound is up there.
    Baseline past = past(Metric.CPU, Map.of(0.2, 940L, 0.4, 60L));
    Limit limit = only(level(Metric.CPU, "ratio", 1.5));
    double bar = limit.bar(past).orElseThrow();
    assertThat(bar).isCloseTo(1.5 * Spread.highest(Spread.bucketOf(0.4)), within(1e-12));
    assertThat(trials(limit, past, Metric.CPU, bar)).isEqualTo(new Tally(1, 0));
    assertThat(trials(limit, past, Metric.CPU, bar + 0.001)).isEqualTo(new Tally(1, 1));
    assertThat(limit.on(past).orElseThrow().p0()).isEqualTo(0.05);
    assertThat(limit.key()).isEqualTo("cpu:ratio");
    assertThat(limit.threshold()).isCloseTo(100, within(1e-9));
  }

  @Test
  void aRatioBelowOneLooksDownwardsFromThePastsLowerBound() {
    Baseline past = past(KPI, Map.of(0.5, 60L, 0.9, 940L));
    Limit limit = only(level(KPI, "ratio", 0.8));
    double bar = limit.bar(past).orElseThrow();
    assertThat(bar).isCloseTo(0.8 * Spread.lowest(Spread.bucketOf(0.5)), within(1e-12));
    assertThat(trials(limit, past, KPI, bar)).isEqualTo(new Tally(1, 0));
    assertThat(trials(limit, past, KPI, bar - 0.001)).isEqualTo(new Tally(1, 1));
  }

  @Test
  void aShiftIsAddedToThePastWhicheverWayItPoints() {
    Baseline past = past(Metric.TEMPERATURE, 60, 1000, LONG);
    Limit up = only(level(Metric.TEMPERATURE, "shift", 10));
    Limit down = only(level(Metric.TEMPERATURE, "shift", -10));
    int bucket = Spread.bucketOf(60);
    assertThat(up.bar(past).orElseThrow()).isCloseTo(Spread.highest(bucket) + 10, within(1e-9));
    assertThat(down.bar(past).orElseThrow()).isCloseTo(Spread.lowest(bucket) - 10, within(1e-9));
    assertThat(up.key()).isEqualTo("temperature:shift");
    assertThat(trials(down, past, Metric.TEMPERATURE, 40)).isEqualTo(new Tally(1, 1));
    assertThat(trials(up, past, Metric.TEMPERATURE, 40)).isEqualTo(new Tally(1, 0));
  }

  @Test
  void soManyTimesNothingIsNoBound() {
    Limit ratio = only(level(KPI, "ratio", 1.5));
    assertThat(ratio.on(past(KPI, -2, 1000, LONG))).isEmpty();
    Limit shift = only(level(KPI, "shift", 1.5));
    assertThat(shift.on(past(KPI, -2, 1000, LONG))).isPresent();
  }

  @Test
  void aThinPastGivesNoYardstick() {
    for (Gate gate : List.of(ratio(Metric.OOM, 2), level(Metric.TEMPERATURE, "shift", 10))) {
      Limit limit = only(gate);
      Metric metric = Metric.find(gate.metric()).orElseThrow();
      Duration span = Specs.TIMING.baselineAge();
      assertThat(((Relative) limit).needed()).isEqualTo(200);
      assertThat(limit.on(past(metric, 1, 199, span))).isEmpty();
      assertThat(limit.on(past(metric, 1, 200, span.minusSeconds(1)))).isEmpty();
      assertThat(limit.on(past(metric, 1, 200, span))).isPresent();
      assertThat(limit.on(past(Metric.CPU, 1, 1000, span))).isEmpty();
    }
  }

  @Test
  void aSmallShareNeedsAsManyWindowsAsItsQuantile() {
    var bounds =
        new Gate.Level.Bounds(
            Optional.empty(), Optional.empty(), Optional.of(2.0), Optional.empty());
    var limit = (Relative) only(new Gate.Level(Metric.CPU, bounds, 0.01, 0.01));
    assertThat(limit.needed()).isEqualTo(528);
  }

  @Test
  void aGateWithSeveralBoundsSpendsItsAlphaOnce() {
    var bounds =
        new Gate.Level.Bounds(
            Optional.of(80.0), Optional.of(0.0), Optional.empty(), Optional.of(10.0));
    var limits =
        Limit.of(
            Specs.spec(
                Specs.stages(),
                Specs.TIMING,
                new Gate.Level(Metric.TEMPERATURE, bounds, 0.05, 0.01)));
    assertThat(limits).hasSize(3);
    assertThat(limits).allSatisfy(l -> assertThat(l.threshold()).isCloseTo(300, within(1e-9)));
  }

  @Test
  void aLimitSaysInWordsWhatItWants() {
    assertThat(only(level(Metric.TEMPERATURE, "above", 80)).words())
        .isEqualTo("at most 5% of the windows may read temperature above 80 °C");
    assertThat(only(level(Metric.CPU, "ratio", 1.5)).words())
        .isEqualTo(
            "at most 5% of the windows may read cpu above 1.5 times a device's own past p95");
    assertThat(only(level(KPI, "shift", -0.05)).words())
        .isEqualTo(
            "at most 5% of the windows may read kpi.confidence 0.05 below a device's own past p5");
    assertThat(only(limit(Metric.THROTTLED, 0.05)).words())
        .isEqualTo("at most 5% of the windows may see throttled");
    assertThat(only(limit(Metric.GOLDEN, 0.01)).words())
        .isEqualTo("at most 1% of the golden samples may fail");
    assertThat(only(ratio(Metric.OOM, 2)).words())
        .isEqualTo("at most 2 times a device's own past share of windows may see oom");
  }
}
