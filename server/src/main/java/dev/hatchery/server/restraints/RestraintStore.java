package dev.hatchery.server.restraints;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Restraint;
import dev.hatchery.server.audit.AuditLog;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.RestraintView;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The restraints there are. */
public final class RestraintStore {
  private static final DataSize COLUMN_MAX = DataSize.kib(8);
  private static final int MAX = 1000;

  private final AuditLog audit;
  private final InstantSource clock;

  // In step with the table after each commit.
  private volatile List<RestraintView> all;

  public RestraintStore(Db db, AuditLog audit, InstantSource clock) {
    this.audit = audit;
    this.clock = clock;
    this.all = db.read(RestraintStore::read);
  }

  /** Those that are not over, the oldest first; some may not have begun. */
  public List<RestraintView> all() {
    Instant now = now();
    return all.stream().filter(view -> !view.restraint().over(now)).toList();
  }

  /** Those of a kind that are in force. */
  public List<RestraintView> inForce(Restraint.Kind kind, Instant now) {
    return all.stream()
        .filter(view -> view.restraint().kind() == kind && view.restraint().inForce(now))
        .toList();
  }

  /** All of them, with those of other updaters told apart; what stands in this transaction. */
  public List<RestraintView> permits(Tx tx) {
    return read(tx).stream().filter(view -> view.owner().isPresent()).toList();
  }

  /** What an answer about the present rests on, see {@link #stands}. */
  public List<RestraintView> snapshot() {
    return all;
  }

  /** Whether nothing has been put there or taken away since; what was, is known from then on. */
  public boolean stands(Tx tx, List<RestraintView> snapshot) {
    // Another server on the same database may have done so.
    return reload(tx).equals(snapshot);
  }

  /** Another time or reason for what is there already. */
  public RestraintView renew(Tx tx, RestraintView before, Restraint wanted, String actor) {
    tx.run(
        "UPDATE restraint SET body = ?, until = ? WHERE id = ?",
        new String(Api.RESTRAINT.bytes(wanted), StandardCharsets.UTF_8),
        wanted.until(),
        before.id());
    RestraintView renewed =
        reload(tx).stream().filter(v -> v.id() == before.id()).findFirst().orElseThrow();
    audit.append(
        tx, actor, word(wanted) + ".renew", word(wanted) + " " + before.id(), text(renewed));
    return renewed;
  }

  /** Puts one there, for an operator. */
  public RestraintView add(Tx tx, Restraint restraint, String actor) {
    return add(tx, restraint, actor, Optional.empty());
  }

  /**
   * Puts one there.
   *
   * @param owner the other updater it is for, if it is a permit
   */
  public RestraintView add(Tx tx, Restraint restraint, String actor, Optional<String> owner) {
    Instant now = now();
    if (restraint.over(now)) {
      throw Refusal.of(Code.BAD_INPUT, "this would be over already")
          .expected("an end after " + now)
          .got(restraint.until().map(Instant::toString).orElse(""));
    }
    tx.run("DELETE FROM restraint WHERE until <= ?", now);
    if (read(tx).size() >= MAX) {
      throw Refusal.of(Code.TOO_LARGE, "there are too many restraints")
          .expected("at most " + MAX)
          .fix("take some away, or use selectors");
    }
    tx.run(
        "INSERT INTO restraint (body, until, actor, at, owner) VALUES (?, ?, ?, ?, ?)",
        new String(Api.RESTRAINT.bytes(restraint), StandardCharsets.UTF_8),
        restraint.until(),
        actor,
        now,
        owner);
    RestraintView added = reload(tx).getLast();
    audit.append(
        tx, actor, word(restraint) + ".add", word(restraint) + " " + added.id(), text(added));
    return added;
  }

  public RestraintView remove(Tx tx, long id, String actor) {
    RestraintView gone =
        read(tx).stream()
            .filter(view -> view.id() == id)
            .findFirst()
            .orElseThrow(
                () -> Refusal.of(Code.NOT_FOUND, "there is no such pin, hold or freeze").got(id));
    tx.run("DELETE FROM restraint WHERE id = ?", id);
    reload(tx);
    audit.append(
        tx,
        actor,
        word(gone.restraint()) + ".remove",
        word(gone.restraint()) + " " + id,
        text(gone));
    return gone;
  }

  private List<RestraintView> reload(Tx tx) {
    List<RestraintView> read = read(tx);
    tx.afterCommit(() -> all = read);
    return read;
  }

  private static List<RestraintView> read(Rows rows) {
    return rows.list(
        "SELECT id, body, actor, at, owner FROM restraint ORDER BY id",
        row ->
            new RestraintView(
                row.integer("id"),
                Api.RESTRAINT.parse(
                    row.text("body").getBytes(StandardCharsets.UTF_8),
                    COLUMN_MAX,
                    "stored restraint"),
                row.text("actor"),
                row.at("at"),
                row.maybeText("owner")));
  }

  private static String text(RestraintView view) {
    Restraint r = view.restraint();
    return "from "
        + r.from()
        + r.until().map(end -> " until " + end).orElse("")
        + r.device().map(d -> ", device " + d).orElse("")
        + r.selector().map(s -> ", devices of " + s).orElse("")
        + r.slot().map(s -> ", slot " + s).orElse("")
        + view.owner().map(o -> ", for " + o).orElse("")
        + ": "
        + r.reason();
  }

  private static String word(Restraint restraint) {
    return restraint.kind().name().toLowerCase(Locale.ROOT);
  }

  private Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }
}
