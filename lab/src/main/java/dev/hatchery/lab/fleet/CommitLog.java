package dev.hatchery.lab.fleet;

import dev.hatchery.core.DeviceId;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Storage;
import java.util.List;
import java.util.Optional;

/**
 * What servers have committed, as the database itself saw it: triggers write down each change of a
 * rollout, of a member's state and of a desired state's number, in the transaction that makes it.
 * No code of the server has a part in it.
 */
final class CommitLog {
  private static final List<String> TRIGGERS =
      List.of(
          """
          CREATE TEMP TABLE rollout_change (n INTEGER PRIMARY KEY, id TEXT, before_version INTEGER,
            version INTEGER, before_phase TEXT, phase TEXT, before_stage INTEGER, stage INTEGER,
            before_abort INTEGER, abort INTEGER)
          """,
          """
          CREATE TEMP TRIGGER see_rollout AFTER UPDATE ON main.rollout
          WHEN old.version <> new.version OR old.state <> new.state BEGIN
            INSERT INTO rollout_change (id, before_version, version, before_phase, phase,
              before_stage, stage, before_abort, abort)
            VALUES (new.id, old.version, new.version, old.phase, new.phase,
              json_extract(old.state, '$.stage'), json_extract(new.state, '$.stage'),
              json_extract(old.state, '$.abort') IS NOT NULL,
              json_extract(new.state, '$.abort') IS NOT NULL);
          END
          """,
          """
          CREATE TEMP TABLE member_change (n INTEGER PRIMARY KEY, rollout TEXT, device TEXT,
            command TEXT, before_state TEXT, state TEXT)
          """,
          """
          CREATE TEMP TRIGGER see_member AFTER UPDATE ON main.rollout_member
          WHEN json_extract(old.state, '$.state') <> json_extract(new.state, '$.state') BEGIN
            INSERT INTO member_change (rollout, device, command, before_state, state)
            VALUES (new.rollout, new.device, json_extract(new.state, '$.commandId'),
              json_extract(old.state, '$.state'), json_extract(new.state, '$.state'));
          END
          """,
          """
          CREATE TEMP TABLE desired_change (n INTEGER PRIMARY KEY, device TEXT, before_keyset INTEGER,
            keyset INTEGER, before_counter INTEGER, counter INTEGER)
          """,
          """
          CREATE TEMP TRIGGER see_desired AFTER UPDATE ON main.desired BEGIN
            INSERT INTO desired_change (device, before_keyset, keyset, before_counter, counter)
            VALUES (new.device, old.keyset, new.keyset, old.counter, new.counter);
          END
          """);

  private final Db db;

  /** A commit that changed a rollout. */
  record RolloutChange(
      String id,
      long beforeVersion,
      long version,
      String beforePhase,
      String phase,
      long beforeStage,
      long stage,
      boolean abortedBefore,
      boolean aborted) {}

  /** A commit that changed where a member stands; state names as the server stores them. */
  record MemberChange(String rollout, String device, String command, String before, String state) {}

  /** A commit that changed what a device is told. */
  record DesiredChange(
      String device, long beforeKeyset, long keyset, long beforeCounter, long counter) {}

  /** What is asked for at the end: how a rollout stands. */
  record Standing(
      String id,
      String phase,
      String target,
      Optional<String> previous,
      boolean aborted,
      boolean undone) {}

  CommitLog(Storage storage) {
    db = storage.db(Storage.Fate.KIND);
    db.write(
        tx -> {
          TRIGGERS.forEach(tx::run);
          return 0;
        });
  }

  /** Whether anything has changed since the last time; the three lists say what. */
  boolean anything() {
    return db.read(
            rows ->
                rows.number(
                    "SELECT EXISTS (SELECT 1 FROM rollout_change) OR EXISTS (SELECT 1 FROM"
                        + " member_change) OR EXISTS (SELECT 1 FROM desired_change) AS n"))
        > 0;
  }

  /** The changes since the last time. */
  List<RolloutChange> rollouts() {
    List<RolloutChange> changes =
        db.read(
            rows ->
                rows.list(
                    "SELECT * FROM rollout_change ORDER BY n",
                    row ->
                        new RolloutChange(
                            row.text("id"),
                            row.integer("before_version"),
                            row.integer("version"),
                            row.text("before_phase"),
                            row.text("phase"),
                            row.integer("before_stage"),
                            row.integer("stage"),
                            row.integer("before_abort") != 0,
                            row.integer("abort") != 0)));
    forget(changes, "rollout_change");
    return changes;
  }

  List<MemberChange> members() {
    List<MemberChange> changes =
        db.read(
            rows ->
                rows.list(
                    "SELECT * FROM member_change ORDER BY n",
                    row ->
                        new MemberChange(
                            row.text("rollout"),
                            row.text("device"),
                            row.text("command"),
                            row.text("before_state"),
                            row.text("state"))));
    forget(changes, "member_change");
    return changes;
  }

  List<DesiredChange> desired() {
    List<DesiredChange> changes =
        db.read(
            rows ->
                rows.list(
                    "SELECT * FROM desired_change ORDER BY n",
                    row ->
                        new DesiredChange(
                            row.text("device"),
                            row.integer("before_keyset"),
                            row.integer("keyset"),
                            row.integer("before_counter"),
                            row.integer("counter"))));
    forget(changes, "desired_change");
    return changes;
  }

  private void forget(List<?> changes, String table) {
    if (changes.isEmpty()) return;
    db.write(tx -> tx.run("DELETE FROM " + table));
  }

  /** All rollouts, oldest first. */
  List<Standing> standings() {
    return db.read(
        rows ->
            rows.list(
                "SELECT id, phase, json_extract(plan, '$.target') AS target,"
                    + " json_extract(plan, '$.previous.manifest') AS previous,"
                    + " json_extract(state, '$.abort') IS NOT NULL AS abort,"
                    + " json_extract(state, '$.undone') IS NOT NULL AS undone"
                    + " FROM rollout ORDER BY rowid",
                row ->
                    new Standing(
                        row.text("id"),
                        row.text("phase"),
                        row.text("target"),
                        row.maybeText("previous"),
                        row.integer("abort") != 0,
                        row.integer("undone") != 0)));
  }

  /** The number of what a device was told last. */
  Optional<Long> counter(DeviceId device) {
    return db.read(
        rows ->
            rows.one(
                "SELECT counter FROM desired WHERE device = ?",
                row -> row.integer("counter"),
                device));
  }

  /** How many reports were ever taken. */
  long reports() {
    return db.read(rows -> rows.number("SELECT coalesce(max(id), 0) AS n FROM report"));
  }

  /** How many members are still to go back and have not said that they cannot. */
  long waitsFor(String rollout) {
    return db.read(
        rows ->
            rows.number(
                "SELECT count(*) AS n FROM rollout_member WHERE rollout = ?"
                    + " AND json_extract(state, '$.state') = 'rolling-back'"
                    + " AND json_extract(state, '$.failure') IS NULL",
                rollout));
  }

  /** Where the members of a rollout stand, for people. */
  List<String> members(String rollout) {
    return db.read(
        rows ->
            rows.list(
                "SELECT device, json_extract(state, '$.commandId') AS command,"
                    + " json_extract(state, '$.state') AS state,"
                    + " coalesce(json_extract(state, '$.failure'), '') AS failure"
                    + " FROM rollout_member WHERE rollout = ? ORDER BY n",
                row ->
                    row.text("device")
                        + " "
                        + row.text("command")
                        + " "
                        + row.text("state")
                        + " "
                        + row.text("failure"),
                rollout));
  }

  /** The members of a rollout that stand so. */
  List<MemberChange> members(String rollout, String state) {
    return db.read(
        rows ->
            rows.list(
                "SELECT device, json_extract(state, '$.commandId') AS command FROM rollout_member"
                    + " WHERE rollout = ? AND json_extract(state, '$.state') = ?",
                row ->
                    new MemberChange(
                        rollout, row.text("device"), row.text("command"), state, state),
                rollout,
                state));
  }
}
