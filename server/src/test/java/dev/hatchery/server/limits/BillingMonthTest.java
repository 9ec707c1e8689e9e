package dev.hatchery.server.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.YearMonth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which days are billed together. */
final class BillingMonthTest {
  @ParameterizedTest
  @CsvSource({
    "2026-11-01, 1, 2026-11, 2026-11-01, 2026-12-01",
    "2026-11-30, 1, 2026-11, 2026-11-01, 2026-12-01",
    "2026-11-11, 12, 2026-10, 2026-10-12, 2026-11-12",
    "2026-11-12, 12, 2026-11, 2026-11-12, 2026-12-12",
    "2026-01-05, 28, 2025-12, 2025-12-28, 2026-01-28",
    "2028-02-29, 28, 2028-02, 2028-02-28, 2028-03-28"
  })
  void aBillingMonthIsNamedForTheMonthInWhichItBegins(
      LocalDate day, int firstDay, YearMonth name, LocalDate first, LocalDate end) {
    BillingMonth month = BillingMonth.of(day, firstDay);

    assertThat(month.name()).isEqualTo(name);
    assertThat(month.first()).isEqualTo(first);
    assertThat(month.end()).isEqualTo(end);
  }

  @Test
  void everyDayBelongsToOneBillingMonthAndNoneToTwo() {
    for (int firstDay = 1; firstDay <= 28; firstDay++) {
      LocalDate day = LocalDate.of(2027, 1, 1);
      BillingMonth month = BillingMonth.of(day, firstDay);
      for (int i = 0; i < 800; i++) {
        day = day.plusDays(1);
        BillingMonth next = BillingMonth.of(day, firstDay);
        assertThat(next.first()).isEqualTo(day.isBefore(month.end()) ? month.first() : month.end());
        month = next;
      }
    }
  }
}
