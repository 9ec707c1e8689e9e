package dev.hatchery.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ReadingsTest {
  private static final Metric KPI = new Metric("kpi.confidence");

  private static Code refused(Runnable work) {
    try {
      work.run();
    } catch (Refusal refusal) {
      return refusal.code();
    }
    throw new AssertionError("nothing was refused");
  }

  @Test
  void aMetricIsKnownOrAServicesOwn() {
    assertThat(Metric.find("cpu")).contains(Metric.CPU);
    assertThat(Metric.find("kpi.rejects-2")).isPresent();
    for (String wrong :
        new String[] {"", "cpus", "kpi.", "kpi.Upper", "kpi.a b", "kpi." + "x".repeat(41)}) {
      assertThat(Metric.find(wrong)).isEmpty();
      assertThat(refused(() -> new Metric(wrong))).isEqualTo(Code.UNKNOWN_METRIC);
    }
    assertThat(Metric.find("kpi." + "x".repeat(40))).isPresent();
    assertThatThrownBy(() -> new Metric("temprature"))
        .hasMessageContaining("did you mean temperature?");
  }

  @Test
  void aReadingIsWhatItsUnitAllows() {
    assertThat(new Readings(Map.of(Metric.CPU, 1.0)).of(Metric.CPU)).hasValue(1);
    for (var wrong :
        Map.of(
                Metric.CPU,
                1.01,
                Metric.MEMORY,
                -0.01,
                Metric.TEMPERATURE,
                201.0,
                Metric.OOM,
                0.5,
                Metric.THROTTLED,
                -1.0,
                KPI,
                Double.NaN)
            .entrySet()) {
      assertThat(refused(() -> new Readings(Map.of(wrong.getKey(), wrong.getValue()))))
          .isEqualTo(Code.BAD_INPUT);
    }
    assertThat(refused(() -> new Readings(Map.of(KPI, 1.1e12)))).isEqualTo(Code.BAD_INPUT);
    assertThat(new Readings(Map.of(KPI, -1e12)).of(KPI)).hasValue(-1e12);
  }

  @Test
  void whatWasNotReadIsAbsentAndNotZero() {
    assertThat(Readings.NONE.of(Metric.CPU)).isEmpty();
  }

  @Test
  void noMoreGoldenSamplesFailThanWereAsked() {
    new Readings(Map.of(Metric.GOLDEN, 3.0, Metric.GOLDEN_FAILED, 3.0));
    assertThat(refused(() -> new Readings(Map.of(Metric.GOLDEN, 3.0, Metric.GOLDEN_FAILED, 4.0))))
        .isEqualTo(Code.BAD_INPUT);
    assertThat(refused(() -> new Readings(Map.of(Metric.GOLDEN_FAILED, 1.0))))
        .isEqualTo(Code.BAD_INPUT);
  }

  @Test
  void aWindowReadsSoManyMetricsAtMost() {
    Map<Metric, Double> many = new HashMap<>();
    for (int i = 0; i < Readings.MAX; i++) many.put(new Metric("kpi.m" + i), 1.0);
    assertThat(new Readings(many).values()).hasSize(32);
    many.put(KPI, 1.0);
    assertThat(refused(() -> new Readings(many))).isEqualTo(Code.TOO_LARGE);
  }

  @Test
  void everyValueLiesInItsBucketWhichIsTwoPercentWide() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      double value = Math.pow(10, random.nextDouble() * 19 - 7) * (random.nextBoolean() ? 1 : -1);
      if (Math.abs(value) > 1e12) continue;
      int bucket = Spread.bucketOf(value);
      double slack = 1e-9 * Math.abs(value);
      assertThat(value).isBetween(Spread.lowest(bucket) - slack, Spread.highest(bucket) + slack);
      if (bucket > 1) {
        assertThat(Spread.highest(bucket) / Spread.lowest(bucket)).isBetween(1.0199, 1.0201);
      }
    }
    assertThat(Spread.bucketOf(0)).isZero();
    assertThat(Spread.bucketOf(1e12)).isEqualTo(Spread.LAST);
    assertThat(Spread.bucketOf(-1e12)).isEqualTo(-Spread.LAST);
  }

  @Test
  void aSpreadCountsOnlyWhatSurelyLiesBeyondAValue() {
    Spread spread = Spread.EMPTY;
    for (double value : new double[] {-5, 0, 0, 1, 60, 90}) spread = spread.plus(Spread.of(value));
    assertThat(spread.total()).isEqualTo(6);
    assertThat(spread.above(0)).isEqualTo(3);
    assertThat(spread.above(80)).isEqualTo(1);
    assertThat(spread.above(90)).isZero();
    assertThat(spread.above(89.9)).isZero(); // in the bucket of 90, which begins below
    assertThat(spread.below(80)).isEqualTo(5);
    assertThat(spread.below(-1)).isEqualTo(1);
    assertThat(spread.below(-5)).isZero();
    assertThat(spread.bucketAtRank(1)).hasValue(Spread.bucketOf(-5));
    assertThat(spread.bucketAtRank(3)).hasValue(0);
    assertThat(spread.bucketAtRank(6)).hasValue(Spread.bucketOf(90));
    assertThat(spread.bucketAtRank(7)).isEmpty();
    assertThat(spread.bucketAtRank(0)).isEmpty();
  }

  @Test
  void aSpreadOfNonsenseIsRefused() {
    assertThat(refused(() -> new Spread(Map.of(Spread.LAST + 1, 1L)))).isEqualTo(Code.BAD_INPUT);
    assertThat(refused(() -> new Spread(Map.of(-Spread.LAST - 1, 1L)))).isEqualTo(Code.BAD_INPUT);
    assertThat(refused(() -> new Spread(Map.of(1, 0L)))).isEqualTo(Code.BAD_INPUT);
  }

  @Test
  void aGateThatCannotWorkIsRefused() {
    Optional<Double> no = Optional.empty();
    for (Runnable wrong :
        new Runnable[] {
          () -> level(Metric.TEMPERATURE, no, no, Optional.of(2.0), no), // degrees have no ratio
          () -> level(Metric.CPU, no, no, no, no),
          () -> level(Metric.CPU, Optional.of(1.5), no, no, no),
          () -> level(KPI, Optional.of(1.0), Optional.of(2.0), no, no),
          () -> level(KPI, no, no, Optional.of(1.0), no),
          () -> level(KPI, no, no, no, Optional.of(0.0)),
          () -> level(Metric.OOM, Optional.of(1.0), no, no, no),
          () -> new Gate.Events(Metric.CPU, Optional.of(0.05), no, 0.01),
          () -> new Gate.Events(Metric.OOM, no, no, 0.01),
          () -> new Gate.Events(Metric.GOLDEN, no, Optional.of(2.0), 0.01),
          () -> new Gate.DryRun(new Gate.DryRun(level(KPI, Optional.of(1.0), no, no, no))),
        }) {
      assertThat(refused(wrong)).isEqualTo(Code.BAD_SPEC);
    }
  }

  private static Gate.Level level(
      Metric what,
      Optional<Double> above,
      Optional<Double> below,
      Optional<Double> ratio,
      Optional<Double> shift) {
    return new Gate.Level(what, new Gate.Level.Bounds(above, below, ratio, shift), 0.05, 0.01);
  }
}
