package dev.hatchery.server.leases;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Limits;
import dev.hatchery.server.limits.BillingMonth;
import dev.hatchery.server.limits.Uplink;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;

/**
 * What an uplink may still spend, and what stands between.
 *
 * @param left bytes, 0 or more
 * @param limit in words, for example {@code today's budget of 500 MiB}
 * @param renewed when there is more, if nothing is given back before
 */
record Purse(long left, String limit, long spent, Instant renewed) {
  // Below this it is not worth opening a connection, unless no more is wanted.
  private static final long WORTH = DataSize.kib(256).bytes();
  private static final Duration LONGEST = Duration.ofMinutes(15);
  private static final Duration SOON = Duration.ofSeconds(30);

  /**
   * The tighter of budget and cap; absent where there is neither.
   *
   * @param outstanding what leases of the uplink may still use
   */
  static Optional<Purse> of(
      Uplink uplink, ZoneId zone, Rules rules, Spent spent, long outstanding, Instant now) {
    Limits.Site site = uplink.limits(rules.limits());
    LocalDate today = now.atZone(zone).toLocalDate();
    Optional<Purse> daily =
        site.dailyBudget()
            .map(
                budget -> {
                  long used = spent.on(new Spent.Day(uplink, today));
                  return new Purse(
                      left(budget, used, outstanding),
                      "today's budget of " + budget.human(),
                      used,
                      today.plusDays(1).atStartOfDay(zone).toInstant());
                });
    Optional<Purse> monthly =
        site.monthlyCap()
            .map(
                cap -> {
                  var month = BillingMonth.of(today, site.firstDayOfBillingMonth());
                  long used =
                      Math.max(spent.between(uplink, month.first(), month.end()), rules.reported());
                  return new Purse(
                      left(cap, used, outstanding),
                      "the cap of " + cap.human() + " for the billing month " + month.name(),
                      used,
                      month.end().atStartOfDay(zone).toInstant());
                });
    if (daily.isEmpty() || monthly.isEmpty()) return daily.or(() -> monthly);
    return daily.get().left <= monthly.get().left ? daily : monthly;
  }

  /** Whether it is worth beginning to fetch so many bytes. */
  boolean worth(long bytes) {
    return left > 0 && left >= Math.min(bytes, WORTH);
  }

  /** How long to wait when it is not; looked at again long before a day is over. */
  Hold empty(Uplink uplink, long outstanding, Instant now) {
    Duration until = Duration.between(now, renewed);
    Duration wait = outstanding > 0 ? SOON : LONGEST;
    Duration shorter = until.compareTo(wait) < 0 ? until : wait;
    return new Hold(
        Hold.Why.PURSE,
        shorter.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : shorter,
        "%s has used %s of %s; more at %s"
            .formatted(uplink, new DataSize(spent).human(), limit, renewed));
  }

  private static long left(DataSize limit, long used, long outstanding) {
    return Math.max(0, limit.bytes() - used - outstanding);
  }
}
