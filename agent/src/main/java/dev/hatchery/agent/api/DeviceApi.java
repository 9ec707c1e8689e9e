package dev.hatchery.agent.api;

import dev.hatchery.agent.http.Http;
import dev.hatchery.agent.http.Reply;
import dev.hatchery.agent.store.BlobSource;
import dev.hatchery.agent.store.DeltaSource;
import dev.hatchery.agent.trust.TrustSource;
import dev.hatchery.agent.uplink.LeaseDesk;
import dev.hatchery.bundle.sign.Dsse;
import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Secret;
import dev.hatchery.wire.ChunkList;
import dev.hatchery.wire.DeltaOffers;
import dev.hatchery.wire.DeltaQuery;
import dev.hatchery.wire.EnrolAnswer;
import dev.hatchery.wire.EnrolRequest;
import dev.hatchery.wire.LeaseAnswer;
import dev.hatchery.wire.LeaseRequest;
import dev.hatchery.wire.LeaseUse;
import dev.hatchery.wire.ReportAnswer;
import dev.hatchery.wire.ReportBatch;
import dev.hatchery.wire.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The calls. All of them may be made from any thread. */
public final class DeviceApi implements BlobSource, TrustSource, DeltaSource, LeaseDesk {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** A device that cannot give a lease back should not wait long to be rid of it. */
  private static final Duration LEASE_PATIENCE = Duration.ofSeconds(10);

  /** A parked poll is answered at the latest this much after it asked to be. */
  private static final Duration POLL_MARGIN = Duration.ofSeconds(30);

  private static final DataSize MAX_ANSWER = DataSize.kib(128);
  private static final DataSize MAX_DOCUMENT = DataSize.kib(512);
  private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");
  private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/.{1,20}");

  private final Http http;
  private final Identity identity;
  private final Tokens tokens;

  private interface Request {
    Reply send(Map<String, String> headers) throws InterruptedException;
  }

  public DeviceApi(
      Http http,
      Identity identity,
      Supplier<Instant> now,
      LongSupplier nanos,
      RandomGenerator random) {
    this.http = http;
    this.identity = identity;
    this.tokens = new Tokens(http, identity, now, nanos, random);
  }

  /** Joins the fleet; doing it again with the same key is the same. */
  public EnrolAnswer enrol(EnrolRequest request) throws InterruptedException {
    Envelope signed = Dsse.sign(Envelope.ENROL, Wire.ENROL_REQUEST.bytes(request), identity.key());
    try (Reply reply =
        http.post("/device/v1/enroll", JSON, Wire.ENVELOPE.bytes(signed), PATIENCE)) {
      byte[] body = Problems.require(reply, MAX_ANSWER, PATIENCE);
      return Wire.ENROL_ANSWER.parse(body, MAX_ANSWER, "enrol answer");
    }
  }

  /**
   * Asks for the desired state and waits for news.
   *
   * @param have the digest of the body that the device has
   * @return empty when there is no news
   */
  public Answer<Optional<Bytes>> desired(Optional<Digest> have, Duration wait)
      throws InterruptedException {
    Map<String, String> headers = new HashMap<>();
    have.ifPresent(digest -> headers.put("If-None-Match", "\"" + digest.hex() + "\""));
    String path = "/device/v1/desired?wait=" + wait.toSeconds();
    try (Reply reply = authorised(headers, h -> http.get(path, h, wait.plus(POLL_MARGIN)))) {
      if (reply.status() == 304) return new Answer.Good<>(Optional.empty(), reply.retryAfter());
      if (reply.status() != 200) {
        return new Answer.Bad<>(Problems.of(reply, PATIENCE), reply.retryAfter());
      }
      byte[] body = reply.bytes(DesiredState.MAX_SIZE, PATIENCE);
      return new Answer.Good<>(Optional.of(Bytes.of(body)), reply.retryAfter());
    } catch (Refusal refusal) {
      return new Answer.Bad<>(refusal, Duration.ZERO);
    }
  }

  public Answer<ReportAnswer> report(ReportBatch batch) throws InterruptedException {
    byte[] body = Wire.REPORT_BATCH.bytes(batch);
    try (Reply reply = authorised(JSON, h -> http.post("/device/v1/reports", h, body, PATIENCE))) {
      if (reply.status() / 100 != 2) {
        return new Answer.Bad<>(Problems.of(reply, PATIENCE), reply.retryAfter());
      }
      byte[] answer = reply.bytes(MAX_ANSWER, PATIENCE);
      return new Answer.Good<>(
          Wire.REPORT_ANSWER.parse(answer, MAX_ANSWER, "report answer"), reply.retryAfter());
    } catch (Refusal refusal) {
      return new Answer.Bad<>(refusal, Duration.ZERO);
    }
  }

  @Override
  public Optional<Envelope> trust(long version) throws InterruptedException {
    return document("/device/v1/trust/" + version);
  }

  @Override
  public Optional<Envelope> policy() throws InterruptedException {
    return document("/device/v1/policy");
  }

  private Optional<Envelope> document(String path) throws InterruptedException {
    try (Reply reply = authorised(Map.of(), h -> http.get(path, h, PATIENCE))) {
      if (reply.status() == 404) return Optional.empty();
      byte[] body = Problems.require(reply, MAX_DOCUMENT, PATIENCE);
      return Optional.of(Wire.ENVELOPE.parse(body, MAX_DOCUMENT, path));
    }
  }

  /**
   * What the pieces of a blob hash to; empty when the server has no such list, or knows no lists.
   *
   * @throws Refusal RATE_LIMITED while it is being made
   */
  public Optional<ChunkList> chunks(Digest blob) throws InterruptedException {
    String path = "/device/v1/chunks?blob=" + blob.hex();
    try (Reply reply = authorised(Map.of(), h -> http.get(path, h, PATIENCE))) {
      if (reply.status() == 404 || reply.status() == 413) return Optional.empty();
      byte[] body = Problems.require(reply, ChunkList.MAX_SIZE, PATIENCE);
      return Optional.of(Wire.CHUNK_LIST.parse(body, ChunkList.MAX_SIZE, "list of pieces"));
    }
  }

  @Override
  public Optional<DeltaOffers> deltas(DeltaQuery query) throws InterruptedException {
    String path = "/device/v1/deltas?" + query.query();
    try (Reply reply = authorised(Map.of(), h -> http.get(path, h, PATIENCE))) {
      if (reply.status() == 404) return Optional.empty();
      byte[] body = Problems.require(reply, MAX_ANSWER, PATIENCE);
      DeltaOffers offers = Wire.DELTA_OFFERS.parse(body, MAX_ANSWER, "delta offers");
      return Optional.of(offers).filter(o -> o.target().equals(query.target()));
    }
  }

  @Override
  public Optional<LeaseAnswer> ask(LeaseRequest request) throws InterruptedException {
    return lease("/device/v1/leases", Wire.LEASE_REQUEST.bytes(request), true);
  }

  @Override
  public Optional<LeaseAnswer> renew(String lease, LeaseUse use) throws InterruptedException {
    return lease("/device/v1/leases/" + lease, Wire.LEASE_USE.bytes(use), false);
  }

  private Optional<LeaseAnswer> lease(String path, byte[] body, boolean mayBeUnknown)
      throws InterruptedException {
    try (Reply reply = authorised(JSON, h -> http.post(path, h, body, LEASE_PATIENCE))) {
      if (reply.status() == 204) return Optional.empty();
      // A server from before there were leases.
      if (reply.status() == 404 && mayBeUnknown) return Optional.empty();
      byte[] answer = Problems.require(reply, MAX_ANSWER, LEASE_PATIENCE);
      return Optional.of(Wire.LEASE_ANSWER.parse(answer, MAX_ANSWER, "lease answer"));
    }
  }

  @Override
  public Stream open(Name repository, Digest blob, long from) throws InterruptedException {
    return open(http, true, repository, blob, from);
  }

  /**
   * From the server or from what stands before it.
   *
   * @param token whether the request carries the access token
   */
  Stream open(Http from, boolean token, Name repository, Digest blob, long at)
      throws InterruptedException {
    Map<String, String> headers = at > 0 ? Map.of("Range", "bytes=" + at + "-") : Map.of();
    String path = "/v2/" + repository + "/blobs/" + blob;
    Request request = h -> from.get(path, h, PATIENCE);
    Reply reply = token ? authorised(headers, request) : request.send(headers);
    if (reply.status() == 200) return new Incoming(reply, 0);
    if (reply.status() == 206) return new Incoming(reply, start(reply));
    try (reply) {
      // The range begins past the end: what is there is longer than what the source has.
      if (reply.status() == 416) {
        throw Refusal.of(Code.TRUNCATED, "a source has less than it should").at(blob.toString());
      }
      throw Problems.of(reply, PATIENCE);
    }
  }

  private static long start(Reply reply) {
    Matcher range = RANGE.matcher(reply.header("Content-Range").orElse(""));
    // Nothing said: as if it began past everything, which no download takes.
    return range.matches() ? Long.parseLong(range.group(1)) : Long.MAX_VALUE;
  }

  private record Incoming(Reply reply, long start) implements Stream {
    @Override
    public int read(byte[] into, Duration patience) throws InterruptedException {
      return reply.body().read(into, patience);
    }

    @Override
    public void close() {
      reply.close();
    }
  }

  // A token may have been revoked, or the server forgotten it: one fresh one, then it is so.
  private Reply authorised(Map<String, String> headers, Request request)
      throws InterruptedException {
    Secret token = tokens.token();
    Reply reply = request.send(with(headers, token));
    if (reply.status() != 401) return reply;
    reply.close();
    tokens.refused(token);
    return request.send(with(headers, tokens.token()));
  }

  private static Map<String, String> with(Map<String, String> headers, Secret token) {
    Map<String, String> all = new HashMap<>(headers);
    all.put("Authorization", "Bearer " + token.reveal());
    return all;
  }
}
