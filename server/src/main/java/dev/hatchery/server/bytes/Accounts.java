package dev.hatchery.server.bytes;

import dev.hatchery.core.Labels;
import dev.hatchery.core.Report;
import dev.hatchery.core.Traffic;
import dev.hatchery.core.WireCount;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Row;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.devices.Device;
import dev.hatchery.server.limits.BillingMonth;
import dev.hatchery.server.limits.Uplink;
import dev.hatchery.server.limits.Uplinks;
import dev.hatchery.wire.api.BytesRow;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What devices have cost, by billing month. A report counts in the month in which it came: a
 * device's own clock may be wrong.
 */
public final class Accounts {
  private static final String SUMS =
      "sum(full_bytes) AS full_bytes, sum(delta_bytes) AS delta_bytes, sum(peer_bytes) AS"
          + " peer_bytes, sum(resumed_bytes) AS resumed_bytes, sum(sent) AS sent, sum(received) AS"
          + " received";

  private final Uplinks uplinks;
  // All that was ever counted, in step with the table after each commit.
  private final AtomicReference<Total> total;

  private record Total(Traffic traffic, WireCount wire) {
    Total plus(Total other) {
      return new Total(
          traffic.plus(other.traffic),
          new WireCount(wire.sent() + other.wire.sent(), wire.received() + other.wire.received()));
    }

    boolean nothing() {
      return equals(new Total(Traffic.NONE, new WireCount(0, 0)));
    }
  }

  public Accounts(Db db, Uplinks uplinks) {
    this.uplinks = uplinks;
    this.total =
        new AtomicReference<>(
            db.read(
                rows ->
                    rows.list("SELECT * FROM device_month", Accounts::total).stream()
                        .reduce(new Total(Traffic.NONE, new WireCount(0, 0)), Total::plus)));
  }

  /** Counts a report that is taken for the first time. */
  public void count(Tx tx, Device device, Report report, Instant now) {
    var added = new Total(Counted.bodies(tx, report), Counted.wire(tx, report));
    if (added.nothing()) return;
    YearMonth month = uplinks.month(Uplink.of(device), now).name();
    tx.run(
        "INSERT INTO device_month (device, month, site, sim, full_bytes, delta_bytes, peer_bytes,"
            + " resumed_bytes, sent, received) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (device, month, site, sim) DO UPDATE SET"
            + " full_bytes = full_bytes + excluded.full_bytes,"
            + " delta_bytes = delta_bytes + excluded.delta_bytes,"
            + " peer_bytes = peer_bytes + excluded.peer_bytes,"
            + " resumed_bytes = resumed_bytes + excluded.resumed_bytes,"
            + " sent = sent + excluded.sent, received = received + excluded.received",
        device.id(),
        month,
        device.labels().get(Labels.SITE).orElse(""),
        device.labels().get(Labels.SIM).orElse(""),
        added.traffic.full(),
        added.traffic.delta(),
        added.traffic.peer(),
        added.traffic.resumed(),
        added.wire.sent(),
        added.wire.received());
    tx.afterCommit(() -> total.accumulateAndGet(added, Total::plus));
  }

  /**
   * What an uplink's devices have reported for a billing month: all that their connections carried,
   * or the bodies alone where an agent cannot count more.
   */
  public long reported(Rows rows, Uplink uplink, YearMonth month) {
    return rows.number(
        "SELECT coalesce(sum(max(sent + received, full_bytes + delta_bytes)), 0) AS n"
            + " FROM device_month WHERE month = ? AND "
            + (uplink.shared() ? "site = ?" : "device = ? AND site = ''"),
        month,
        uplink.shared() ? uplink.name() : uplink.alone());
  }

  /** What an uplink has used of a billing month's cap: what reports or leases say, the larger. */
  long used(Rows rows, Uplink uplink, BillingMonth month) {
    return Math.max(
        reported(rows, uplink, month.name()),
        SpentStore.between(rows, uplink, month.first(), month.end()));
  }

  /** Sums, in the order of months and keys. */
  List<BytesRow> rows(Rows rows, Optional<YearMonth> month, BytesRow.By by, long skip, int limit) {
    String key =
        switch (by) {
          case DEVICE -> "device";
          case SITE -> "site";
          case SIM -> "sim";
          case MONTH -> "month";
        };
    return rows.list(
        "SELECT "
            + key
            + " AS name, month, "
            + SUMS
            + " FROM device_month WHERE (? = '' OR month = ?) GROUP BY month, "
            + key
            + " ORDER BY month, name LIMIT ? OFFSET ?",
        Accounts::row,
        month.map(YearMonth::toString).orElse(""),
        month.map(YearMonth::toString).orElse(""),
        limit,
        skip);
  }

  /** Bytes of bodies by source, and of connections by direction, since the server first started. */
  public Map<String, Long> totals() {
    Total now = total.get();
    Map<String, Long> totals = new TreeMap<>();
    totals.put("full", now.traffic.full());
    totals.put("delta", now.traffic.delta());
    totals.put("peer", now.traffic.peer());
    totals.put("resumed", now.traffic.resumed());
    totals.put("wire_sent", now.wire.sent());
    totals.put("wire_received", now.wire.received());
    return totals;
  }

  private static BytesRow row(Row row) {
    Total sums = total(row);
    return new BytesRow(
        row.text("name"), YearMonth.parse(row.text("month")), sums.traffic, sums.wire);
  }

  private static Total total(Row row) {
    return new Total(
        Counted.traffic(row), new WireCount(row.integer("sent"), row.integer("received")));
  }
}
