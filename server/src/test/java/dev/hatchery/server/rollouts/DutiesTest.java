package dev.hatchery.server.rollouts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Labels;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DutiesTest {
  @Test
  void aDeviceSleepsByItsLabelsInItsZone() {
    var duty =
        Duties.declared(new Labels(Map.of("awake", "Mon-Fri_06.00-22.00", "zone", "Europe/Oslo")))
            .orElseThrow();
    assertThat(duty.asleep(Instant.parse("2026-11-23T04:59:59Z"))).isTrue();
    assertThat(duty.asleep(Instant.parse("2026-11-23T05:00:00Z"))).isFalse();
    assertThat(duty.asleep(Instant.parse("2026-11-23T21:00:00Z"))).isTrue();
    assertThat(duty.asleep(Instant.parse("2026-11-22T12:00:00Z"))).as("a Sunday").isTrue();
  }

  @Test
  void withoutTheLabelItDeclaresNothing() {
    assertThat(Duties.declared(new Labels(Map.of("zone", "Europe/Oslo")))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "always, Europe/Oslo",
    "sometimes, Europe/Oslo",
    "06.00-06.00, UTC",
    "06.00-22.00, Europe/Nowhere"
  })
  void whatCannotBeReadExcusesNobody(String awake, String zone) {
    assertThat(Duties.declared(new Labels(Map.of("awake", awake, "zone", zone)))).isEmpty();
  }
}
