package dev.hatchery.server.devices;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Row;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The fleet. */
public final class DeviceStore {
  private static final DataSize COLUMN_MAX = DataSize.kib(64);

  // In step with the table after each commit.
  private final Map<DeviceId, Device> fleet = new ConcurrentHashMap<>();
  private final AtomicLong changes = new AtomicLong();

  public DeviceStore(Db db) {
    db.read(rows -> rows.list("SELECT * FROM device", DeviceStore::device))
        .forEach(device -> fleet.put(device.id(), device));
  }

  public Optional<Device> find(DeviceId id) {
    return Optional.ofNullable(fleet.get(id));
  }

  /** The fleet as it is now; changes show while it is walked. */
  public Collection<Device> all() {
    return fleet.values();
  }

  /**
   * Grows whenever a device has come or says something else of itself; who has looked at all of
   * them need not look again before.
   */
  public long changes() {
    return changes.get();
  }

  Optional<Device> find(Rows rows, DeviceId id) {
    return rows.one("SELECT * FROM device WHERE id = ?", DeviceStore::device, id);
  }

  /** Adds a device that is not there yet. */
  void add(Tx tx, Device device, String enrolmentToken) {
    tx.run(
        "INSERT INTO device (id, algorithm, spki, labels, facts, slots, enrolment_token,"
            + " enrolled_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        device.id(),
        device.key().algorithm(),
        device.key().spki(),
        text(Wire.LABELS.bytes(device.labels())),
        text(Wire.FACTS.bytes(device.facts())),
        text(Json.write(Tree.map(device.slots(), Tree::text))),
        enrolmentToken,
        device.enrolledAt());
    tx.afterCommit(
        () -> {
          fleet.put(device.id(), device);
          changes.incrementAndGet();
        });
  }

  /** Takes what a device now says about itself. */
  public void learn(Tx tx, DeviceId id, DeviceFacts facts) {
    tx.run("UPDATE device SET facts = ? WHERE id = ?", text(Wire.FACTS.bytes(facts)), id);
    tx.afterCommit(
        () -> {
          fleet.computeIfPresent(
              id,
              (_, d) -> new Device(d.id(), d.key(), d.labels(), facts, d.slots(), d.enrolledAt()));
          changes.incrementAndGet();
        });
  }

  private static Device device(Row row) {
    return new Device(
        new DeviceId(row.text("id")),
        new TrustedKey(
            TrustedKey.Algorithm.valueOf(row.text("algorithm")), Bytes.of(row.blob("spki"))),
        Wire.LABELS.parse(bytes(row, "labels"), COLUMN_MAX, "stored labels"),
        Wire.FACTS.parse(bytes(row, "facts"), COLUMN_MAX, "stored facts"),
        Fields.map(
            Json.parse(bytes(row, "slots"), COLUMN_MAX, "stored slots"),
            Name::new,
            Fields.parsing(Name::new)),
        row.at("enrolled_at"));
  }

  private static byte[] bytes(Row row, String column) {
    return row.text(column).getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }
}
