package dev.hatchery.server.placements;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Selector;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Row;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.wire.api.PlacementRequest;
import dev.hatchery.wire.api.PlacementView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** All placements in tables; those that are not over in memory as well. */
public final class PlacementStore {
  // In step with the tables after each commit.
  private final Map<Long, Placement> open = new ConcurrentSkipListMap<>();

  public PlacementStore(Db db) {
    db.read(
            rows ->
                rows.list(
                    "SELECT * FROM placement WHERE over = 0 ORDER BY id", row -> read(rows, row)))
        .forEach(placement -> open.put(placement.id(), placement));
  }

  /** Those that are not over, the oldest first. */
  public List<Placement> open() {
    return List.copyOf(open.values());
  }

  public Optional<Placement> open(long id) {
    return Optional.ofNullable(open.get(id));
  }

  /** One of those that are kept, over or not. */
  public Optional<Placement> find(Rows rows, long id) {
    return rows.one("SELECT * FROM placement WHERE id = ?", row -> read(rows, row), id);
  }

  public Placement require(Rows rows, long id) {
    return find(rows, id)
        .orElseThrow(
            () ->
                Refusal.of(Code.NOT_FOUND, "there is no such rollback or pin to a release")
                    .got(id)
                    .fix("see hatchery rollback list"));
  }

  /** The newest first. */
  public List<Placement> page(Rows rows, long skip, int limit) {
    return rows.list(
        "SELECT * FROM placement ORDER BY id DESC LIMIT ? OFFSET ?",
        row -> read(rows, row),
        limit,
        skip);
  }

  public void create(Tx tx, Placement placement) {
    PlacementRequest request = placement.request();
    tx.run(
        "INSERT INTO placement (id, kind, slot, device, selector, release, reason, actor, at, over)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        placement.id(),
        request.kind(),
        request.slot(),
        request.device(),
        request.selector(),
        request.release(),
        request.reason(),
        placement.by(),
        placement.at());
    for (Placed placed : placement.devices()) {
      tx.run(
          "INSERT INTO placement_device (placement, device, attempt, left_digest, digest, told)"
              + " VALUES (?, ?, ?, ?, ?, ?)",
          placement.id(),
          placed.device(),
          placed.attempt(),
          placed.from(),
          placed.to(),
          placed.told());
    }
    tx.afterCommit(() -> open.put(placement.id(), placement));
  }

  /** From now on it keeps nobody. */
  public Placement letGo(Tx tx, Placement placement, PlacementView.LetGo end) {
    Placement gone = placement.letGo(end);
    tx.run(
        "UPDATE placement SET end_actor = ?, end_at = ?, end_reason = ? WHERE id = ?",
        end.by(),
        end.at(),
        end.reason(),
        gone.id());
    tx.afterCommit(() -> open.put(gone.id(), gone));
    return gone;
  }

  /** Replaces what is known of its devices. */
  public void save(Tx tx, Placement before, Placement next) {
    for (Placed placed : next.devices()) {
      if (before.devices().contains(placed)) continue;
      tx.run(
          "UPDATE placement_device SET attempt = ?, told = ?, confirmed = ?, settled = ?"
              + " WHERE placement = ? AND device = ?",
          placed.attempt(),
          placed.told(),
          placed.confirmed(),
          placed.settled(),
          next.id(),
          placed.device());
    }
    if (next.over()) tx.run("UPDATE placement SET over = 1 WHERE id = ?", next.id());
    tx.afterCommit(() -> hold(next));
  }

  private void hold(Placement placement) {
    if (placement.over()) open.remove(placement.id());
    else open.put(placement.id(), placement);
  }

  private static Placement read(Rows rows, Row row) {
    long id = row.integer("id");
    Optional<String> ended = row.maybeText("end_actor");
    return new Placement(
        id,
        new PlacementRequest(
            PlacementRequest.Kind.valueOf(row.text("kind")),
            new Name(row.text("slot")),
            row.maybeText("device").map(DeviceId::new),
            row.maybeText("selector").map(Selector::parse),
            row.maybeText("release").map(ReleaseId::parse),
            row.text("reason")),
        row.text("actor"),
        row.at("at"),
        ended.map(by -> new PlacementView.LetGo(by, row.at("end_at"), row.text("end_reason"))),
        rows.list(
            "SELECT * FROM placement_device WHERE placement = ? ORDER BY device",
            PlacementStore::placed,
            id));
  }

  private static Placed placed(Row row) {
    return new Placed(
        new DeviceId(row.text("device")),
        (int) row.integer("attempt"),
        row.maybeText("left_digest").map(Digest::parse),
        Digest.parse(row.text("digest")),
        row.at("told"),
        maybeAt(row, "confirmed"),
        maybeAt(row, "settled"));
  }

  private static Optional<Instant> maybeAt(Row row, String column) {
    return row.maybeText(column).map(text -> Instant.ofEpochMilli(Long.parseLong(text)));
  }
}
