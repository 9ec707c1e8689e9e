package dev.hatchery.server.limits;

import dev.hatchery.core.Limits;
import dev.hatchery.server.audit.AuditLog;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** The limits in force, and all that were. */
public final class LimitStore {
  private final AuditLog audit;
  private final InstantSource clock;

  // In step with the table after each commit.
  private volatile Limits current;

  public LimitStore(Db db, AuditLog audit, InstantSource clock) {
    this.audit = audit;
    this.clock = clock;
    this.current = db.read(LimitStore::newest).orElse(Limits.NONE);
  }

  public Limits current() {
    return current;
  }

  /** Brings limits into force at once; those that are in force already change nothing. */
  Limits put(Tx tx, Limits limits, String actor) {
    if (newest(tx).orElse(Limits.NONE).equals(limits)) return limits;
    long version = tx.number("SELECT coalesce(max(version), 0) + 1 AS n FROM limits");
    tx.run(
        "INSERT INTO limits (version, body, actor, at) VALUES (?, ?, ?, ?)",
        version,
        new String(Wire.LIMITS.bytes(limits), StandardCharsets.UTF_8),
        actor,
        Instant.ofEpochMilli(clock.millis()));
    audit.append(
        tx, actor, "limits.put", "limits " + version, limits.sites().size() + " sites named");
    tx.afterCommit(() -> current = limits);
    return limits;
  }

  private static Optional<Limits> newest(Rows rows) {
    return rows.one(
        "SELECT body FROM limits ORDER BY version DESC LIMIT 1",
        row ->
            Wire.LIMITS.parse(
                row.text("body").getBytes(StandardCharsets.UTF_8),
                Limits.MAX_SIZE,
                "stored limits"));
  }
}
