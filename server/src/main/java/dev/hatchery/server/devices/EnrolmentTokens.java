package dev.hatchery.server.devices;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Secret;
import dev.hatchery.server.auth.Tokens;
import dev.hatchery.server.db.Tx;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** Tokens with which devices may join, stored as hashes: bounded in uses and time. */
public final class EnrolmentTokens {
  private static final String PREFIX = "hte_";

  private final InstantSource clock;
  private final RandomGenerator random;

  /**
   * The tokens.
   *
   * @param random must be cryptographically strong
   */
  public EnrolmentTokens(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /**
   * A token as it is made; the secret is nowhere else.
   *
   * @param id names it in records
   */
  record Made(String id, Secret secret, Instant expires) {}

  private record Known(String id, Digest hash, long usesLeft, Instant expires) {}

  Made make(Tx tx, int maxUses, Duration validFor) {
    Secret secret = Tokens.make(PREFIX, random);
    Instant now = Instant.ofEpochMilli(clock.millis());
    var made = new Made("e-" + secret.hash().brief(), secret, now.plus(validFor));
    tx.run(
        "INSERT INTO enrolment_token (id, hash, max_uses, uses, expires, created_at)"
            + " VALUES (?, ?, ?, 0, ?, ?)",
        made.id,
        secret.hash(),
        maxUses,
        made.expires,
        now);
    return made;
  }

  /**
   * Uses a token once.
   *
   * @return the token's id
   * @throws Refusal UNAUTHENTICATED, in the same words whatever is wrong with it
   */
  String burn(Tx tx, Secret secret) {
    // Found by its hash, of which nobody can steer a part; compared in constant time all the same.
    Digest hash = secret.hash();
    return tx.one(
            "SELECT id, hash, max_uses - uses AS left, expires FROM enrolment_token WHERE hash = ?",
            row ->
                new Known(
                    row.text("id"),
                    Digest.parse(row.text("hash")),
                    row.integer("left"),
                    row.at("expires")),
            hash)
        .filter(known -> MessageDigest.isEqual(known.hash.bytes(), hash.bytes()))
        .filter(known -> known.usesLeft > 0 && clock.instant().isBefore(known.expires))
        .map(known -> use(tx, known))
        .orElseThrow(EnrolmentTokens::refused);
  }

  private static String use(Tx tx, Known known) {
    tx.run("UPDATE enrolment_token SET uses = uses + 1 WHERE id = ?", known.id);
    return known.id;
  }

  private static Refusal refused() {
    return Refusal.of(Code.UNAUTHENTICATED, "this enrolment token opens nothing")
        .expected("a token that is known, unexpired and not used up")
        .fix("ask an operator for a new enrolment file");
  }
}
