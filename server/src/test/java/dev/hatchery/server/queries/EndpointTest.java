package dev.hatchery.server.queries;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.hatchery.core.Name;
import dev.hatchery.rollout.QueryAnswer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a web server that speaks Prometheus' format. */
final class EndpointTest {
  private static final String GOOD =
      "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"7\"]}}";

  @TempDir private Path folder;
  private HttpServer server;
  private final Endpoint endpoint = new Endpoint(Endpoint.client());
  private volatile String asked = ""; // written by the web server's thread, read by the test's
  private volatile String bearer = ""; // likewise
  private final CountDownLatch stopped = new CountDownLatch(1);

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    serves("/good", 200, GOOD.getBytes(StandardCharsets.UTF_8));
    serves(
        "/bad",
        400,
        "{\"status\":\"error\",\"error\":\"no such\"}".getBytes(StandardCharsets.UTF_8));
    serves("/html", 502, "<html>".getBytes(StandardCharsets.UTF_8));
    serves("/huge", 200, new byte[300 * 1024]);
    server.createContext(
        "/moved",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/good/api/v1/query");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    server.createContext("/slow", this::hang);
    server.start();
  }

  @AfterEach
  void stop() {
    stopped.countDown();
    endpoint.close();
    server.stop(0);
  }

  private void serves(String path, int status, byte[] body) {
    server.createContext(
        path + "/api/v1/query",
        exchange -> {
          asked = URLDecoder.decode(exchange.getRequestURI().getRawQuery(), StandardCharsets.UTF_8);
          bearer = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  // Begins an answer and never ends it.
  private void hang(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 100);
    exchange.getResponseBody().write('{');
    exchange.getResponseBody().flush();
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    exchange.close();
  }

  private Source source(String path, Optional<Path> token, Duration timeout) {
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    return new Source(new Name("shop"), url, token, timeout);
  }

  private QueryAnswer ask(String path) throws InterruptedException {
    return endpoint.ask(source(path, Optional.empty(), Duration.ofSeconds(10)), "sum(x)");
  }

  private String why(String path) throws InterruptedException {
    return ((QueryAnswer.Nothing) ask(path)).why();
  }

  @Test
  void aValueIsAnswered() throws InterruptedException {
    assertThat(ask("/good")).isEqualTo(new QueryAnswer.Value(7, Instant.ofEpochSecond(1)));
    assertThat(asked).isEqualTo("query=sum(x)");
    assertThat(bearer).isEqualTo("null");
  }

  @Test
  void aQuerysOwnSignsStayInIt() throws InterruptedException {
    String promql = "sum(rate(x{a=\"b&c=d\"}[5m])) / 2 + 1 # é";
    endpoint.ask(source("/good/", Optional.empty(), Duration.ofSeconds(10)), promql);
    assertThat(asked).isEqualTo("query=" + promql);
  }

  @Test
  void theTokenIsReadForEachQuestion() throws IOException, InterruptedException {
    Path token = Files.writeString(folder.resolve("token"), "first\n");
    Source source = source("/good", Optional.of(token), Duration.ofSeconds(10));
    endpoint.ask(source, "x");
    assertThat(bearer).isEqualTo("Bearer first");
    Files.writeString(token, "second");
    endpoint.ask(source, "x");
    assertThat(bearer).isEqualTo("Bearer second");
    Files.writeString(token, "a\nsecret");
    assertThat(endpoint.ask(source, "x"))
        .isEqualTo(new QueryAnswer.Nothing("the token file of shop cannot be used"));
    Files.delete(token);
    assertThat(endpoint.ask(source, "x"))
        .isEqualTo(new QueryAnswer.Nothing("the token file of shop cannot be used"));
  }

  @Test
  void anErrorARedirectAndNonsenseAreNoAnswer() throws InterruptedException {
    assertThat(why("/bad"))
        .isEqualTo("the endpoint answered 400: the endpoint answers error: no such");
    assertThat(why("/html")).startsWith("the endpoint answered 502: ").contains("cannot be read");
    assertThat(why("/moved")).isEqualTo("the endpoint redirects, which is not followed");
    assertThat(asked).doesNotContain("x=moved");
  }

  @Test
  void anAnswerThatIsTooLargeIsNotRead() throws InterruptedException {
    assertThat(why("/huge")).startsWith("shop cannot be asked");
  }

  @Test
  void anAnswerThatDoesNotEndIsNotWaitedFor() throws InterruptedException {
    Source slow = source("/slow", Optional.empty(), Duration.ofMillis(200));
    assertThat(endpoint.ask(slow, "x"))
        .isEqualTo(new QueryAnswer.Nothing("shop did not answer within 200 ms"));
  }

  @Test
  void nobodyThereIsNoAnswer() throws InterruptedException {
    server.stop(0);
    assertThat(why("/good")).startsWith("shop cannot be asked");
  }
}
