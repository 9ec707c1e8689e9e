package dev.hatchery.wire.api;

import dev.hatchery.core.Traffic;
import dev.hatchery.core.WireCount;
import java.time.YearMonth;
import java.util.List;

/**
 * What one device, site, SIM or month has cost in one billing month.
 *
 * @param key the device's id, or the label's value; empty for devices without that label
 * @param month named for the calendar month in which the billing month begins
 * @param traffic bodies, by source
 * @param wire all that the agents' connections carried: bodies, reports, polls, headers, TLS
 */
public record BytesRow(String key, YearMonth month, Traffic traffic, WireCount wire) {
  public static final String CSV_HEADER = "key,month,full,delta,peer,resumed,sent,received";

  /** What rows are summed by. */
  public enum By {
    DEVICE,
    SITE,
    SIM,
    MONTH
  }

  /** One line of CSV, as {@link #CSV_HEADER} names its columns (RFC 4180, without its line end). */
  public String csv() {
    // Ids and label values hold no quote, comma or line end; quoted where somebody's do.
    String quoted =
        key.matches("[A-Za-z0-9._/+-]*") ? key : "\"" + key.replace("\"", "\"\"") + "\"";
    List<Long> numbers =
        List.of(
            traffic.full(),
            traffic.delta(),
            traffic.peer(),
            traffic.resumed(),
            wire.sent(),
            wire.received());
    return quoted
        + ","
        + month
        + ","
        + String.join(",", numbers.stream().map(String::valueOf).toList());
  }
}
