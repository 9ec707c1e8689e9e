package dev.hatchery.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Metric;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class HostWatchTest {
  private final HostWatch watch = new HostWatch();

  private static HostLook at(long busy, long ticks, double celsius, long oom, int bits) {
    return new HostLook(
        OptionalLong.of(busy),
        OptionalLong.of(ticks),
        OptionalDouble.of(0.5),
        OptionalDouble.of(celsius),
        OptionalLong.of(oom),
        OptionalInt.of(bits),
        HostLook.Npu.UNKNOWN);
  }

  private static HostLook npu(double utilisation, double celsius, long errors) {
    return new HostLook(
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalLong.empty(),
        OptionalInt.empty(),
        new HostLook.Npu(
            OptionalDouble.of(utilisation), OptionalDouble.of(celsius), OptionalLong.of(errors)));
  }

  @Test
  void countersCountFromWhereTheWindowBeforeEnded() {
    watch.saw(at(100, 1000, 50, 3, 0));
    assertThat(watch.end()).doesNotContainKey(Metric.CPU).containsEntry(Metric.OOM, 0.0);
    watch.saw(at(120, 1050, 50, 3, 0));
    watch.saw(at(150, 1100, 50, 5, 0));
    assertThat(watch.end()).containsEntry(Metric.CPU, 0.5).containsEntry(Metric.OOM, 2.0);
    watch.saw(at(160, 1200, 50, 5, 0));
    assertThat(watch.end()).containsEntry(Metric.CPU, 0.1).containsEntry(Metric.OOM, 0.0);
  }

  @Test
  void aCounterThatFellSaysNothing() {
    watch.saw(at(100, 1000, 50, 3, 0));
    watch.end();
    watch.saw(at(10, 100, 50, 0, 0));
    assertThat(watch.end()).doesNotContainKeys(Metric.CPU, Metric.OOM);
  }

  @Test
  void heatIsThatOfTheHottestLookOfTheWindow() {
    watch.saw(at(0, 0, 50, 0, 0));
    watch.saw(at(0, 0, 81, 0, 0));
    watch.saw(at(0, 0, 60, 0, 0));
    assertThat(watch.end()).containsEntry(Metric.TEMPERATURE, 81.0);
    watch.saw(at(0, 0, 55, 0, 0));
    assertThat(watch.end()).containsEntry(Metric.TEMPERATURE, 55.0);
  }

  @Test
  void whatTheFirmwareLimitsNowMakesTheWindowBad() {
    for (int bit : new int[] {0b10, 0b100, 0b1000}) {
      watch.saw(at(0, 0, 50, 0, bit));
      assertThat(watch.end())
          .containsEntry(Metric.THROTTLED, 1.0)
          .containsEntry(Metric.UNDER_VOLTAGE, 0.0);
    }
    watch.saw(at(0, 0, 50, 0, 0b1));
    watch.saw(at(0, 0, 50, 0, 0));
    assertThat(watch.end())
        .containsEntry(Metric.THROTTLED, 0.0)
        .containsEntry(Metric.UNDER_VOLTAGE, 1.0);
  }

  @Test
  void whatHappenedSinceBootCountsOnceWhenItIsNew() {
    watch.saw(at(0, 0, 50, 0, 0x50000));
    assertThat(watch.end())
        .containsEntry(Metric.THROTTLED, 0.0)
        .containsEntry(Metric.UNDER_VOLTAGE, 0.0);
    watch.saw(at(0, 0, 50, 0, 0x70000));
    assertThat(watch.end())
        .containsEntry(Metric.THROTTLED, 1.0)
        .containsEntry(Metric.UNDER_VOLTAGE, 0.0);
    watch.saw(at(0, 0, 50, 0, 0x70000));
    assertThat(watch.end()).containsEntry(Metric.THROTTLED, 0.0);
  }

  @Test
  void theAcceleratorsUtilisationIsTheMeanOfTheLooks() {
    watch.saw(npu(0.2, 45, 1));
    watch.saw(npu(0.6, 50, 1));
    watch.saw(npu(0.4, 48, 4));
    assertThat(watch.end())
        .containsEntry(Metric.NPU_TEMPERATURE, 50.0)
        .containsEntry(Metric.NPU_ERRORS, 3.0)
        .hasEntrySatisfying(
            Metric.NPU_UTILISATION,
            v -> assertThat(v).isCloseTo(0.4, org.assertj.core.api.Assertions.within(1e-9)));
    assertThat(watch.end()).doesNotContainKeys(Metric.NPU_UTILISATION, Metric.NPU_TEMPERATURE);
  }

  @Test
  void whatWasNeverSeenIsAbsent() {
    watch.saw(HostLook.NOTHING);
    watch.saw(HostLook.NOTHING);
    assertThat(watch.end()).isEmpty();
  }
}
