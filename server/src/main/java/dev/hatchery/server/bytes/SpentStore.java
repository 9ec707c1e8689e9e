package dev.hatchery.server.bytes;

import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.limits.Uplink;
import java.time.LocalDate;
import java.util.List;

/** Bytes that leases have used, by uplink and day. */
public final class SpentStore {
  /** A row. */
  public record Day(Uplink uplink, LocalDate date, long bytes) {}

  private SpentStore() {}

  /** All days from {@code first} on. */
  public static List<Day> since(Rows rows, LocalDate first) {
    return rows.list(
        "SELECT uplink, day, bytes FROM uplink_day WHERE day >= ?",
        row ->
            new Day(
                new Uplink(row.text("uplink")),
                LocalDate.parse(row.text("day")),
                row.integer("bytes")),
        first);
  }

  /** Writes a day's whole figure, whatever stood there. */
  public static void save(Tx tx, Day day) {
    tx.run(
        "INSERT INTO uplink_day (uplink, day, bytes) VALUES (?, ?, ?)"
            + " ON CONFLICT (uplink, day) DO UPDATE SET bytes = excluded.bytes",
        day.uplink.name(),
        day.date,
        day.bytes);
  }

  public static int prune(Tx tx, LocalDate before) {
    return tx.run("DELETE FROM uplink_day WHERE day < ?", before);
  }

  static long between(Rows rows, Uplink uplink, LocalDate first, LocalDate end) {
    return rows.number(
        "SELECT coalesce(sum(bytes), 0) AS n FROM uplink_day"
            + " WHERE uplink = ? AND day >= ? AND day < ?",
        uplink.name(),
        first,
        end);
  }
}
