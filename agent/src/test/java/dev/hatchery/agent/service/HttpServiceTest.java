package dev.hatchery.agent.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.hatchery.agent.http.Connections;
import dev.hatchery.agent.http.Http;
import dev.hatchery.agent.service.Service.Away;
import dev.hatchery.agent.service.Service.Done;
import dev.hatchery.agent.service.Service.Labelled;
import dev.hatchery.agent.service.Service.Silent;
import dev.hatchery.agent.service.Service.Unwilling;
import dev.hatchery.agent.service.Service.Wrong;
import dev.hatchery.agent.telemetry.MetricNames;
import dev.hatchery.core.Digest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class HttpServiceTest {
  private static final Digest BUNDLE = Digest.of(new byte[] {1});
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Map<String, Integer> status = new ConcurrentHashMap<>();
  private final Map<String, String> bodies = new ConcurrentHashMap<>();
  private HttpServer server;
  private Http http;

  @BeforeEach
  void begin() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          byte[] body = bodies.getOrDefault(path, "{}").getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status.getOrDefault(path, 200), body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    http = Connections.toService(url());
  }

  private URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @AfterEach
  void end() {
    http.close();
    server.stop(0);
  }

  private HttpService service(Contract.ReloadBy reload) {
    return new HttpService(
        http,
        new Contract(
            url(), reload, "/healthz", "/model", "/infer", "/metrics", MetricNames.DEFAULT));
  }

  private HttpService service() {
    return service(new Contract.Post("/reload"));
  }

  @Test
  void aLookShowsHealthEchoAndMetrics() throws Exception {
    bodies.put(
        "/model",
        "{\"bundle\":\"" + BUNDLE + "\",\"files\":{\"model.onnx\":\"" + BUNDLE + "\"},\"n\":1}");
    bodies.put("/metrics", "hatchery_inference_requests_total 4\n");
    Look look = service().look();

    assertThat(look.ready()).isTrue();
    assertThat(look.echo()).contains(new Echo(Optional.of(BUNDLE), Map.of("model.onnx", BUNDLE)));
    assertThat(look.scrape().orElseThrow().requests()).hasValue(4);
  }

  @Test
  void aServiceThatIsNotReadyIsStillReachable() throws Exception {
    status.put("/healthz", 503);
    status.put("/metrics", 404);
    bodies.put("/model", "what?");
    Look look = service().look();

    assertThat(look.reachable()).isTrue();
    assertThat(look.ready()).isFalse();
    assertThat(look.echo()).isEmpty();
    assertThat(look.scrape()).isEmpty();
  }

  @Test
  void aServiceThatIsGoneIsAway() throws Exception {
    server.stop(0);

    assertThat(service().look()).isEqualTo(Look.AWAY);
    assertThat(service().reload(PATIENCE)).isInstanceOf(Away.class);
    assertThat(service().infer(new byte[0])).isInstanceOf(Silent.class);
  }

  @Test
  void aReloadIsDoneBusyOrRefused() throws Exception {
    assertThat(service().reload(PATIENCE)).isEqualTo(new Done());
    status.put("/reload", 504);
    assertThat(service().reload(PATIENCE)).isInstanceOf(Away.class);
    status.put("/reload", 422);
    bodies.put("/reload", "{\"code\":\"LOADER\",\"title\":\"the model is broken\"}");
    assertThat(service().reload(PATIENCE)).isEqualTo(new Unwilling("LOADER the model is broken"));
    bodies.put("/reload", "<html>");
    assertThat(service().reload(PATIENCE)).isEqualTo(new Unwilling("the service answered 422"));
  }

  @Test
  void aReloadCommandRunsWithoutAShell() throws Exception {
    var echo = service(new Contract.Command(List.of("sh", "-c", "exit 0")));
    var fails = service(new Contract.Command(List.of("sh", "-c", "echo no such unit; exit 5")));
    var missing = service(new Contract.Command(List.of("/no/such/program")));
    var hangs = service(new Contract.Command(List.of("sleep", "60")));

    assertThat(echo.reload(PATIENCE)).isEqualTo(new Done());
    assertThat(echo.reloadStartsProcess()).isTrue();
    assertThat(fails.reload(PATIENCE))
        .isEqualTo(new Unwilling("the reload command ended with 5: no such unit"));
    assertThat(missing.reload(PATIENCE)).isInstanceOf(Unwilling.class);
    assertThat(hangs.reload(Duration.ofMillis(200))).isInstanceOf(Unwilling.class);
  }

  @Test
  void anAnswerIsALabelOrItIsNot() throws Exception {
    bodies.put("/infer", "{\"label\":\"ok\",\"scores\":[0.9]}");
    assertThat(service().infer(new byte[0])).isEqualTo(new Labelled("ok"));
    bodies.put("/infer", "{\"class\":3}");
    assertThat(service().infer(new byte[0])).isInstanceOf(Wrong.class);
    bodies.put("/infer", "not json");
    assertThat(service().infer(new byte[0])).isInstanceOf(Wrong.class);
    status.put("/infer", 500);
    assertThat(service().infer(new byte[0])).isInstanceOf(Wrong.class);
    status.put("/infer", 429);
    assertThat(service().infer(new byte[0])).isInstanceOf(Silent.class);
  }
}
