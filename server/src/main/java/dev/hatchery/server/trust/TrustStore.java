package dev.hatchery.server.trust;

import dev.hatchery.bundle.sign.Policies;
import dev.hatchery.bundle.sign.TrustChain;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Policy;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Role;
import dev.hatchery.core.Trust;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.server.audit.AuditLog;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.wire.Wire;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Trust documents and policies: all versions in the database, the newest in memory. */
public final class TrustStore {
  /** Base64 and signatures make an envelope larger than what is in it. */
  static final DataSize TRUST_MAX = new DataSize(TrustChain.MAX_SIZE.bytes() * 2);

  static final DataSize POLICY_MAX = new DataSize(Policies.MAX_SIZE.bytes() * 2);

  private final Db db;
  private final AuditLog audit;
  private final InstantSource clock;
  private final TrustedKey director;
  private volatile Optional<Held> held; // replaced after each commit, read by every request

  /** What is in force. */
  private record Held(Trust trust, Envelope envelope, Optional<Policy> policy) {}

  /**
   * Loads what is in force.
   *
   * @param director this server's own key
   */
  public TrustStore(Db db, AuditLog audit, InstantSource clock, TrustedKey director) {
    this.db = db;
    this.audit = audit;
    this.clock = clock;
    this.director = director;
    this.held = db.read(TrustStore::load);
  }

  /** The trust document in force; refused with TRUST_MISSING while there is none. */
  public Trust require() {
    return held.map(Held::trust).orElseThrow(TrustStore::missing);
  }

  /** The trust document in force as it was signed. */
  public Envelope requireEnvelope() {
    return held.map(Held::envelope).orElseThrow(TrustStore::missing);
  }

  public Optional<Policy> policy() {
    return held.flatMap(Held::policy);
  }

  public long policyVersion() {
    return policy().map(Policy::version).orElse(0L);
  }

  /** A trust document of any version, as it was signed. */
  Optional<Envelope> envelope(long version) {
    return db.read(rows -> envelope(rows, "trust", version));
  }

  Optional<Envelope> policyEnvelope() {
    return db.read(rows -> envelope(rows, "policy", policyVersion()));
  }

  TrustedKey director() {
    return director;
  }

  /** Takes a trust document; the one that is in force already changes nothing. */
  Trust put(Tx tx, Envelope envelope, String actor, Reissue reissue) {
    Optional<Held> before = load(tx);
    if (before.isPresent() && before.get().envelope.payload().equals(envelope.payload())) {
      return before.get().trust;
    }
    Trust next =
        before
            .map(h -> TrustChain.acceptNext(h.trust, envelope))
            .orElseGet(() -> TrustChain.acceptFirst(envelope));
    TrustChain.requireUnexpired(next, clock.instant());
    requireDirector(next);
    insert(tx, "trust", next.version(), envelope);
    audit.append(tx, actor, "trust.put", "trust " + next.version(), digest(envelope).toString());
    Optional<Policy> policy = before.flatMap(Held::policy);
    reissue.all(tx, next, policy.map(Policy::version).orElse(0L));
    tx.afterCommit(() -> held = Optional.of(new Held(next, envelope, policy)));
    return next;
  }

  /** Takes a policy; the one that is in force already changes nothing. */
  Policy putPolicy(Tx tx, Envelope envelope, String actor, Reissue reissue) {
    Held now = load(tx).orElseThrow(TrustStore::missing);
    long known = now.policy.map(Policy::version).orElse(0L);
    Policy next = Policies.verify(envelope, now.trust, clock.instant(), known);
    if (next.version() == known) {
      requireSame(tx, known, envelope);
      return next;
    }
    insert(tx, "policy", next.version(), envelope);
    audit.append(tx, actor, "policy.put", "policy " + next.version(), digest(envelope).toString());
    reissue.all(tx, now.trust, next.version());
    tx.afterCommit(() -> held = Optional.of(new Held(now.trust, now.envelope, Optional.of(next))));
    return next;
  }

  private void requireDirector(Trust trust) {
    if (trust.keysOf(Role.DIRECTOR).contains(director) && trust.threshold(Role.DIRECTOR) == 1) {
      return;
    }
    throw Refusal.of(Code.WRONG_KEY, "this trust document does not let this server direct")
        .at("role director")
        .expected("key " + director.id() + " with a threshold of 1")
        .fix("add the key that GET /api/v1/director shows, and sign the document again");
  }

  private static void requireSame(Rows rows, long version, Envelope envelope) {
    boolean same =
        envelope(rows, "policy", version)
            .filter(known -> known.payload().equals(envelope.payload()))
            .isPresent();
    if (!same) {
      throw Refusal.of(Code.EQUIVOCATION, "there are two different policies of one version")
          .got("version " + version)
          .fix("sign the newer one with a higher version");
    }
  }

  private void insert(Tx tx, String table, long version, Envelope envelope) {
    tx.run(
        "INSERT INTO " + table + " (version, envelope, at) VALUES (?, ?, ?)",
        version,
        Wire.ENVELOPE.bytes(envelope),
        Instant.ofEpochMilli(clock.millis()));
  }

  private static Optional<Held> load(Rows rows) {
    return newest(rows, "trust")
        .map(
            envelope ->
                new Held(
                    trust(envelope), envelope, newest(rows, "policy").map(TrustStore::policy)));
  }

  // What is in the database was verified before it was put there.
  private static Trust trust(Envelope envelope) {
    return Wire.TRUST.parse(envelope.payload().toArray(), TrustChain.MAX_SIZE, "stored trust");
  }

  private static Policy policy(Envelope envelope) {
    return Wire.POLICY.parse(envelope.payload().toArray(), Policies.MAX_SIZE, "stored policy");
  }

  private static Optional<Envelope> newest(Rows rows, String table) {
    return rows.one(
        "SELECT envelope FROM " + table + " ORDER BY version DESC LIMIT 1",
        row -> Wire.ENVELOPE.parse(row.blob("envelope"), POLICY_MAX, "stored " + table));
  }

  private static Optional<Envelope> envelope(Rows rows, String table, long version) {
    return rows.one(
        "SELECT envelope FROM " + table + " WHERE version = ?",
        row -> Wire.ENVELOPE.parse(row.blob("envelope"), POLICY_MAX, "stored " + table),
        version);
  }

  private static Digest digest(Envelope envelope) {
    return envelope.payload().digest();
  }

  private static Refusal missing() {
    return Refusal.of(Code.TRUST_MISSING, "this server has no trust document yet")
        .fix("sign one that names this server's director key, and PUT it to /api/v1/trust");
  }
}
