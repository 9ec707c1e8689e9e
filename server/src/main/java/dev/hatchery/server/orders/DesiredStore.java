package dev.hatchery.server.orders;

import dev.hatchery.core.DeviceId;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every device's newest desired state. */
final class DesiredStore {
  private DesiredStore() {}

  static Optional<Posted> find(Rows rows, DeviceId device) {
    return rows.one(
        "SELECT envelope FROM desired WHERE device = ?",
        row -> Posted.read(row.blob("envelope")),
        device);
  }

  static List<Posted> all(Rows rows) {
    return rows.list("SELECT envelope FROM desired", row -> Posted.read(row.blob("envelope")));
  }

  static List<DeviceId> devices(Rows rows) {
    return rows.list("SELECT device FROM desired", row -> new DeviceId(row.text("device")));
  }

  static List<DeviceId> issuedBefore(Rows rows, Instant time, int limit) {
    return rows.list(
        "SELECT device FROM desired WHERE issued_at < ? ORDER BY issued_at LIMIT ?",
        row -> new DeviceId(row.text("device")),
        time,
        limit);
  }

  static void save(Tx tx, Posted posted) {
    tx.run(
        "INSERT INTO desired (device, keyset, counter, issued_at, envelope) VALUES (?, ?, ?, ?, ?)"
            + " ON CONFLICT (device) DO UPDATE SET keyset = excluded.keyset,"
            + " counter = excluded.counter, issued_at = excluded.issued_at,"
            + " envelope = excluded.envelope",
        posted.state().device(),
        posted.state().keyset(),
        posted.state().counter(),
        posted.state().issuedAt(),
        posted.body());
  }

  /** What a desired state is issued under: the versions of trust document and policy. */
  static Map.Entry<Long, Long> versions(Rows rows) {
    return Map.entry(
        rows.number("SELECT coalesce(max(version), 0) AS n FROM trust"),
        rows.number("SELECT coalesce(max(version), 0) AS n FROM policy"));
  }
}
