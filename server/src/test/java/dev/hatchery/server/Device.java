package dev.hatchery.server;

import dev.hatchery.bundle.sign.Assertion;
import dev.hatchery.bundle.sign.Dsse;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Event;
import dev.hatchery.core.Labels;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Readings;
import dev.hatchery.core.Report;
import dev.hatchery.core.Secret;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.Traffic;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.core.Window;
import dev.hatchery.core.WireCount;
import dev.hatchery.wire.EnrolRequest;
import dev.hatchery.wire.ReportAnswer;
import dev.hatchery.wire.ReportBatch;
import dev.hatchery.wire.TokenAnswer;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Tree;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** A device as far as the server can see it: its key, its requests, what it says it runs. */
final class Device {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final DataSize MAX = DataSize.mib(1);

  final DeviceId id;
  final SigningKey key = SigningKey.generate(TrustedKey.Algorithm.ECDSA_P256);
  private final Map<String, String> labels;
  private final Map<Name, Name> slots;
  private final InstantSource clock;
  DeviceFacts facts = DeviceFacts.UNKNOWN;
  URI server;
  private Optional<Secret> token = Optional.empty();
  private Optional<String> etag = Optional.empty();
  private String bootId = UUID.randomUUID().toString();
  private long seq;
  private long counter;
  private Optional<Digest> prevHash = Optional.empty();
  private Optional<Digest> running = Optional.empty();
  private Optional<Digest> previous = Optional.empty();
  private long windows;
  private final Map<Name, SlotStatus> said = new TreeMap<>();

  Device(
      String id,
      Map<String, String> labels,
      Map<Name, Name> slots,
      URI server,
      InstantSource clock) {
    this.id = new DeviceId(id);
    this.labels = labels;
    this.slots = slots;
    this.server = server;
    this.clock = clock;
  }

  HttpResponse<String> enrol(Secret enrolmentToken) {
    var request =
        new EnrolRequest(enrolmentToken, id, key.publicKey(), new Labels(labels), facts, slots);
    Envelope envelope = Dsse.sign(Envelope.ENROL, Wire.ENROL_REQUEST.bytes(request), key);
    return post("/device/v1/enroll", Wire.ENVELOPE.bytes(envelope), Optional.empty());
  }

  String assertion(String jti) {
    return Assertion.sign(key, id, "hatchery", clock.instant(), jti);
  }

  HttpResponse<String> askToken(String assertion) {
    byte[] body = Json.write(Tree.object().put("device", id).put("assertion", assertion).done());
    return post("/device/v1/token", body, Optional.empty());
  }

  Secret token() {
    if (token.isEmpty()) token = Optional.of(freshToken());
    return token.get();
  }

  Device renewedToken() {
    token = Optional.of(freshToken());
    return this;
  }

  Secret freshToken() {
    var answer = askToken(assertion(UUID.randomUUID().toString()));
    if (answer.statusCode() != 200) throw new AssertionError(answer.body());
    return parse(answer, Wire.TOKEN_ANSWER::parse, TokenAnswer.class).accessToken();
  }

  /** Polls; the desired state when there is one that it does not hold. */
  Optional<DesiredState> poll(int wait) {
    return taken(pollAsync(wait).join());
  }

  CompletableFuture<HttpResponse<String>> pollAsync(int wait) {
    var request = request("/device/v1/desired?wait=" + wait, Optional.of(token()));
    etag.ifPresent(held -> request.header("If-None-Match", held));
    return HTTP.sendAsync(request.build(), BodyHandlers.ofString());
  }

  Optional<DesiredState> taken(HttpResponse<String> answer) {
    if (answer.statusCode() == 304) return Optional.empty();
    if (answer.statusCode() != 200) throw new AssertionError(answer.body());
    etag = answer.headers().firstValue("ETag");
    Envelope envelope = parse(answer, Wire.ENVELOPE::parse, Envelope.class);
    DesiredState desired =
        Wire.DESIRED.parse(envelope.payload().toArray(), DesiredState.MAX_SIZE, "desired");
    counter = desired.counter();
    return Optional.of(desired);
  }

  /** Says that it runs what it was told, having done so without trouble. */
  ReportAnswer obey(DesiredState desired) {
    return obey(order(desired), 0, 30);
  }

  static Order order(DesiredState desired) {
    return Optional.ofNullable(desired.slots().get(Fleet.SLOT)).orElseThrow();
  }

  ReportAnswer obey(Order order, long errors, int latencyMillis) {
    if (!running.equals(Optional.of(order.manifest()))) previous = running;
    running = Optional.of(order.manifest());
    Traffic traffic =
        order.reason() == Order.Reason.ROLLBACK
            ? Traffic.NONE
            : Traffic.of(Traffic.Source.FULL, 1000);
    SlotStatus status = confirmed(order, traffic);
    var confirmed =
        new Event(
            Fleet.SLOT,
            order.reason() == Order.Reason.ROLLBACK ? Event.Kind.ROLLED_BACK : Event.Kind.CONFIRMED,
            clock.instant(),
            order.commandId(),
            running,
            Optional.empty(),
            "",
            traffic);
    send(report(status, List.of(confirmed), List.of()));
    return send(report(status, List.of(), List.of(window(50, errors, latencyMillis))));
  }

  /** Says that it could not do what it was told. */
  ReportAnswer fail(Order order) {
    var status =
        new SlotStatus(
            SlotStatus.State.FAILED,
            Optional.of(order.commandId()),
            running,
            running,
            running,
            SlotStatus.Proof.ECHOED,
            Optional.of(Code.NOT_READY),
            "",
            Traffic.NONE);
    return send(report(status, List.of(), List.of()));
  }

  private SlotStatus confirmed(Order order, Traffic traffic) {
    return new SlotStatus(
        SlotStatus.State.CONFIRMED,
        Optional.of(order.commandId()),
        running,
        running,
        previous,
        running,
        SlotStatus.Proof.ECHOED,
        Optional.empty(),
        order.why().orElse(""),
        traffic,
        Optional.empty());
  }

  Window window(long requests, long errors, int latencyMillis) {
    int bucket = LatencyHistogram.bucketOf(latencyMillis / 1000.0);
    return new Window(
        Fleet.SLOT,
        running.orElseThrow(),
        windows++,
        clock.instant(),
        Duration.ofSeconds(1),
        true,
        requests,
        requests,
        errors,
        0,
        new LatencyHistogram(Map.of(bucket, requests)),
        OptionalInt.of(bucket));
  }

  /** A report of windows of ten requests each, which read this; on order, or of its own accord. */
  ReportAnswer tell(Optional<Order> order, List<Readings> readings) {
    List<Window> told =
        readings.stream()
            .map(
                read ->
                    new Window(
                        Fleet.SLOT,
                        running.orElseThrow(),
                        windows++,
                        clock.instant(),
                        Duration.ofSeconds(1),
                        true,
                        10,
                        10,
                        0,
                        0,
                        LatencyHistogram.EMPTY,
                        OptionalInt.empty(),
                        read))
            .toList();
    Report idle = idle();
    seq--;
    prevHash = idle.prevHash();
    SlotStatus before = Optional.ofNullable(idle.slots().get(Fleet.SLOT)).orElseThrow();
    SlotStatus status = order.map(o -> confirmed(o, Traffic.NONE)).orElse(before);
    return send(report(status, List.of(), told));
  }

  /** The next report of the chain; sent or not, the one after follows it. */
  Report report(SlotStatus status, List<Event> events, List<Window> windows) {
    return report(status, events, windows, Optional.empty());
  }

  /** The same, from an agent that counts what its connections carry. */
  Report report(
      SlotStatus status, List<Event> events, List<Window> windows, Optional<WireCount> wire) {
    seq++;
    said.put(Fleet.SLOT, status);
    var report =
        new Report(
            id,
            bootId,
            seq,
            prevHash,
            clock.instant(),
            counter,
            Optional.empty(),
            said,
            events,
            windows,
            wire);
    prevHash = Optional.of(Digest.of(Wire.REPORT.bytes(report)));
    return report;
  }

  /** Says what it is by now, as after a boot. */
  ReportAnswer tell(DeviceFacts now) {
    facts = now;
    Report idle = idle();
    seq--;
    prevHash = idle.prevHash();
    var report =
        new Report(
            id,
            bootId,
            ++seq,
            idle.prevHash(),
            idle.at(),
            counter,
            Optional.of(now),
            idle.slots(),
            List.of(),
            List.of(),
            Optional.empty());
    prevHash = Optional.of(Digest.of(Wire.REPORT.bytes(report)));
    return send(report);
  }

  /** Says that a slot has nothing yet. */
  ReportAnswer hasNothing(Name slot) {
    said.put(
        slot,
        new SlotStatus(
            SlotStatus.State.IDLE,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            SlotStatus.Proof.NONE,
            Optional.empty(),
            "",
            Traffic.NONE));
    return send(idle());
  }

  /** Says that another slot than the usual one runs this. */
  ReportAnswer install(Name slot, Order order) {
    Optional<Digest> bundle = Optional.of(order.manifest());
    said.put(
        slot,
        new SlotStatus(
            SlotStatus.State.CONFIRMED,
            Optional.of(order.commandId()),
            bundle,
            bundle,
            bundle,
            SlotStatus.Proof.ECHOED,
            Optional.empty(),
            "",
            Traffic.NONE));
    return send(idle());
  }

  /** Says that a person at the device keeps it on what it has. */
  ReportAnswer tellPinned(String why) {
    var status =
        new SlotStatus(
            SlotStatus.State.IDLE,
            Optional.empty(),
            running,
            running,
            running,
            SlotStatus.Proof.NONE,
            Optional.empty(),
            "",
            Traffic.NONE,
            Optional.of(why));
    return send(report(status, List.of(), List.of()));
  }

  /** A report that says nothing new. */
  Report idle() {
    var status =
        new SlotStatus(
            SlotStatus.State.IDLE,
            Optional.empty(),
            running,
            running,
            running,
            SlotStatus.Proof.NONE,
            Optional.empty(),
            "",
            Traffic.NONE);
    return report(status, List.of(), List.of());
  }

  Envelope sign(Report report) {
    return Dsse.sign(Envelope.REPORT, Wire.REPORT.bytes(report), key);
  }

  ReportAnswer send(Report... reports) {
    var answer = sendRaw(java.util.Arrays.stream(reports).map(this::sign).toList());
    if (answer.statusCode() != 200) throw new AssertionError(answer.body());
    return parse(answer, Wire.REPORT_ANSWER::parse, ReportAnswer.class);
  }

  HttpResponse<String> sendRaw(List<Envelope> reports) {
    byte[] batch = Wire.REPORT_BATCH.bytes(new ReportBatch("nonce-" + seq, reports));
    return post("/device/v1/reports", batch, Optional.of(token()));
  }

  /** A new run of the agent. */
  void reboot() {
    bootId = UUID.randomUUID().toString();
  }

  HttpResponse<byte[]> blob(Name repo, Digest digest) {
    return get("/v2/" + repo + "/blobs/" + digest, BodyHandlers.ofByteArray());
  }

  HttpResponse<String> get(String path) {
    return get(path, BodyHandlers.ofString());
  }

  /** What anyone may ask. */
  HttpResponse<String> getOpen(String path) {
    try {
      return HTTP.send(request(path, Optional.empty()).build(), BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private <T> HttpResponse<T> get(String path, HttpResponse.BodyHandler<T> handler) {
    try {
      return HTTP.send(request(path, Optional.of(token())).build(), handler);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  HttpResponse<String> post(String path, byte[] body, Optional<Secret> bearer) {
    try {
      var request = request(path, bearer).POST(BodyPublishers.ofByteArray(body)).build();
      return HTTP.send(request, BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private HttpRequest.Builder request(String path, Optional<Secret> bearer) {
    var request = HttpRequest.newBuilder(URI.create(server + path)).timeout(Duration.ofSeconds(30));
    bearer.ifPresent(t -> request.header("Authorization", "Bearer " + t.reveal()));
    return request;
  }

  /** A codec's parse. */
  private interface Parser<T> {
    T parse(byte[] json, DataSize max, String source);
  }

  private static <T> T parse(HttpResponse<String> answer, Parser<T> parser, Class<T> type) {
    byte[] json = answer.body().getBytes(StandardCharsets.UTF_8);
    return type.cast(parser.parse(json, MAX, "answer"));
  }
}
