package dev.hatchery.server.telemetry;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.SlotStatus;
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
import org.jspecify.annotations.Nullable;

/** Every device's last known status, in the table and in memory. */
public final class StatusStore {
  private static final DataSize COLUMN_MAX = DataSize.kib(256);

  private final Map<DeviceId, DeviceStatus> known = new ConcurrentHashMap<>();

  // What was written last, in words and as it was meant; changed after each commit.
  private final Map<DeviceId, Saved> saved = new ConcurrentHashMap<>();

  private record Saved(Map<Name, SlotStatus> slots, String text) {
    static Saved of(Map<Name, SlotStatus> slots, @Nullable Saved before) {
      if (before != null && before.slots.equals(slots)) return before;
      byte[] json = Json.write(Tree.map(slots, Wire.SLOT_STATUS::write));
      return new Saved(slots, new String(json, StandardCharsets.UTF_8));
    }
  }

  public StatusStore(Db db) {
    db.read(
            rows ->
                rows.list(
                    "SELECT * FROM device_status",
                    row ->
                        Map.entry(
                            new DeviceId(row.text("device")),
                            status(row, slots(row.text("slots"))))))
        .forEach(entry -> known.put(entry.getKey(), entry.getValue()));
  }

  public Optional<DeviceStatus> find(DeviceId device) {
    return Optional.ofNullable(known.get(device));
  }

  /** As a transaction sees it. */
  Optional<DeviceStatus> find(Rows rows, DeviceId device) {
    return rows.one(
        "SELECT * FROM device_status WHERE device = ?",
        row -> status(row, slots(row, saved.get(device))),
        device);
  }

  // Another server on the same database may have written what stands there; mostly it is what this
  // one wrote last, and need not be parsed again.
  private static Map<Name, SlotStatus> slots(Row row, @Nullable Saved saved) {
    String text = row.text("slots");
    return saved != null && saved.text.equals(text) ? saved.slots : slots(text);
  }

  void save(Tx tx, DeviceId device, DeviceStatus status) {
    Saved slots = Saved.of(status.slots(), saved.get(device));
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
        slots.text,
        status.heard().bytes());
    tx.afterCommit(
        () -> {
          known.put(device, status);
          saved.put(device, slots);
        });
  }

  private static Map<Name, SlotStatus> slots(String text) {
    byte[] json = text.getBytes(StandardCharsets.UTF_8);
    return Fields.map(
        Json.parse(json, COLUMN_MAX, "stored status"), Name::new, Wire.SLOT_STATUS::read);
  }

  private static DeviceStatus status(Row row, Map<Name, SlotStatus> slots) {
    return new DeviceStatus(
        row.at("last_seen"),
        row.integer("seq"),
        Digest.parse(row.text("hash")),
        row.text("boot_id"),
        row.text("flagged_boot"),
        row.integer("counter"),
        slots,
        row.maybeBlob("heard").map(Heard::of).orElse(Heard.NEVER));
  }
}
