package dev.hatchery.server.changes;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Pipeline;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.Stack;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Row;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The changes of the last month, in the table; the newest of each device in memory as well. */
public final class ChangeStore {
  /** A device that changes all the time is barred by the newest; the others are for people. */
  private static final int REMEMBERED = 32;

  // In step with the table after each commit. The lists are replaced whole, oldest first.
  private final Map<DeviceId, List<Change>> newest = new ConcurrentHashMap<>();

  public ChangeStore(Db db, InstantSource clock) {
    db.read(
            rows ->
                rows.list(
                    "SELECT * FROM change WHERE at >= ? ORDER BY id",
                    ChangeStore::change,
                    oldest(clock.instant())))
        .forEach(this::remember);
  }

  /** Those of a pipeline on a device since then, oldest first. */
  public List<Change> since(DeviceId device, Pipeline pipeline, Instant from) {
    List<Change> known = newest.get(device);
    if (known == null) return List.of();
    return known.stream().filter(c -> c.pipeline() == pipeline && !c.at().isBefore(from)).toList();
  }

  /** Whether anything has changed on a device that is still known. */
  public boolean any(DeviceId device) {
    return newest.containsKey(device);
  }

  public void add(Tx tx, Change change) {
    tx.run(
        "INSERT INTO change (device, pipeline, part, was, became, at) VALUES (?, ?, ?, ?, ?, ?)",
        change.device(),
        change.pipeline(),
        change.what().part(),
        change.what().from(),
        change.what().to(),
        change.at());
    // A device that never stops changing fills no table.
    tx.run(
        "DELETE FROM change WHERE device = ? AND id <= (SELECT id FROM change WHERE device = ?"
            + " ORDER BY id DESC LIMIT 1 OFFSET ?)",
        change.device(),
        change.device(),
        REMEMBERED);
    tx.afterCommit(() -> remember(change));
  }

  /** What a part was when it was last known, if it has become unknown since. */
  public Optional<String> lost(Rows rows, DeviceId device, String part) {
    return rows.one(
            "SELECT * FROM change WHERE device = ? AND part = ? ORDER BY id DESC LIMIT 1",
            ChangeStore::change,
            device,
            part)
        .map(Change::what)
        .filter(what -> what.to().isEmpty())
        .map(Stack.Change::from);
  }

  /** Forgets what no interlock can rest on any more. */
  public int prune(Tx tx, Instant now) {
    Instant before = oldest(now);
    tx.afterCommit(
        () -> newest.values().removeIf(all -> all.stream().allMatch(c -> c.at().isBefore(before))));
    return tx.run("DELETE FROM change WHERE at < ?", before);
  }

  private static Instant oldest(Instant now) {
    return now.minus(RolloutSpec.Lane.MAX_INTERLOCK);
  }

  private void remember(Change change) {
    newest.merge(
        change.device(),
        List.of(change),
        (known, more) -> {
          List<Change> all = new ArrayList<>(known);
          all.addAll(more);
          return List.copyOf(all.subList(Math.max(0, all.size() - REMEMBERED), all.size()));
        });
  }

  private static Change change(Row row) {
    return new Change(
        new DeviceId(row.text("device")),
        Pipeline.valueOf(row.text("pipeline")),
        new Stack.Change(row.text("part"), row.text("was"), row.text("became")),
        row.at("at"));
  }
}
