package dev.hatchery.server.rollouts;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.rollout.Habit;
import dev.hatchery.rollout.Member;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.channels.ChannelId;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Row;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.VerdictView;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** All rollouts in tables; those that are not over in memory as well. */
final class RolloutStore {
  private static final DataSize COLUMN_MAX = DataSize.mib(16);

  /** More of one device's rollouts do not lie within a fortnight. */
  private static final int TRIALS = 64;

  // In step with the tables after each commit.
  private final Map<String, Stored> live = new ConcurrentHashMap<>();

  RolloutStore(Db db) {
    db.read(
            rows ->
                rows.list(
                    "SELECT * FROM rollout WHERE phase NOT IN ('COMPLETED', 'ROLLED_BACK')",
                    row -> read(rows, row)))
        .forEach(stored -> live.put(stored.id(), stored));
  }

  /** Those that are not over, oldest first. */
  List<Stored> live() {
    return live.values().stream()
        .sorted(Comparator.comparing(stored -> stored.rollout().createdAt()))
        .toList();
  }

  Optional<Stored> live(String id) {
    return Optional.ofNullable(live.get(id));
  }

  /** By its id; or by its name, the newest of that name. */
  Optional<Stored> find(Rows rows, String idOrName) {
    return rows.one("SELECT * FROM rollout WHERE id = ?", row -> read(rows, row), idOrName)
        .or(
            () ->
                rows.one(
                    "SELECT * FROM rollout WHERE name = ? ORDER BY rowid DESC LIMIT 1",
                    row -> read(rows, row),
                    idOrName));
  }

  /** Ids, newest first. */
  List<String> page(Rows rows, long skip, int limit) {
    return rows.list(
        "SELECT id FROM rollout ORDER BY rowid DESC LIMIT ? OFFSET ?",
        row -> row.text("id"),
        limit,
        skip);
  }

  /** The newest of a channel that is not over: the active one where there is one. */
  Optional<Stored> unfinished(Rows rows, ChannelId channel) {
    return rows.one(
        "SELECT * FROM rollout WHERE slot = ? AND channel = ?"
            + " AND phase NOT IN ('COMPLETED', 'ROLLED_BACK')"
            + " ORDER BY phase = 'ROLLING_BACK', rowid DESC LIMIT 1",
        row -> read(rows, row),
        channel.slot(),
        channel.channel());
  }

  /** All that are not over, as they stand in the tables. */
  List<Stored> unfinished(Rows rows) {
    return rows.list(
        "SELECT * FROM rollout WHERE phase NOT IN ('COMPLETED', 'ROLLED_BACK')",
        row -> read(rows, row));
  }

  /** The number of the last that was planned; 0 before the first. */
  long planned(Rows rows) {
    return rows.number("SELECT coalesce(max(rowid), 0) AS n FROM rollout");
  }

  /** The newest of a channel, whatever became of it. */
  Optional<Stored> newest(Rows rows, ChannelId channel) {
    return rows.one(
        "SELECT * FROM rollout WHERE slot = ? AND channel = ? ORDER BY rowid DESC LIMIT 1",
        row -> read(rows, row),
        channel.slot(),
        channel.channel());
  }

  /** The newest of a channel that has completed. */
  Optional<Stored> completed(Rows rows, ChannelId channel) {
    return rows.one(
        "SELECT * FROM rollout WHERE slot = ? AND channel = ? AND phase = 'COMPLETED'"
            + " ORDER BY rowid DESC LIMIT 1",
        row -> read(rows, row),
        channel.slot(),
        channel.channel());
  }

  /** A device's part in a rollout that is not over. */
  record InHand(String rollout, Member member) {}

  /** The rollouts that have told a device to switch and are not over. */
  List<InHand> inHand(Rows rows, DeviceId device) {
    return rows.list(
        "SELECT m.rollout AS rollout, m.state AS state FROM rollout_member m"
            + " JOIN rollout r ON r.id = m.rollout"
            + " WHERE m.device = ? AND r.phase NOT IN ('COMPLETED', 'ROLLED_BACK')",
        row ->
            new InHand(
                row.text("rollout"),
                MemberJson.CODEC.parse(bytes(row, "state"), COLUMN_MAX, "stored member")),
        device);
  }

  /**
   * When rollouts had a device lately: from its first order, or where that is no longer known from
   * the rollout's beginning, to the rollout's end.
   */
  List<Habit.Trial> trials(Rows rows, DeviceId device, Instant now) {
    return rows.list(
        "SELECT m.state AS member, r.state AS state, r.created_at AS created_at"
            + " FROM rollout_member m JOIN rollout r ON r.id = m.rollout"
            + " WHERE m.device = ? ORDER BY r.rowid DESC LIMIT ?",
        row -> trial(row, now),
        device,
        TRIALS);
  }

  private static Habit.Trial trial(Row row, Instant now) {
    Member member = MemberJson.CODEC.parse(bytes(row, "member"), COLUMN_MAX, "stored member");
    var state = RolloutJson.STATE.parse(bytes(row, "state"), COLUMN_MAX, "stored state");
    return new Habit.Trial(
        member.attempt() == 1 ? member.orderedAt() : row.at("created_at"),
        state.finishedAt().orElse(now));
  }

  long named(Rows rows, String name) {
    return rows.number("SELECT count(*) AS n FROM rollout WHERE name = ?", name);
  }

  void create(Tx tx, Planned planned) {
    Rollout rollout = planned.rollout();
    String plan = text(plan(planned));
    var stored =
        new Stored(
            rollout,
            1,
            List.of(),
            Digest.of(plan.getBytes(StandardCharsets.UTF_8)),
            rollout.evidenceUpTo(),
            planned.fit());
    tx.run(
        "INSERT INTO rollout (id, name, slot, channel, phase, version, plan, state, verdicts,"
            + " inputs, decided_up_to, created_at) VALUES (?, ?, ?, ?, ?, 1, ?, ?, '[]', ?, ?, ?)",
        rollout.id(),
        rollout.spec().name(),
        rollout.spec().slot(),
        rollout.spec().channel(),
        rollout.phase(),
        plan,
        text(RolloutJson.STATE.bytes(RolloutJson.State.of(rollout))),
        stored.inputs(),
        stored.decidedUpTo(),
        rollout.createdAt());
    tx.afterCommit(() -> live.put(rollout.id(), stored));
  }

  /**
   * Replaces what is stored.
   *
   * @return false, and nothing changed, when somebody else has changed it since
   */
  boolean save(Tx tx, Stored before, Stored next) {
    int changed =
        tx.run(
            "UPDATE rollout SET phase = ?, version = ?, state = ?, verdicts = ?, inputs = ?,"
                + " decided_up_to = ? WHERE id = ? AND version = ?",
            next.rollout().phase(),
            next.version(),
            text(RolloutJson.STATE.bytes(RolloutJson.State.of(next.rollout()))),
            text(Json.write(Tree.list(next.verdicts(), Api.VERDICT::write))),
            next.inputs(),
            next.decidedUpTo(),
            next.id(),
            before.version());
    if (changed == 0) return false;
    if (!next.rollout().cohorts().equals(before.rollout().cohorts())) {
      var planned = new Planned(next.rollout(), next.fit());
      tx.run("UPDATE rollout SET plan = ? WHERE id = ?", text(plan(planned)), next.id());
    }
    saveMembers(tx, before.rollout(), next.rollout());
    tx.afterCommit(() -> hold(next));
    return true;
  }

  private static void saveMembers(Tx tx, Rollout before, Rollout next) {
    int n = 0;
    for (Member member : next.members().values()) {
      n++;
      if (member.equals(before.members().get(member.device()))) continue;
      tx.run(
          "INSERT INTO rollout_member (rollout, n, device, state) VALUES (?, ?, ?, ?)"
              + " ON CONFLICT (rollout, n) DO UPDATE SET state = excluded.state",
          next.id(),
          n,
          member.device(),
          text(MemberJson.CODEC.bytes(member)));
    }
  }

  private void hold(Stored stored) {
    if (stored.rollout().phase().over()) live.remove(stored.id());
    else live.put(stored.id(), stored);
  }

  /** Takes what stands in the tables; false when memory is as new. */
  boolean catchUp(Stored newest) {
    Stored held = live.get(newest.id());
    if (held == null ? newest.rollout().phase().over() : held.version() >= newest.version()) {
      return false;
    }
    hold(newest);
    return true;
  }

  /**
   * The rollouts that memory does not have as the tables do, with the version that stands there; -1
   * where the tables say that one is over.
   */
  Map<String, Long> behind(Rows rows) {
    Map<String, Long> open = new HashMap<>();
    rows.list(
            "SELECT id, version FROM rollout WHERE phase NOT IN ('COMPLETED', 'ROLLED_BACK')",
            row -> Map.entry(row.text("id"), row.integer("version")))
        .forEach(row -> open.put(row.getKey(), row.getValue()));
    Map<String, Long> behind = new HashMap<>();
    live.keySet().stream().filter(id -> !open.containsKey(id)).forEach(id -> behind.put(id, -1L));
    open.forEach(
        (id, version) -> {
          Stored held = live.get(id);
          if (held == null || held.version() < version) behind.put(id, version);
        });
    return behind;
  }

  private static Stored read(Rows rows, Row row) {
    String id = row.text("id");
    Map<DeviceId, Member> members = new LinkedHashMap<>();
    rows.list(
            "SELECT state FROM rollout_member WHERE rollout = ? ORDER BY n",
            m -> MemberJson.CODEC.parse(bytes(m, "state"), COLUMN_MAX, "stored member"),
            id)
        .forEach(member -> members.put(member.device(), member));
    RolloutJson.Plan plan = RolloutJson.PLAN.parse(bytes(row, "plan"), COLUMN_MAX, "stored plan");
    return new Stored(
        RolloutJson.rollout(
            id,
            plan,
            RolloutJson.STATE.parse(bytes(row, "state"), COLUMN_MAX, "stored state"),
            members),
        row.integer("version"),
        verdicts(bytes(row, "verdicts")),
        Digest.parse(row.text("inputs")),
        row.integer("decided_up_to"),
        plan.fit());
  }

  private static List<VerdictView> verdicts(byte[] json) {
    return Fields.list(Json.parse(json, COLUMN_MAX, "stored verdicts"), Api.VERDICT::read);
  }

  private static byte[] plan(Planned planned) {
    return RolloutJson.PLAN.bytes(RolloutJson.Plan.of(planned));
  }

  private static byte[] bytes(Row row, String column) {
    return row.text(column).getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }
}
