package dev.hatchery.server.auth;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Secret;
import dev.hatchery.server.audit.AuditLog;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The operators' tokens, as hashes. */
public final class OperatorTokens {
  /** Tells what the token is, wherever it turns up. */
  public static final String PREFIX = "hto_";

  private final Db db;
  private final AuditLog audit;
  private final InstantSource clock;
  private volatile Map<String, Digest> hashes; // replaced whole, so that readers need no lock

  public OperatorTokens(Db db, AuditLog audit, InstantSource clock) {
    this.db = db;
    this.audit = audit;
    this.clock = clock;
    this.hashes = db.read(OperatorTokens::load);
  }

  public boolean none() {
    return hashes.isEmpty();
  }

  /** Makes this the only token. */
  public void replaceAll(String name, Secret token) {
    db.write(
        tx -> {
          tx.run("DELETE FROM operator_token");
          tx.run(
              "INSERT INTO operator_token (name, hash, created_at) VALUES (?, ?, ?)",
              name,
              token.hash(),
              Instant.ofEpochMilli(clock.millis()));
          audit.append(tx, "server", "operator-token.create", name, "replaces all others");
          return reload(tx);
        });
  }

  /** The name of this token, if it is one. Every token is compared, whichever fits. */
  public Optional<String> nameOf(Secret token) {
    byte[] hash = token.hash().bytes();
    String name = "";
    for (var known : hashes.entrySet()) {
      if (MessageDigest.isEqual(known.getValue().bytes(), hash)) name = known.getKey();
    }
    return name.isEmpty() ? Optional.empty() : Optional.of(name);
  }

  private boolean reload(Tx tx) {
    Map<String, Digest> loaded = load(tx);
    tx.afterCommit(() -> hashes = loaded);
    return true;
  }

  private static Map<String, Digest> load(Rows rows) {
    Map<String, Digest> loaded = new LinkedHashMap<>();
    rows.list(
            "SELECT name, hash FROM operator_token",
            row -> Map.entry(row.text("name"), Digest.parse(row.text("hash"))))
        .forEach(entry -> loaded.put(entry.getKey(), entry.getValue()));
    return loaded;
  }
}
