package dev.hatchery.client.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Limits;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Secret;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.BytesRow;
import dev.hatchery.wire.api.Explanation;
import dev.hatchery.wire.api.Page;
import dev.hatchery.wire.api.TrustView;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client against a server that answers whatever a test wants. */
final class OperatorClientTest {
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<Optional<String>> keys = new CopyOnWriteArrayList<>();
  private volatile int status = 200;
  private volatile byte[] answer = new byte[0];
  private HttpServer server;
  private OperatorClient client;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          keys.add(Optional.ofNullable(exchange.getRequestHeaders().getFirst("Idempotency-Key")));
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(status, answer.length);
          try (var out = exchange.getResponseBody()) {
            out.write(answer);
          }
        });
    server.start();
    client = client(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"));
  }

  @AfterEach
  void stop() {
    client.close();
    server.stop(0);
  }

  private static OperatorClient client(URI uri) {
    return new OperatorClient(uri, new Secret("hto_x"), Optional.empty());
  }

  @Test
  void aRefusalOfTheServersIsThrownAsItWasMeant() {
    Refusal meant =
        Refusal.of(Code.CONFLICT, "a channel has one rollout at a time")
            .at("vision/stable")
            .expected("none")
            .got("r-1")
            .fix("wait for it");
    status = 409;
    answer = Wire.PROBLEM.bytes(meant.problem());
    assertThatThrownBy(() -> client.createRelease(ReleaseId.parse("m@1.0.0")))
        .isInstanceOfSatisfying(
            Refusal.class, r -> assertThat(r.problem()).isEqualTo(meant.problem()));
  }

  @Test
  void aChangeCarriesAKeyOfItsOwnAndAQuestionNone() {
    answer = Api.TRUST.bytes(new TrustView(1, Instant.EPOCH));
    refusedOrNot(() -> client.promote("a"));
    refusedOrNot(() -> client.promote("a"));
    refusedOrNot(client::director);
    assertThat(keys.get(0)).isPresent();
    assertThat(keys.get(1)).isPresent().isNotEqualTo(keys.get(0));
    assertThat(keys.get(2)).isEmpty();
  }

  @Test
  void aNameIsEncodedIntoThePath() {
    refusedOrNot(() -> client.rollout("../devices?x=1"));
    assertThat(asked).containsExactly("GET /api/v1/rollouts/..%2Fdevices%3Fx%3D1");
  }

  @Test
  void limitsBytesAndPlansAreAskedForWhereTheyAre() {
    answer = Wire.LIMITS.bytes(Limits.NONE);
    assertThat(client.limits()).isEqualTo(Limits.NONE);
    assertThat(client.setLimits(Limits.NONE)).isEqualTo(Limits.NONE);
    answer = Api.BYTES.bytes(Page.all(List.of()));
    assertThat(client.bytes(Optional.of(YearMonth.of(2026, 11)), BytesRow.By.SIM)).isEmpty();
    assertThat(client.bytes(Optional.empty(), BytesRow.By.MONTH)).isEmpty();
    var explanation = new Explanation(new DeviceId("edge-1"), Map.of());
    answer = Api.EXPLANATION.bytes(explanation);
    assertThat(client.explainDevice(explanation.device())).isEqualTo(explanation);
    assertThat(asked)
        .containsExactly(
            "GET /api/v1/limits",
            "PUT /api/v1/limits",
            "GET /api/v1/bytes?by=sim&month=2026-11&after=0",
            "GET /api/v1/bytes?by=month&after=0",
            "GET /api/v1/devices/edge-1/explain");
  }

  @Test
  void listsAreReadToTheirEnd() {
    answer = "{\"items\":[],\"next\":7}".getBytes(StandardCharsets.UTF_8);
    Thread.ofVirtual()
        .start(
            () -> {
              while (asked.size() < 3) Thread.onSpinWait();
              answer = "{\"items\":[]}".getBytes(StandardCharsets.UTF_8);
            });
    assertThat(client.audit(3)).isEmpty();
    assertThat(asked.get(0)).isEqualTo("GET /api/v1/audit?after=3");
    assertThat(asked.get(1)).isEqualTo("GET /api/v1/audit?after=7");
  }

  @Test
  void whatIsNoHatcheryServerIsToldApart() {
    status = 502;
    answer = "<html>bad gateway</html>".getBytes(StandardCharsets.UTF_8);
    code(Code.UNREACHABLE, client::director);
    status = 200;
    code(Code.BAD_INPUT, client::director);
  }

  @Test
  void aServerThatIsNotThereIsUnreachable() {
    server.stop(0);
    code(Code.UNREACHABLE, client::director);
  }

  @Test
  void aChangeWhoseAnswerIsCutOffIsSentAgainUnderTheSameKey() throws Exception {
    List<String> got = new CopyOnWriteArrayList<>();
    byte[] whole = Api.TRUST.bytes(new TrustView(1, Instant.EPOCH));
    try (var socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        var cut = client(URI.create("http://127.0.0.1:" + socket.getLocalPort()))) {
      var serving =
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int i = 0; i < 2; i++)
                      serve(socket, got, i == 0 ? 5 : whole.length, whole);
                  });
      var envelope =
          new dev.hatchery.core.Envelope(
              "x",
              dev.hatchery.core.Bytes.utf8("x"),
              List.of(
                  new dev.hatchery.core.Envelope.Signature("", dev.hatchery.core.Bytes.utf8("x"))));
      assertThat(cut.putPolicy(envelope).version()).isEqualTo(1);
      serving.join();
    }
    assertThat(got).hasSize(2);
    assertThat(got.get(0)).isEqualTo(got.get(1)).startsWith("idempotency-key:");
  }

  @Test
  void aTokenNeverTravelsInTheClear() {
    for (String uri : List.of("http://hatchery.example", "ftp://127.0.0.1", "http:///x")) {
      code(Code.BAD_INPUT, () -> client(URI.create(uri)).close());
    }
    client(URI.create("https://hatchery.example")).close();
  }

  // Tells a length, sends so many bytes, hangs up.
  private static void serve(ServerSocket socket, List<String> got, int bytes, byte[] whole) {
    try (Socket connection = socket.accept()) {
      var in = connection.getInputStream();
      var head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) head.append((char) in.read());
      head.toString()
          .lines()
          .map(line -> line.toLowerCase(java.util.Locale.ROOT))
          .filter(line -> line.startsWith("idempotency-key"))
          .forEach(got::add);
      String start = "HTTP/1.1 200 OK\r\nContent-Length: " + whole.length + "\r\n\r\n";
      connection.getOutputStream().write(start.getBytes(StandardCharsets.US_ASCII));
      connection.getOutputStream().write(whole, 0, bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void refusedOrNot(Runnable call) {
    try {
      call.run();
    } catch (Refusal refused) {
      assertThat(refused.code()).isEqualTo(Code.BAD_INPUT);
    }
  }

  private static void code(Code code, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            Refusal.class, r -> assertThat(r.code()).as(r.getMessage()).isEqualTo(code));
  }
}
