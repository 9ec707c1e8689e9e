package dev.hatchery.server.auth;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Secret;
import dev.hatchery.server.audit.AuditLog;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Row;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.http.Caller;
import dev.hatchery.wire.api.OperatorRole;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The operators' tokens, as hashes. */
public final class OperatorTokens {
  /** Tells what the token is, wherever it turns up. */
  public static final String PREFIX = "hto_";

  /** The first operator, who lets others in. */
  public static final String ADMIN = "admin";

  private static final int MAX = 1000;

  private final Db db;
  private final AuditLog audit;
  private final InstantSource clock;
  private volatile Map<String, Entry> hashes; // replaced whole, so that readers need no lock

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

  private record Entry(Digest hash, OperatorRole role) {}

  /** One operator. */
  public record Known(Name name, Instant createdAt, OperatorRole role) {}

  /** By name. */
  public static List<Known> all(Rows rows) {
    return rows.list(
        "SELECT name, created_at, role FROM operator_token ORDER BY name",
        row -> new Known(new Name(row.text("name")), row.at("created_at"), role(row)));
  }

  /** Lets another operator in; what is kept of the token is its hash. */
  Known add(Tx tx, Name name, OperatorRole role, Secret token, String actor) {
    List<Known> all = all(tx);
    if (all.size() >= MAX) {
      throw Refusal.of(Code.TOO_LARGE, "there are too many operators")
          .expected("at most " + MAX)
          .fix("revoke those that are gone");
    }
    if (all.stream().anyMatch(known -> known.name().equals(name))) {
      throw Refusal.of(Code.CONFLICT, "there is an operator of this name")
          .got(name)
          .fix("revoke it first: a token that is lost is not shown again");
    }
    var known = new Known(name, Instant.ofEpochMilli(clock.millis()), role);
    tx.run(
        "INSERT INTO operator_token (name, hash, created_at, role) VALUES (?, ?, ?, ?)",
        name,
        token.hash(),
        known.createdAt(),
        word(role));
    audit.append(tx, actor, "operator.add", name, "a token of their own, as " + word(role));
    reload(tx);
    return known;
  }

  /** Who may come in, as records name them. */
  public Set<String> actors() {
    return hashes.keySet().stream()
        .map(name -> new Caller.Operator(name).name())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Ends a token. */
  Known revoke(Tx tx, Name name, String actor) {
    Known known =
        all(tx).stream()
            .filter(k -> k.name().equals(name))
            .findFirst()
            .orElseThrow(() -> Refusal.of(Code.NOT_FOUND, "there is no such operator").got(name));
    if (name.value().equals(ADMIN)) {
      throw Refusal.of(Code.ILLEGAL_STATE, "the first operator cannot be revoked")
          .got(name)
          .fix("start the server with --reset-token: it gets a new token, all others end");
    }
    tx.run("DELETE FROM operator_token WHERE name = ?", name);
    audit.append(tx, actor, "operator.revoke", name, "the token opens nothing any more");
    reload(tx);
    return known;
  }

  private static String word(OperatorRole role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  private static OperatorRole role(Row row) {
    return OperatorRole.valueOf(row.text("role").toUpperCase(Locale.ROOT));
  }

  /** Whose token this is, if it is one. Every token is compared, whichever fits. */
  public Optional<Caller> holder(Secret token) {
    byte[] hash = token.hash().bytes();
    Optional<Caller> holder = Optional.empty();
    for (var known : hashes.entrySet()) {
      Entry entry = known.getValue();
      if (!MessageDigest.isEqual(entry.hash.bytes(), hash)) continue;
      holder =
          Optional.of(
              switch (entry.role) {
                case OPERATOR -> new Caller.Operator(known.getKey());
                case UPDATER -> new Caller.Updater(known.getKey());
              });
    }
    return holder;
  }

  private boolean reload(Tx tx) {
    Map<String, Entry> loaded = load(tx);
    tx.afterCommit(() -> hashes = loaded);
    return true;
  }

  private static Map<String, Entry> load(Rows rows) {
    Map<String, Entry> loaded = new LinkedHashMap<>();
    rows.list(
            "SELECT name, hash, role FROM operator_token",
            row ->
                Map.entry(row.text("name"), new Entry(Digest.parse(row.text("hash")), role(row))))
        .forEach(entry -> loaded.put(entry.getKey(), entry.getValue()));
    return loaded;
  }
}
