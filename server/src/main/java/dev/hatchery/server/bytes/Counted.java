package dev.hatchery.server.bytes;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Event;
import dev.hatchery.core.Report;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.Traffic;
import dev.hatchery.core.WireCount;
import dev.hatchery.server.db.Row;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Up to where running totals are counted. An order's totals rise over the boots of its device, a
 * boot's over its orders; what a report adds is how far it is above what was counted. A total that
 * is lower tells of an earlier time and adds nothing.
 */
final class Counted {
  /** Of a device; an order that is forgotten is over long ago. */
  private static final int ORDERS_KEPT = 64;

  private record Boot(String id, WireCount wire) {}

  private Counted() {}

  /** What this report adds to its orders' bodies; from now on it is counted. */
  static Traffic bodies(Tx tx, Report report) {
    Traffic added = Traffic.NONE;
    Map<String, Traffic> told = told(report);
    for (var order : told.entrySet()) {
      Traffic before = order(tx, report.device(), order.getKey()).orElse(Traffic.NONE);
      Traffic more = above(order.getValue(), before);
      if (more.equals(Traffic.NONE)) continue;
      added = added.plus(more);
      save(tx, report, order.getKey(), before.plus(more));
    }
    return added;
  }

  /** What this report adds to what connections carried; from now on it is counted. */
  static WireCount wire(Tx tx, Report report) {
    if (report.wire().isEmpty()) return new WireCount(0, 0);
    WireCount now = report.wire().get();
    Optional<WireCount> counted =
        tx.one(
                "SELECT boot_id, sent, received FROM counted_boot WHERE device = ?",
                row ->
                    new Boot(
                        row.text("boot_id"),
                        new WireCount(row.integer("sent"), row.integer("received"))),
                report.device())
            .filter(boot -> boot.id.equals(report.bootId()))
            .map(Boot::wire);
    WireCount before = counted.orElse(new WireCount(0, 0));
    var reached =
        new WireCount(
            Math.max(before.sent(), now.sent()), Math.max(before.received(), now.received()));
    if (counted.isPresent() && reached.equals(before)) return new WireCount(0, 0);
    tx.run(
        "INSERT INTO counted_boot (device, boot_id, sent, received) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (device) DO UPDATE SET boot_id = excluded.boot_id,"
            + " sent = excluded.sent, received = excluded.received",
        report.device(),
        report.bootId(),
        reached.sent(),
        reached.received());
    return new WireCount(reached.sent() - before.sent(), reached.received() - before.received());
  }

  // The largest that the report tells of each order: its events are older than its statuses.
  private static Map<String, Traffic> told(Report report) {
    Map<String, Traffic> told = new TreeMap<>();
    for (Event event : report.events()) {
      if (!event.commandId().isEmpty()) tell(told, event.commandId(), event.traffic());
    }
    for (SlotStatus status : report.slots().values()) {
      status.commandId().ifPresent(command -> tell(told, command, status.traffic()));
    }
    return told;
  }

  private static void tell(Map<String, Traffic> told, String command, Traffic traffic) {
    told.merge(command, traffic, (a, b) -> a.plus(above(b, a)));
  }

  private static Traffic above(Traffic now, Traffic before) {
    return new Traffic(
        Math.max(0, now.full() - before.full()),
        Math.max(0, now.delta() - before.delta()),
        Math.max(0, now.peer() - before.peer()),
        Math.max(0, now.resumed() - before.resumed()));
  }

  private static Optional<Traffic> order(Rows rows, DeviceId device, String command) {
    return rows.one(
        "SELECT * FROM counted_order WHERE device = ? AND command = ?",
        Counted::traffic,
        device,
        command);
  }

  private static void save(Tx tx, Report report, String command, Traffic reached) {
    tx.run(
        "INSERT INTO counted_order (device, command, full_bytes, delta_bytes, peer_bytes,"
            + " resumed_bytes, report) VALUES (?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (device, command) DO UPDATE SET full_bytes = excluded.full_bytes,"
            + " delta_bytes = excluded.delta_bytes, peer_bytes = excluded.peer_bytes,"
            + " resumed_bytes = excluded.resumed_bytes, report = excluded.report",
        report.device(),
        command,
        reached.full(),
        reached.delta(),
        reached.peer(),
        reached.resumed(),
        report.seq());
    // A device can make up orders: it must not fill the table.
    tx.run(
        "DELETE FROM counted_order WHERE device = ? AND command NOT IN (SELECT command FROM"
            + " counted_order WHERE device = ? ORDER BY report DESC, command DESC LIMIT ?)",
        report.device(),
        report.device(),
        ORDERS_KEPT);
  }

  static Traffic traffic(Row row) {
    return new Traffic(
        row.integer("full_bytes"),
        row.integer("delta_bytes"),
        row.integer("peer_bytes"),
        row.integer("resumed_bytes"));
  }
}
