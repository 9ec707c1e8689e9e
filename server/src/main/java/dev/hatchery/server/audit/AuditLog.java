package dev.hatchery.server.audit;

import dev.hatchery.core.Digest;
import dev.hatchery.server.db.Row;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.wire.api.AuditView;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Tree;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;

/** Appends records and reads them. */
public final class AuditLog {
  private static final int MAX_TEXT = 2048;
  private static final Digest FIRST = new Digest("0".repeat(64));
  private static final int CHUNK = 1000;

  private final InstantSource clock;

  public AuditLog(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Records a change, in its own transaction.
   *
   * @param actor for example {@code operator:admin}, {@code device:edge-1}, {@code server}
   * @param action for example {@code rollout.create}
   * @param object what was changed
   * @param detail in plain words; never a secret
   */
  public void append(Tx tx, String actor, String action, Object object, String detail) {
    var last = last(tx);
    long seq = last.stream().mapToLong(AuditView::seq).findFirst().orElse(0) + 1;
    Digest prev = last.stream().map(AuditView::hash).findFirst().orElse(FIRST);
    var at = Instant.ofEpochMilli(clock.millis());
    String shown = clip(detail);
    Digest hash = hash(seq, at, actor, action, object.toString(), shown, prev);
    tx.run(
        "INSERT INTO audit (seq, at, actor, action, object, detail, prev, hash)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        seq,
        at,
        actor,
        action,
        object,
        shown,
        prev,
        hash);
  }

  public List<AuditView> after(Rows rows, long seq, int limit) {
    return rows.list(
        "SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", AuditLog::view, seq, limit);
  }

  /** The first record that is not what was written, if any. */
  public OptionalLong firstBroken(Rows rows) {
    Digest prev = FIRST;
    long seq = 0;
    for (var chunk = after(rows, 0, CHUNK); !chunk.isEmpty(); chunk = after(rows, seq, CHUNK)) {
      for (AuditView record : chunk) {
        boolean next = record.seq() == seq + 1 && record.prev().equals(prev);
        if (!next || !record.hash().equals(hash(record))) return OptionalLong.of(record.seq());
        prev = record.hash();
        seq = record.seq();
      }
    }
    return OptionalLong.empty();
  }

  private static List<AuditView> last(Rows rows) {
    return rows.list("SELECT * FROM audit ORDER BY seq DESC LIMIT 1", AuditLog::view);
  }

  private static AuditView view(Row row) {
    return new AuditView(
        row.integer("seq"),
        row.at("at"),
        row.text("actor"),
        row.text("action"),
        row.text("object"),
        row.text("detail"),
        Digest.parse(row.text("prev")),
        Digest.parse(row.text("hash")));
  }

  private static Digest hash(AuditView r) {
    return hash(r.seq(), r.at(), r.actor(), r.action(), r.object(), r.detail(), r.prev());
  }

  private static Digest hash(
      long seq,
      Instant at,
      String actor,
      String action,
      String object,
      String detail,
      Digest prev) {
    return Digest.of(
        Json.write(
            Tree.object()
                .put("seq", seq)
                .put("at", at)
                .put("actor", actor)
                .put("action", action)
                .put("object", object)
                .put("detail", detail)
                .put("prev", prev)
                .done()));
  }

  private static String clip(String detail) {
    String plain = detail.replaceAll("\\p{Cntrl}", "?");
    return plain.length() > MAX_TEXT ? plain.substring(0, MAX_TEXT) + "…" : plain;
  }
}
