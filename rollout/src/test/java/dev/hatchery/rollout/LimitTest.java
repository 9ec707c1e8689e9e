package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hatchery.core.Gate;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Window;
import dev.hatchery.rollout.Limit.Relative;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class LimitTest {
  private static Limit only(Gate gate) {
    List<Limit> limits = Limit.of(Specs.spec(Specs.stages(), Specs.TIMING, gate));
    assertThat(limits).hasSize(1);
    return limits.getFirst();
  }

  private static Window window(long requests, long errors, OptionalInt sample) {
    return new Window(
        Specs.SLOT,
        Specs.NEW,
        0,
        Specs.T0,
        Duration.ofSeconds(2),
        true,
        requests,
        requests,
        errors,
        0,
        LatencyHistogram.EMPTY,
        sample);
  }

  private static Window sampled(double seconds) {
    return window(10, 0, OptionalInt.of(LatencyHistogram.bucketOf(seconds)));
  }

  private static Baseline lastingLong(Map<Integer, Long> buckets) {
    var latency = new LatencyHistogram(buckets);
    return new Baseline(latency.total(), 0, latency, Duration.ofHours(1));
  }

  @Test
  void everyRequestIsATrialOfTheErrorLimit() {
    Yardstick y = only(Specs.ERRORS_LIMIT).on(Baseline.NONE).orElseThrow();
    assertThat(y.p0()).isEqualTo(0.05);
    assertThat(y.trials().apply(window(40, 3, OptionalInt.empty()))).isEqualTo(new Tally(40, 3));
    assertThat(y.over(new Tally(40, 2))).isFalse();
    assertThat(y.over(new Tally(40, 3))).isTrue();
  }

  @Test
  void theErrorRatioStandsOnTheUpperBoundOfTheDevicesOwnPast() {
    var past = new Baseline(2000, 20, LatencyHistogram.EMPTY, Duration.ofHours(1));
    Yardstick y = only(Specs.ERRORS_RATIO).on(past).orElseThrow();
    assertThat(y.p0()).isCloseTo(1.5 * Bounds.share(2000, 20, 0.005), within(1e-12));
    assertThat(y.p0()).isGreaterThan(1.5 * 0.01);
  }

  @Test
  void aPastFullOfErrorsLeavesAShareThatCanBeTested() {
    var past = new Baseline(2000, 1999, LatencyHistogram.EMPTY, Duration.ofHours(1));
    assertThat(only(Specs.ERRORS_RATIO).on(past).orElseThrow().p0()).isEqualTo(0.97);
  }

  @Test
  void theErrorRatioPaysForItsPastWithHalfItsAlpha() {
    assertThat(only(Specs.ERRORS_RATIO).threshold()).isCloseTo(200, within(1e-9));
    assertThat(only(Specs.ERRORS_LIMIT).threshold()).isCloseTo(100, within(1e-9));
    assertThat(only(Specs.P95_LIMIT).threshold()).isCloseTo(100, within(1e-9));
    assertThat(only(Specs.P95_RATIO).threshold()).isCloseTo(100, within(1e-9));
  }

  @Test
  void aWindowGivesOneLatencyTrialAtMost() {
    Yardstick y = only(Specs.P95_LIMIT).on(Baseline.NONE).orElseThrow();
    assertThat(y.p0()).isCloseTo(0.05, within(1e-12));
    assertThat(y.trials().apply(sampled(0.010))).isEqualTo(new Tally(1, 0));
    assertThat(y.trials().apply(sampled(0.200))).isEqualTo(new Tally(1, 1));
    assertThat(y.trials().apply(window(10, 0, OptionalInt.empty()))).isEqualTo(Tally.NONE);
  }

  @Test
  void aBucketThatStraddlesTheLimitCountsAsOverIt() {
    int straddling = LatencyHistogram.bucketOf(0.100);
    assertThat(LatencyHistogram.bound(straddling)).isGreaterThan(0.100);
    Yardstick y = only(Specs.P95_LIMIT).on(Baseline.NONE).orElseThrow();
    var at = window(10, 0, OptionalInt.of(straddling));
    var below = window(10, 0, OptionalInt.of(straddling - 1));
    assertThat(y.trials().apply(at).k()).isEqualTo(1);
    assertThat(y.trials().apply(below).k()).isZero();
  }

  @Test
  void theLongestBucketIsOverEveryLimit() {
    Yardstick y = only(Specs.P95_LIMIT).on(Baseline.NONE).orElseThrow();
    var last = window(10, 0, OptionalInt.of(LatencyHistogram.BUCKETS - 1));
    assertThat(y.trials().apply(last)).isEqualTo(new Tally(1, 1));
  }

  @Test
  void theLatencyRatioStandsOnTheUpperBoundOfThePastQuantile() {
    // 94% in one bucket, the rest ten buckets up: the p95's upper bound is up there.
    var past = lastingLong(Map.of(48, 940L, 58, 60L));
    Yardstick y = only(Specs.P95_RATIO).on(past).orElseThrow();
    double limit = 1.5 * LatencyHistogram.bound(58);
    assertThat(y.trials().apply(sampled(limit * 0.9)).k()).isZero();
    assertThat(y.trials().apply(sampled(limit * 1.11)).k()).isEqualTo(1);
  }

  @Test
  void aThinPastGivesNoYardstick() {
    Limit errors = only(Specs.ERRORS_RATIO);
    Limit latency = only(Specs.P95_RATIO);
    for (Limit limit : List.of(errors, latency)) {
      assertThat(limit.on(Specs.past(199, Duration.ofMinutes(5)))).isEmpty();
      assertThat(limit.on(Specs.past(200, Duration.ofSeconds(59)))).isEmpty();
      assertThat(limit.on(Specs.past(200, Duration.ofSeconds(60)))).isPresent();
    }
  }

  @Test
  void aHighQuantileNeedsMoreThanTheSpecsMinimum() {
    Gate p99 = new Gate.Latency(0.99, Optional.empty(), Optional.of(1.5), 0.01);
    var limit = (Relative) only(p99);
    assertThat(limit.needed()).isEqualTo(528);
    assertThat(limit.on(Specs.past(527, Duration.ofMinutes(5)))).isEmpty();
    assertThat(limit.on(Specs.past(528, Duration.ofMinutes(5)))).isPresent();
  }

  @Test
  void aPastInTheOpenBucketGivesNoYardstick() {
    var past = lastingLong(Map.of(LatencyHistogram.BUCKETS - 1, 1000L));
    assertThat(only(Specs.P95_RATIO).on(past)).isEmpty();
  }

  @Test
  void aDeviceProvedToHaveBeenOverTheLimitIsHeldToItsOwnPast() {
    Limit limit = only(Specs.ERRORS_LIMIT);
    Duration day = Duration.ofDays(1);
    double within = limit.bar(new Baseline(2000, 110, LatencyHistogram.EMPTY, day)).orElseThrow();
    double over = limit.bar(new Baseline(2000, 200, LatencyHistogram.EMPTY, day)).orElseThrow();
    assertThat(within).isEqualTo(0.05);
    assertThat(over).isBetween(0.11, 0.13);
  }

  // A tenth above the limit is proof that more than a twentieth is; 55 of 1000 are none.
  @Test
  void aDeviceProvedToHaveBeenSlowerThanTheLimitIsHeldToItsOwnPast() {
    Limit limit = only(Specs.P95_LIMIT);
    int fast = LatencyHistogram.bucketOf(0.010);
    int slow = LatencyHistogram.bucketOf(0.150);
    double proved = limit.bar(lastingLong(Map.of(fast, 900L, slow, 100L))).orElseThrow();
    assertThat(proved).isEqualTo(LatencyHistogram.bound(slow));
    double unproved = limit.bar(lastingLong(Map.of(fast, 945L, slow, 55L))).orElseThrow();
    assertThat(unproved).isEqualTo(0.100);
    assertThat(limit.bar(Baseline.NONE).orElseThrow()).isEqualTo(0.100);
  }

  @Test
  void aPastWithoutABoundExcusesNoSlowDevice() {
    Limit limit = only(Specs.P95_LIMIT);
    double few = limit.bar(lastingLong(Map.of(LatencyHistogram.bucketOf(0.150), 9L))).orElseThrow();
    assertThat(few).isEqualTo(0.100);
    var open = lastingLong(Map.of(LatencyHistogram.BUCKETS - 1, 1000L));
    assertThat(limit.bar(open).orElseThrow()).isEqualTo(0.100);
  }

  @Test
  void aGateWithTwoLimitsSpendsItsAlphaOnce() {
    for (Limit limit : Limit.of(Specs.spec(Specs.stages(), Specs.TIMING, Specs.ERRORS_BOTH))) {
      double spent = limit instanceof Limit.Relative ? 0.5 : 1;
      assertThat(limit.threshold()).isCloseTo(200 / spent, within(1e-9));
    }
  }

  @Test
  void gatesTogetherSpendNoMoreThanTheBudget() {
    var wasteful = new Gate.Errors(Optional.of(0.05), Optional.empty(), 0.05);
    var another =
        new Gate.Latency(0.95, Optional.of(Duration.ofSeconds(1)), Optional.empty(), 0.05);
    var limits = Limit.of(Specs.spec(Specs.stages(), Specs.TIMING, wasteful, another));
    double spent = limits.stream().mapToDouble(l -> 1 / l.threshold()).sum();
    assertThat(spent).isCloseTo(Limit.BUDGET, within(1e-9));
  }
}
