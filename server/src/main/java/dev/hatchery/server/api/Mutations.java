package dev.hatchery.server.api;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Method;
import dev.hatchery.server.http.Route;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;

/** Makes routes of changes. */
public final class Mutations {
  public static final String KEY = "Idempotency-Key";

  /** How long a repeated request gets the first one's answer. */
  public static final Duration KEPT = Duration.ofDays(7);

  private static final Pattern KEY_FORM = Pattern.compile("[!-~]{1,128}");

  private final Db db;
  private final InstantSource clock;

  private record Stored(Digest request, int status, Bytes body) {}

  public Mutations(Db db, InstantSource clock) {
    this.db = db;
    this.clock = clock;
  }

  /** A route for operators that changes something. */
  public Route route(Method method, String path, DataSize bodyMax, Preparation preparation) {
    return new Route(method, path, Access.OPERATOR, bodyMax, x -> answer(x, preparation));
  }

  /** Forgets answers that are older than {@link #KEPT}. */
  public void prune(Tx tx) {
    tx.run("DELETE FROM idempotency WHERE at < ?", clock.instant().minus(KEPT));
  }

  private Answer answer(Exchange exchange, Preparation preparation) {
    Optional<String> key = exchange.header(KEY);
    if (key.isEmpty()) return db.write(preparation.prepare(exchange)::make);
    if (!KEY_FORM.matcher(key.get()).matches()) {
      throw Refusal.of(Code.BAD_INPUT, "this is not an " + KEY)
          .expected("1 to 128 visible characters")
          .got(key.get());
    }
    String operator = exchange.caller().name();
    Digest request = fingerprint(exchange);
    Optional<Stored> before = db.read(rows -> find(rows, operator, key.get()));
    if (before.isPresent()) return replay(before.get(), request);
    Change change = preparation.prepare(exchange);
    return db.write(tx -> once(tx, operator, key.get(), request, change));
  }

  // Another request with this key may have been made since; the writer decides which was first.
  private Answer once(Tx tx, String operator, String key, Digest request, Change change) {
    Optional<Stored> before = find(tx, operator, key);
    if (before.isPresent()) return replay(before.get(), request);
    Answer answer = change.make(tx);
    Bytes body =
        answer.body() instanceof Answer.Memory(Bytes bytes) ? bytes : Bytes.of(new byte[0]);
    tx.run(
        "INSERT INTO idempotency (operator, key, request, status, body, body_hash, at)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?)",
        operator,
        key,
        request,
        answer.status(),
        body,
        body.digest(),
        Instant.ofEpochMilli(clock.millis()));
    return answer;
  }

  private static Optional<Stored> find(Rows rows, String operator, String key) {
    return rows.one(
        "SELECT request, status, body FROM idempotency WHERE operator = ? AND key = ?",
        row ->
            new Stored(
                Digest.parse(row.text("request")),
                (int) row.integer("status"),
                Bytes.of(row.blob("body"))),
        operator,
        key);
  }

  private static Answer replay(Stored stored, Digest request) {
    if (!stored.request.equals(request)) {
      throw Refusal.of(Code.CONFLICT, "this " + KEY + " belongs to another request")
          .fix("use a new key for a new request");
    }
    return Answer.json(stored.status, stored.body.toArray()).with("Idempotency-Replayed", "true");
  }

  private static Digest fingerprint(Exchange exchange) {
    MessageDigest running = Digest.sha256();
    String line = exchange.method() + " " + exchange.path() + "\n";
    running.update(line.getBytes(StandardCharsets.UTF_8));
    running.update(exchange.body());
    return Digest.finish(running);
  }
}
