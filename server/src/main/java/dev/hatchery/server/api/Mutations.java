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

  private record Request(String operator, String key, Digest fingerprint, boolean secret) {}

  private record Stored(Digest fingerprint, int status, Bytes body) {}

  public Mutations(Db db, InstantSource clock) {
    this.db = db;
    this.clock = clock;
  }

  /** A route for operators that changes something. */
  public Route route(Method method, String path, DataSize bodyMax, Preparation preparation) {
    return route(method, path, Access.OPERATOR, bodyMax, preparation);
  }

  /** The same, for others as well. */
  public Route route(
      Method method, String path, Access access, DataSize bodyMax, Preparation preparation) {
    return new Route(method, path, access, bodyMax, x -> answer(x, preparation, false));
  }

  /**
   * Like {@link #route}, for an answer that holds a secret: it is never stored, so a repeated
   * request is refused instead of answered.
   */
  public Route secretRoute(Method method, String path, DataSize bodyMax, Preparation preparation) {
    return new Route(method, path, Access.OPERATOR, bodyMax, x -> answer(x, preparation, true));
  }

  /** Forgets answers that are older than {@link #KEPT}. */
  public void prune(Tx tx) {
    tx.run("DELETE FROM idempotency WHERE at < ?", clock.instant().minus(KEPT));
  }

  private Answer answer(Exchange exchange, Preparation preparation, boolean secret) {
    Optional<String> key = exchange.header(KEY).map(Mutations::checked);
    if (key.isEmpty()) return db.write(preparation.prepare(exchange)::make);
    var request = new Request(exchange.caller().name(), key.get(), fingerprint(exchange), secret);
    Optional<Stored> before = db.read(rows -> find(rows, request));
    if (before.isPresent()) return replay(before.get(), request);
    Change change = preparation.prepare(exchange);
    return db.write(tx -> once(tx, request, change));
  }

  private static String checked(String key) {
    if (KEY_FORM.matcher(key).matches()) return key;
    throw Refusal.of(Code.BAD_INPUT, "this is not an " + KEY)
        .expected("1 to 128 visible characters")
        .got(key);
  }

  // Another request with this key may have been made since; the writer decides which was first.
  private Answer once(Tx tx, Request request, Change change) {
    Optional<Stored> before = find(tx, request);
    if (before.isPresent()) return replay(before.get(), request);
    Answer answer = change.make(tx);
    Bytes body = request.secret ? Bytes.utf8("") : body(answer);
    tx.run(
        "INSERT INTO idempotency (operator, key, request, status, body, body_hash, at)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?)",
        request.operator,
        request.key,
        request.fingerprint,
        answer.status(),
        body,
        body.digest(),
        Instant.ofEpochMilli(clock.millis()));
    return answer;
  }

  private static Bytes body(Answer answer) {
    return answer.body() instanceof Answer.Memory(Bytes bytes) ? bytes : Bytes.utf8("");
  }

  private static Optional<Stored> find(Rows rows, Request request) {
    return rows.one(
        "SELECT request, status, body FROM idempotency WHERE operator = ? AND key = ?",
        row ->
            new Stored(
                Digest.parse(row.text("request")),
                (int) row.integer("status"),
                Bytes.of(row.blob("body"))),
        request.operator,
        request.key);
  }

  private static Answer replay(Stored stored, Request request) {
    if (!stored.fingerprint.equals(request.fingerprint)) {
      throw Refusal.of(Code.CONFLICT, "this " + KEY + " belongs to another request")
          .fix("use a new key for a new request");
    }
    if (request.secret) {
      throw Refusal.of(Code.CONFLICT, "this was done, and its answer is shown once only")
          .fix("ask again with a new " + KEY);
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
