package dev.hatchery.server.rollouts;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.server.db.Row;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.DecisionView;
import dev.hatchery.wire.api.VerdictView;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** The decisions that a person would want to read, each with the evidence it stands on. */
final class DecisionStore {
  private static final DataSize COLUMN_MAX = DataSize.mib(1);

  private DecisionStore() {}

  static void add(Tx tx, Stored before, Stored next, String summary, int commands, Instant at) {
    tx.run(
        "INSERT INTO decision (rollout, at, summary, verdicts, commands, after_report,"
            + " up_to_report, inputs) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        next.id(),
        at,
        summary,
        new String(
            Json.write(Tree.list(next.verdicts(), Api.VERDICT::write)), StandardCharsets.UTF_8),
        commands,
        before.decidedUpTo(),
        next.rollout().evidenceUpTo(),
        next.inputs());
  }

  static List<DecisionView> after(Rows rows, String rollout, long seq, int limit) {
    return rows.list(
        "SELECT * FROM decision WHERE rollout = ? AND seq > ? ORDER BY seq LIMIT ?",
        DecisionStore::view,
        rollout,
        seq,
        limit);
  }

  /** The newest first. */
  static List<DecisionView> newest(Rows rows, String rollout, int limit) {
    return rows.list(
        "SELECT * FROM decision WHERE rollout = ? ORDER BY seq DESC LIMIT ?",
        DecisionStore::view,
        rollout,
        limit);
  }

  private static DecisionView view(Row row) {
    return new DecisionView(
        row.integer("seq"),
        row.text("rollout"),
        row.at("at"),
        row.text("summary"),
        verdicts(row.text("verdicts")),
        row.integer("commands"),
        row.integer("after_report"),
        row.integer("up_to_report"),
        Digest.parse(row.text("inputs")));
  }

  private static List<VerdictView> verdicts(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return Fields.list(Json.parse(bytes, COLUMN_MAX, "stored verdicts"), Api.VERDICT::read);
  }
}
