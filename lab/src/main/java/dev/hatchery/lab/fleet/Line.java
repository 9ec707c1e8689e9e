package dev.hatchery.lab.fleet;

import dev.hatchery.agent.store.BlobSource;
import dev.hatchery.agent.store.DeltaSource;
import dev.hatchery.agent.trust.TrustSource;
import dev.hatchery.agent.uplink.LeaseDesk;
import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Caller;
import dev.hatchery.server.http.Method;
import dev.hatchery.wire.DeltaOffers;
import dev.hatchery.wire.DeltaQuery;
import dev.hatchery.wire.LeaseAnswer;
import dev.hatchery.wire.LeaseRequest;
import dev.hatchery.wire.LeaseUse;
import dev.hatchery.wire.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * One device's way to the server. A call brings an answer or fails: then the request was lost, or
 * the answer was, or the request comes later, when nobody waits for it any more. A request may come
 * twice, and an answer of before may come in place of the one that was asked for.
 */
final class Line implements BlobSource, TrustSource, DeltaSource, LeaseDesk {
  private static final DataSize MAX = DataSize.mib(1);
  private static final Bytes NOTHING = Bytes.of(new byte[0]);
  private static final Duration LATEST = Duration.ofMinutes(20);

  private final DeviceId device;
  private final Servers servers;
  private final Weather weather;
  private final Timeline time;
  private final RandomGenerator chance;
  private static final String SIGNATURE = "\"sig\":\"";

  private final Map<String, Reply> before = new HashMap<>();
  private boolean cut;

  /** What came back. */
  record Reply(int status, Map<String, String> headers, Bytes content) {
    byte[] body() {
      return content.toArray();
    }

    Duration retryAfter() {
      return Duration.ofSeconds(Long.parseLong(headers.getOrDefault("Retry-After", "0")));
    }
  }

  Line(DeviceId device, Servers servers, Weather weather, Timeline time, RandomGenerator chance) {
    this.device = device;
    this.servers = servers;
    this.weather = weather;
    this.time = time;
    this.chance = chance;
  }

  /** Whether nothing comes through at all. */
  void cut(boolean now) {
    cut = now;
  }

  Reply get(String path, Map<String, String> queries, Map<String, String> headers) {
    leaves();
    return carried(
        Request.of(new Caller.Device(device), Method.GET, path, queries, headers, new byte[0]));
  }

  /**
   * Sends a body.
   *
   * @param body is not asked for where the request is lost: nobody could tell
   */
  Reply post(String path, Supplier<byte[]> body) {
    leaves();
    return carried(
        Request.of(new Caller.Device(device), Method.POST, path, Map.of(), Map.of(), body.get()));
  }

  private void leaves() {
    time.step();
    if (cut || weather.loses()) throw unreachable("the request was lost");
  }

  private Reply carried(Request request) {
    if (weather.delays()) {
      later(request);
      throw unreachable("the request is late");
    }
    if (weather.doubles()) later(request);
    boolean report = request.method() == Method.POST;
    Request sent = report && weather.spoils() ? request.withBody(spoilt(request.body())) : request;
    Answer answer = servers.handle(sent).orElseThrow(() -> unreachable("nobody answers"));
    if (report) servers.wake();
    time.step();
    if (weather.loses()) throw unreachable("the answer was lost");
    Reply reply = reply(answer);
    String about = request.method() + " " + request.path();
    Reply known = before.put(about, reply);
    if (known != null && weather.repeats()) return known;
    if (!weather.spoils()) return reply;
    return new Reply(reply.status, reply.headers, Bytes.of(spoilt(reply.body())));
  }

  private void later(Request request) {
    time.once(
        Duration.ofMillis(chance.nextLong(LATEST.toMillis())),
        () -> {
          if (servers.handle(request).isPresent()) servers.wake();
        });
  }

  // What comes of it may not depend on keys and signatures, which are others in every run: a seed
  // has to replay. So a message becomes one that nobody can read, or one that nobody has signed.
  private byte[] spoilt(byte[] bytes) {
    if (bytes.length == 0) return bytes;
    byte[] other = bytes.clone();
    int at = chance.nextInt(other.length);
    if (chance.nextBoolean() && forge(other)) return other;
    other[at] = (byte) (other[at] == 0 ? 1 : 0);
    return other;
  }

  private static boolean forge(byte[] message) {
    int at = new String(message, StandardCharsets.ISO_8859_1).indexOf(SIGNATURE);
    if (at < 0) return false;
    int first = at + SIGNATURE.length();
    message[first] = (byte) (message[first] == 'A' ? 'B' : 'A');
    return true;
  }

  private static Reply reply(Answer answer) {
    Bytes body =
        switch (answer.body()) {
          case Answer.Empty _, Answer.LengthOnly _ -> NOTHING;
          case Answer.Memory(Bytes bytes) -> bytes;
          case Answer.Streamed streamed -> Bytes.of(read(streamed));
        };
    return new Reply(answer.status(), answer.headers(), body);
  }

  private static byte[] read(Answer.Streamed streamed) {
    try (InputStream in = streamed.in()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Refusal unreachable(String why) {
    return Refusal.of(Code.UNREACHABLE, "the network fails").got(why);
  }

  /** What a status means to an agent; whatever its document says. */
  static Refusal problem(Reply reply) {
    Code code =
        switch (reply.status) {
          case 403 -> Code.FORBIDDEN;
          case 404 -> Code.NOT_FOUND;
          case 409 -> Code.CONFLICT;
          case 413 -> Code.TOO_LARGE;
          case 429 -> Code.RATE_LIMITED;
          default -> reply.status / 100 == 4 ? Code.BAD_INPUT : Code.UNREACHABLE;
        };
    return Refusal.of(code, "the server does not do what it was asked").got(reply.status);
  }

  // ---- what the agent fetches

  @Override
  public Stream open(Name repository, Digest blob, long from) {
    Map<String, String> headers = from > 0 ? Map.of("Range", "bytes=" + from + "-") : Map.of();
    Reply reply = get("/v2/" + repository + "/blobs/" + blob, Map.of(), headers);
    if (reply.status != 200 && reply.status != 206) throw problem(reply);
    return new Incoming(reply.body(), reply.status == 206 ? from : 0);
  }

  private static final class Incoming implements Stream {
    private final byte[] bytes;
    private final long start;
    private int at;

    Incoming(byte[] bytes, long start) {
      this.bytes = bytes;
      this.start = start;
    }

    @Override
    public long start() {
      return start;
    }

    @Override
    public int read(byte[] into, Duration patience) {
      if (at == bytes.length) return -1;
      int n = Math.min(into.length, bytes.length - at);
      System.arraycopy(bytes, at, into, 0, n);
      at += n;
      return n;
    }

    @Override
    public void close() {}
  }

  @Override
  public Optional<Envelope> trust(long version) {
    return document("/device/v1/trust/" + version);
  }

  @Override
  public Optional<Envelope> policy() {
    return document("/device/v1/policy");
  }

  private Optional<Envelope> document(String path) {
    Reply reply = get(path, Map.of(), Map.of());
    if (reply.status == 404) return Optional.empty();
    if (reply.status != 200) throw problem(reply);
    return Optional.of(Wire.ENVELOPE.parse(reply.body(), MAX, path));
  }

  // Bundles here are too small for patches and leases.

  @Override
  public Optional<DeltaOffers> deltas(DeltaQuery query) {
    return Optional.empty();
  }

  @Override
  public Optional<LeaseAnswer> ask(LeaseRequest request) {
    return Optional.empty();
  }

  @Override
  public Optional<LeaseAnswer> renew(String lease, LeaseUse use) {
    return Optional.empty();
  }
}
