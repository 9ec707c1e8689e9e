package dev.hatchery.server.devices;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Labels;
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
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The fleet. */
public final class DeviceStore {
  private static final DataSize COLUMN_MAX = DataSize.kib(64);

  // In step with the table after each commit.
  private final Map<DeviceId, Device> fleet = new ConcurrentHashMap<>();
  private final AtomicLong changes = new AtomicLong();

  // Changed on the writer's thread only, after each commit.
  private final Map<String, SiteZone> zones = new ConcurrentHashMap<>();

  public DeviceStore(Db db) {
    db.read(rows -> rows.list("SELECT * FROM site", DeviceStore::site))
        .forEach(site -> zones.put(site.getKey(), site.getValue()));
    db.read(rows -> rows.list("SELECT * FROM device", this::device))
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

  /** As a transaction sees it. */
  public Optional<Device> find(Rows rows, DeviceId id) {
    return rows.one("SELECT * FROM device WHERE id = ?", this::device, id);
  }

  /** Adds a device that is not there yet; answers it with the labels that hold for it. */
  Device add(Tx tx, Device joined, String enrolmentToken) {
    Labelling said = joined.labelling();
    Device device =
        joined.labelled(Labelling.of(said.own(), Labels.NONE, zones, joined.enrolledAt()));
    tx.run(
        "INSERT INTO device (id, algorithm, spki, labels, facts, slots, enrolment_token,"
            + " enrolled_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        device.id(),
        device.key().algorithm(),
        device.key().spki(),
        text(Wire.LABELS.bytes(said.own())),
        text(Wire.FACTS.bytes(device.facts())),
        text(Json.write(Tree.map(device.slots(), Tree::text))),
        enrolmentToken,
        device.enrolledAt());
    tx.afterCommit(
        () -> {
          fleet.put(device.id(), device);
          changes.incrementAndGet();
        });
    return device;
  }

  /** What operators have said of devices, of those they have said anything of. */
  public Map<DeviceId, Labels> given(Rows rows) {
    Map<DeviceId, Labels> given = new HashMap<>();
    rows.list(
            "SELECT id, given_labels FROM device WHERE given_labels <> '{}'",
            row -> Map.entry(new DeviceId(row.text("id")), given(row)))
        .forEach(entry -> given.put(entry.getKey(), entry.getValue()));
    return given;
  }

  /** Takes what operators now say of devices. */
  public void relabel(Tx tx, Map<DeviceId, Labels> given, Instant at) {
    given.forEach(
        (id, labels) ->
            tx.run(
                "UPDATE device SET given_labels = ?, relabelled_at = ? WHERE id = ?",
                text(Wire.LABELS.bytes(labels)),
                at,
                id));
    tx.afterCommit(
        () -> {
          given.forEach(
              (id, labels) ->
                  fleet.computeIfPresent(
                      id, (_, d) -> d.labelled(d.labelling().given(labels, zones, at))));
          changes.incrementAndGet();
        });
  }

  /** The zones of sites, of those that have one. */
  public Map<String, ZoneId> sites() {
    Map<String, ZoneId> named = new TreeMap<>();
    zones.forEach((site, said) -> said.zone().ifPresent(zone -> named.put(site, zone)));
    return named;
  }

  /** Takes what zone a site is in; absent, it is not known. */
  public void place(Tx tx, String site, Optional<ZoneId> zone, Instant at) {
    tx.run(
        "INSERT INTO site (name, zone, at) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
            + " zone = excluded.zone, at = excluded.at",
        site,
        zone.map(ZoneId::getId),
        at);
    tx.afterCommit(
        () -> {
          zones.put(site, new SiteZone(zone, at));
          for (Device device : fleet.values()) {
            if (!device.labels().get(Labels.SITE).equals(Optional.of(site))) continue;
            fleet.computeIfPresent(device.id(), (_, d) -> d.labelled(d.labelling().placed(zones)));
          }
          changes.incrementAndGet();
        });
  }

  /** Takes what a device now says about itself. */
  public void learn(Tx tx, DeviceId id, DeviceFacts facts) {
    tx.run("UPDATE device SET facts = ? WHERE id = ?", text(Wire.FACTS.bytes(facts)), id);
    tx.afterCommit(
        () -> {
          fleet.computeIfPresent(id, (_, d) -> d.saying(facts));
          changes.incrementAndGet();
        });
  }

  private static Map.Entry<String, SiteZone> site(Row row) {
    return Map.entry(
        row.text("name"), new SiteZone(row.maybeText("zone").map(Labels::zoneOf), row.at("at")));
  }

  private static Labels given(Row row) {
    return Wire.LABELS.parse(bytes(row, "given_labels"), COLUMN_MAX, "stored labels");
  }

  private Device device(Row row) {
    Labels own = Wire.LABELS.parse(bytes(row, "labels"), COLUMN_MAX, "stored labels");
    Instant enrolledAt = row.at("enrolled_at");
    Instant relabelledAt = row.at("relabelled_at");
    Instant saidAt = relabelledAt.isAfter(enrolledAt) ? relabelledAt : enrolledAt;
    return new Device(
        new DeviceId(row.text("id")),
        new TrustedKey(
            TrustedKey.Algorithm.valueOf(row.text("algorithm")), Bytes.of(row.blob("spki"))),
        Labelling.of(own, given(row), zones, saidAt),
        Wire.FACTS.parse(bytes(row, "facts"), COLUMN_MAX, "stored facts"),
        Fields.map(
            Json.parse(bytes(row, "slots"), COLUMN_MAX, "stored slots"),
            Name::new,
            Fields.parsing(Name::new)),
        enrolledAt);
  }

  private static byte[] bytes(Row row, String column) {
    return row.text(column).getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }
}
