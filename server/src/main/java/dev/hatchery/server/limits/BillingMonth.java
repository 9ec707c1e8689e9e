package dev.hatchery.server.limits;

import java.time.LocalDate;
import java.time.YearMonth;

/**
 * The days that are billed together.
 *
 * @param name the calendar month in which it begins
 * @param first its first day
 */
public record BillingMonth(YearMonth name, LocalDate first) {
  /**
   * The billing month that a day belongs to.
   *
   * @param firstDay 1 to 28
   */
  public static BillingMonth of(LocalDate day, int firstDay) {
    LocalDate begun = day.withDayOfMonth(firstDay);
    LocalDate first = begun.isAfter(day) ? begun.minusMonths(1) : begun;
    return new BillingMonth(YearMonth.from(first), first);
  }

  /** The first day of the one after. */
  public LocalDate end() {
    return first.plusMonths(1);
  }
}
