package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.hatchery.core.Code;
import dev.hatchery.core.DesiredState;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.RolloutView.Phase;
import dev.hatchery.wire.api.VerdictView;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A business KPI, from an endpoint of its own to the decision's record. */
final class QueryTest {
  private static final String GATE =
      "- {metric: query.orders, query: {source: shop, promql: sum(orders)}, below: 100, for: 1s}";

  @TempDir private Path folder;
  private HttpServer prometheus;
  private Fleet fleet;
  private Device device;
  private volatile String value = "250"; // read by the web server's thread

  @BeforeEach
  void start() throws IOException {
    prometheus = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    int port = prometheus.getAddress().getPort();
    Path sources =
        Files.writeString(
            folder.resolve("sources.yaml"),
            "sources: {shop: {url: 'http://127.0.0.1:%d'}}\n".formatted(port));
    fleet = Fleet.asking(folder, sources);
    prometheus.createContext(
        "/api/v1/query",
        exchange -> {
          byte[] answer =
              "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[%d,\"%s\"]}}"
                  .formatted(fleet.clock.instant().getEpochSecond(), value)
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    prometheus.start();
    device = fleet.device("edge-1", Map.of());
    fleet.release("inspection@1.1.0");
  }

  @AfterEach
  void stop() {
    fleet.close();
    prometheus.stop(0);
  }

  // Real time passes here: the endpoint is asked beside the fleet's clock.
  private RolloutView await(String id, Predicate<RolloutView> until) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    RolloutView view = fleet.operator().rollout(id);
    while (!until.test(view)) {
      if (System.nanoTime() > deadline) throw new AssertionError("still " + view);
      Thread.onSpinWait();
      view = fleet.operator().rollout(id);
    }
    return view;
  }

  @Test
  void aGoodValueLetsTheRolloutBeginAndStandsInItsRecord() {
    String id = fleet.operator().startRollout(ReadingsTest.spec(GATE)).id();
    DesiredState told = device.poll(20).orElseThrow();
    var ordered =
        fleet.operator().explainRollout(id).decided().stream()
            .filter(d -> d.commands() == 1)
            .findFirst()
            .orElseThrow();
    assertThat(ordered.verdicts())
        .anySatisfy(
            v -> {
              assertThat(v.gate()).isEqualTo("query.orders");
              assertThat(v.kind()).isEqualTo(VerdictView.Kind.PASS);
              assertThat(v.reason()).startsWith("250.0 at ").endsWith("at least 100.0");
            });
    device.obey(told);
    fleet.clock.advance(Duration.ofSeconds(2));
    await(id, r -> r.phase() == Phase.COMPLETED);
  }

  @Test
  void aBadOrMissingValueHoldsTheFirstStage() {
    value = "99";
    String id = fleet.operator().startRollout(ReadingsTest.spec(GATE)).id();
    await(id, r -> says(r, "query.orders", "so it was before the rollout"));
    assertThat(fleet.operator().rollout(id).devicesTouched()).isZero();
    assertThat(fleet.operator().explainRollout(id).ways().getFirst())
        .contains("the first stage waits until these pass: query.orders");
  }

  private static boolean says(RolloutView view, String gate, String words) {
    return view.verdicts().stream()
        .anyMatch(v -> v.gate().equals(gate) && v.reason().contains(words));
  }

  @Test
  void aSourceThatTheServerWasNotGivenIsRefusedWithTheNearestName() {
    var problem =
        Refused.refused(
            Code.BAD_SPEC,
            () ->
                fleet
                    .operator()
                    .startRollout(ReadingsTest.spec(GATE.replace("source: shop", "source: shup"))));
    assertThat(problem.fix()).isEqualTo("did you mean shop?");
    assertThat(fleet.operator().rollouts()).isEmpty();
  }
}
