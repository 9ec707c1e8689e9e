package dev.hatchery.agent.api;

import dev.hatchery.agent.http.Http;
import dev.hatchery.agent.http.Reply;
import dev.hatchery.bundle.sign.Assertion;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Secret;
import dev.hatchery.wire.TokenAnswer;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Tree;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The access token, fetched when a request needs one and kept until shortly before it ends. A
 * device without a set clock cannot make an assertion of now; it then takes the time from the
 * server's answer, which came over an authenticated connection, for this one purpose.
 */
final class Tokens {
  private static final String AUDIENCE = "hatchery";
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration MARGIN = Duration.ofSeconds(20);
  private static final Duration CLOCK_OFF = Duration.ofSeconds(20);
  private static final DataSize MAX = DataSize.kib(16);

  private final Http http;
  private final Identity identity;
  private final Supplier<Instant> now;
  private final LongSupplier nanos;
  private final RandomGenerator random;
  // One fetch at a time, the others wait for its token. This lock does span a request, on purpose.
  private final ReentrantLock lock = new ReentrantLock();
  private Optional<Secret> token = Optional.empty();
  private long validUntil;
  private Duration clockOff = Duration.ZERO;

  Tokens(
      Http http,
      Identity identity,
      Supplier<Instant> now,
      LongSupplier nanos,
      RandomGenerator random) {
    this.http = http;
    this.identity = identity;
    this.now = now;
    this.nanos = nanos;
    this.random = random;
  }

  Secret token() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (token.isPresent() && nanos.getAsLong() - validUntil < 0) return token.get();
      TokenAnswer fresh = fetch(true);
      token = Optional.of(fresh.accessToken());
      Duration valid = fresh.expiresIn().minus(MARGIN);
      validUntil = nanos.getAsLong() + Math.max(0, valid.toNanos());
      return fresh.accessToken();
    } finally {
      lock.unlock();
    }
  }

  /** The server did not take this one. */
  void refused(Secret refused) {
    lock.lock();
    try {
      if (token.filter(refused::equals).isPresent()) token = Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private TokenAnswer fetch(boolean mayCorrectClock) throws InterruptedException {
    byte[] id = new byte[16];
    random.nextBytes(id);
    Instant at = now.get().plus(clockOff);
    String assertion =
        Assertion.sign(
            identity.key(), identity.device(), AUDIENCE, at, HexFormat.of().formatHex(id));
    byte[] body =
        Json.write(
            Tree.object().put("device", identity.device()).put("assertion", assertion).done());
    try (Reply reply =
        http.post("/device/v1/token", Map.of("Content-Type", "application/json"), body, PATIENCE)) {
      if (reply.status() == 401 && mayCorrectClock && clockWasOff(reply, at)) return fetch(false);
      return Wire.TOKEN_ANSWER.parse(Problems.require(reply, MAX, PATIENCE), MAX, "token answer");
    }
  }

  private boolean clockWasOff(Reply reply, Instant used) {
    try {
      Instant theirs =
          ZonedDateTime.parse(reply.header("Date").orElse(""), DateTimeFormatter.RFC_1123_DATE_TIME)
              .toInstant();
      Duration off = Duration.between(used, theirs);
      if (off.abs().compareTo(CLOCK_OFF) < 0) return false;
      clockOff = clockOff.plus(off);
      return true;
    } catch (DateTimeException noDate) {
      return false;
    }
  }
}
