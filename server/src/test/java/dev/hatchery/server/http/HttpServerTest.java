package dev.hatchery.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.Wire;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HttpServerTest {
  private static final DataSize SMALL = new DataSize(100);
  private final CompletableFuture<Answer> parked = new CompletableFuture<>();
  private final CompletableFuture<Boolean> arrived = new CompletableFuture<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer server;

  @BeforeAll
  void start() {
    List<Route> routes =
        List.of(
            Route.get("/hello/{name}", Access.OPEN, x -> text("hello " + x.part("name"))),
            Route.get("/blobs/<rest>", Access.OPEN, x -> text(x.part("rest"))),
            Route.get("/closed", Access.OPERATOR, _ -> text("never")),
            Route.get(
                "/broken",
                Access.OPEN,
                _ -> {
                  throw new IllegalStateException("secret detail");
                }),
            Route.get(
                "/gone",
                Access.OPEN,
                _ -> {
                  throw Refusal.of(Code.NOT_FOUND, "no such egg");
                }),
            Route.get(
                "/later",
                Access.OPEN,
                _ -> {
                  arrived.complete(true);
                  return new Outcome.Parked(parked);
                }),
            Route.get(
                "/stream",
                Access.OPEN,
                _ ->
                    new Answer(
                        200,
                        java.util.Map.of(),
                        new Answer.Streamed(new ByteArrayInputStream(new byte[70_000]), 70_000))),
            new Route(
                Method.HEAD,
                "/stream",
                Access.OPEN,
                SMALL,
                _ -> new Answer(200, java.util.Map.of(), new Answer.LengthOnly(70_000))),
            new Route(
                Method.POST, "/echo", Access.OPEN, SMALL, x -> text(Bytes.of(x.body()).utf8())));
    server =
        HttpServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Optional.empty(),
            routes,
            HttpServerTest::admit);
  }

  @AfterAll
  void stop() {
    server.close();
    client.close();
  }

  private static Caller admit(Route route, Exchange exchange) {
    if (route.access() == Access.OPEN) return new Caller.Anyone();
    throw Refusal.of(Code.UNAUTHENTICATED, "a token is needed").got(exchange.path());
  }

  private static Answer text(String text) {
    return Answer.text("text/plain", text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aRouteGetsThePartsOfItsPath() throws Exception {
    var answer = get("/hello/world");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("hello world");
    assertThat(answer.headers().firstValue("X-Request-Id")).isPresent();
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(answer.headers().firstValue("Server")).isEmpty();
  }

  @Test
  void aRestOfAPathKeepsItsSlashes() throws Exception {
    assertThat(get("/blobs/a/b/c").body()).isEqualTo("a/b/c");
  }

  @Test
  void aRefusalIsAProblemDocument() throws Exception {
    var answer = get("/gone");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(problem(answer).title()).isEqualTo("no such egg");
  }

  @Test
  void aDefectTellsItsRequestAndNothingElse() throws Exception {
    var answer = get("/broken");
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(problem(answer).code()).isEqualTo(Code.INTERNAL);
    assertThat(answer.body()).doesNotContain("secret detail");
    assertThat(answer.body()).contains(answer.headers().firstValue("X-Request-Id").orElseThrow());
  }

  @Test
  void anUnknownPathAndAWrongMethodAreProblemDocuments() throws Exception {
    assertThat(get("/nowhere").statusCode()).isEqualTo(404);
    assertThat(problem(get("/nowhere")).code()).isEqualTo(Code.NOT_FOUND);
    var wrongMethod = client.send(request("/hello/x").DELETE().build(), BodyHandlers.ofString());
    assertThat(wrongMethod.statusCode()).isEqualTo(405);
    assertThat(problem(wrongMethod).title()).contains("no such route");
  }

  @Test
  void theGuardIsAskedBeforeTheHandler() throws Exception {
    var answer = get("/closed");
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
  }

  @Test
  void aBodyAboveTheRoutesLimitIsRefused() throws Exception {
    assertThat(post("/echo", "x".repeat(100)).body()).hasSize(100);
    var tooLarge = post("/echo", "x".repeat(101));
    assertThat(tooLarge.statusCode()).isEqualTo(413);
    assertThat(problem(tooLarge).code()).isEqualTo(Code.TOO_LARGE);
  }

  @Test
  void aBodyOfUnknownLengthIsCutAtTheLimit() throws Exception {
    var request =
        request("/echo")
            .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[5000])))
            .build();
    assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(413);
  }

  @Test
  void headersAboveTheLimitAreRefused() throws Exception {
    var request = request("/hello/x").header("X-Large", "y".repeat(20_000)).build();
    assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(431);
  }

  @Test
  void whatIsNotHttpIsRefusedWithoutATrace() throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write("\u0000\u0001 nonsense\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer)
          .startsWith("HTTP/1.1 400")
          .doesNotContain("Exception")
          .doesNotContain("jetty");
    }
  }

  @Test
  void aParkedExchangeIsAnsweredWhenItsTimeComes() throws Exception {
    var waiting = client.sendAsync(request("/later").build(), BodyHandlers.ofString());
    arrived.join();
    assertThat(waiting).isNotDone();
    parked.complete(text("now"));
    assertThat(waiting.get().body()).isEqualTo("now");
  }

  @Test
  void headTellsALengthWithoutABody() throws Exception {
    var head =
        client.send(
            request("/stream").method("HEAD", BodyPublishers.noBody()).build(),
            BodyHandlers.ofByteArray());
    assertThat(head.headers().firstValueAsLong("Content-Length")).hasValue(70_000);
    assertThat(head.body()).isEmpty();
    var full = client.send(request("/stream").build(), BodyHandlers.ofByteArray());
    assertThat(full.body()).hasSize(70_000);
  }

  @Test
  void theGuardIsAskedForHeadToo() throws Exception {
    for (var expected : java.util.Map.of("/closed", 401, "/hello/x", 200).entrySet()) {
      var head =
          client.send(
              request(expected.getKey()).method("HEAD", BodyPublishers.noBody()).build(),
              BodyHandlers.ofString());
      assertThat(head.statusCode()).isEqualTo(expected.getValue());
      assertThat(head.body()).isEmpty();
    }
  }

  @Test
  void aRequestKeepsTheIdItCameWithUnlessItIsNonsense() throws Exception {
    var named =
        client.send(
            request("/gone").header("X-Request-Id", "abc-1").build(), BodyHandlers.ofString());
    assertThat(named.headers().firstValue("X-Request-Id")).contains("abc-1");
    var odd =
        client.send(
            request("/gone").header("X-Request-Id", "a b=c").build(), BodyHandlers.ofString());
    assertThat(odd.headers().firstValue("X-Request-Id")).isPresent().get().isNotEqualTo("a b=c");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(request(path).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return client.send(
        request(path).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
  }

  private static Refusal.Problem problem(HttpResponse<String> answer) {
    return Wire.PROBLEM.parse(
        answer.body().getBytes(StandardCharsets.UTF_8), DataSize.kib(8), "answer");
  }
}
