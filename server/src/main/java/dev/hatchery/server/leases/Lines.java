package dev.hatchery.server.leases;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Limits;
import dev.hatchery.server.limits.BillingMonth;
import dev.hatchery.server.limits.Uplink;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What limits mean for one slot now, in words. */
final class Lines {
  private final LeaseBook book;
  private final Spent spent;

  Lines(LeaseBook book, Spent spent) {
    this.book = book;
    this.spent = spent;
  }

  List<String> of(Holder holder, Uplink uplink, ZoneId zone, Rules rules, Instant now) {
    List<String> lines = new ArrayList<>();
    book.leased().of(holder).map(Lines::lease).ifPresent(lines::add);
    book.line().find(holder).flatMap(waiter -> waiting(waiter, now)).ifPresent(lines::add);
    Limits limits = rules.limits();
    Limits.Site site = uplink.limits(limits);
    site.concurrentDownloads()
        .ifPresent(_ -> lines.add(book.turns().inUse(uplink, site.concurrentDownloads())));
    limits
        .server()
        .concurrentDownloads()
        .ifPresent(
            max ->
                lines.add(
                    "server: %d of %d downloads in use".formatted(book.leased().counted(), max)));
    site.rate().ifPresent(r -> lines.add(uplink + ": " + r.human() + "/s for all its downloads"));
    limits.server().rate().ifPresent(r -> lines.add("server: " + r.human() + "/s for all"));
    limits.deviceRate().ifPresent(r -> lines.add("each device: " + r.human() + "/s"));
    LocalDate today = now.atZone(zone).toLocalDate();
    site.dailyBudget()
        .ifPresent(
            budget ->
                lines.add(
                    used(uplink, spent.on(new Spent.Day(uplink, today)), budget)
                        + " today's budget used"));
    site.monthlyCap()
        .ifPresent(
            cap -> {
              var month = BillingMonth.of(today, site.firstDayOfBillingMonth());
              long leases = spent.between(uplink, month.first(), month.end());
              lines.add(
                  used(uplink, Math.max(leases, rules.reported()), cap)
                      + " the cap of the billing month "
                      + month.name()
                      + " used");
            });
    return lines;
  }

  private static String used(Uplink uplink, long used, DataSize of) {
    return "%s: %s of %s of".formatted(uplink, new DataSize(used).human(), of.human());
  }

  private static String lease(Lease lease) {
    String rate =
        lease.rate().isPresent()
            ? ", at most " + new DataSize(lease.rate().getAsLong()).human() + "/s"
            : "";
    String of =
        lease.allowed().isPresent()
            ? " of at most " + new DataSize(lease.allowed().getAsLong()).human()
            : "";
    return "it may download until %s: %s used%s%s"
        .formatted(
            lease.expires().truncatedTo(ChronoUnit.SECONDS),
            new DataSize(lease.used()).human(),
            of,
            rate);
  }

  private static Optional<String> waiting(Waiter waiter, Instant now) {
    return waiter
        .hold()
        .map(
            hold -> {
              Duration left = Duration.between(now, waiter.asked().plus(hold.retryAfter()));
              long seconds = Math.max(0, left.toSeconds());
              return "it waits: %s, next try in %s"
                  .formatted(hold.reason(), Durations.format(Duration.ofSeconds(seconds)));
            });
  }
}
