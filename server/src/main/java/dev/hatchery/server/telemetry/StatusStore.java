package dev.hatchery.server.telemetry;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.rollout.Heard;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Row;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Every device's last known status, in the table and in memory. */
public final class StatusStore {
  private static final DataSize COLUMN_MAX = DataSize.kib(256);

  private final Map<DeviceId, DeviceStatus> known = new ConcurrentHashMap<>();

  public StatusStore(Db db) {
    db.read(
            rows ->
                rows.list(
                    "SELECT * FROM device_status",
                    row -> Map.entry(new DeviceId(row.text("device")), status(row))))
        .forEach(entry -> known.put(entry.getKey(), entry.getValue()));
  }

  public Optional<DeviceStatus> find(DeviceId device) {
    return Optional.ofNullable(known.get(device));
  }

  static Optional<DeviceStatus> find(Rows rows, DeviceId device) {
    return rows.one("SELECT * FROM device_status WHERE device = ?", StatusStore::status, device);
  }

  void save(Tx tx, DeviceId device, DeviceStatus status) {
    tx.run(
        "INSERT INTO device_status (device, last_seen, seq, hash, boot_id, flagged_boot, counter,"
            + " slots, heard) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device) DO UPDATE SET"
            + " last_seen = excluded.last_seen, seq = excluded.seq, hash = excluded.hash,"
            + " boot_id = excluded.boot_id, flagged_boot = excluded.flagged_boot,"
            + " counter = excluded.counter, slots = excluded.slots, heard = excluded.heard",
        device,
        status.lastSeen(),
        status.seq(),
        status.hash(),
        status.bootId(),
        status.flaggedBoot(),
        status.counter(),
        new String(
            Json.write(Tree.map(status.slots(), Wire.SLOT_STATUS::write)), StandardCharsets.UTF_8),
        status.heard().bytes());
    tx.afterCommit(() -> known.put(device, status));
  }

  private static DeviceStatus status(Row row) {
    byte[] slots = row.text("slots").getBytes(StandardCharsets.UTF_8);
    return new DeviceStatus(
        row.at("last_seen"),
        row.integer("seq"),
        Digest.parse(row.text("hash")),
        row.text("boot_id"),
        row.text("flagged_boot"),
        row.integer("counter"),
        Fields.map(
            Json.parse(slots, COLUMN_MAX, "stored status"), Name::new, Wire.SLOT_STATUS::read),
        row.maybeBlob("heard").map(Heard::of).orElse(Heard.NEVER));
  }
}
