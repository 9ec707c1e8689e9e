package dev.hatchery.agent;

import static dev.hatchery.agent.fixture.FakeServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.hatchery.agent.fixture.FakeInference;
import dev.hatchery.agent.fixture.FakeServer;
import dev.hatchery.agent.fixture.Keys;
import dev.hatchery.agent.fixture.TestBundle;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Event;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent behind a caching proxy that is not ours. */
final class SiteCacheTest {
  private static final Keys KEYS = new Keys();
  private static final TestBundle BUNDLE = TestBundle.of("1.0.0", 200_000, KEYS.release);
  private static final int NOTHING_WRONG = 0;

  @TempDir Path folder;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> shown = new CopyOnWriteArrayList<>();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  // Read by the cache's threads, set before the agent starts.
  private volatile int status = NOTHING_WRONG;
  private volatile boolean lies;
  private HttpServer cache;
  private FakeServer server;
  private FakeInference inference;

  @BeforeEach
  void begin() throws Exception {
    server = new FakeServer(KEYS);
    server.enrolment(folder.resolve("enrolment.json"));
    server.offer(BUNDLE);
    inference = new FakeInference(folder.resolve("state/slots/vision"));
    cache = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    cache.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    cache.createContext("/", this::answer);
    cache.start();
  }

  @AfterEach
  void end() {
    cache.stop(0);
    server.close();
    inference.close();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    asked.add(path);
    shown.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    try (exchange) {
      byte[] blob = BUNDLE.blobs.get(Digest.parse(path.substring(path.lastIndexOf('/') + 1)));
      if (status != NOTHING_WRONG || blob == null) {
        exchange.sendResponseHeaders(status == NOTHING_WRONG ? 404 : status, -1);
        return;
      }
      byte[] sent = blob.clone();
      if (lies) sent[0] ^= 1;
      exchange.sendResponseHeaders(200, sent.length);
      exchange.getResponseBody().write(sent);
    }
  }

  private void install(String more) throws Exception {
    Agent agent = TestAgent.start(folder, inference, more, log);
    try {
      server.order(Map.of(new Name("vision"), BUNDLE.order("c1", Order.Trial.DEFAULT)));
      await(() -> server.eventsOf("c1").contains(Event.Kind.FETCHED), "it\n" + log);
    } finally {
      agent.end();
    }
  }

  private String address() {
    return "http://127.0.0.1:" + cache.getAddress().getPort();
  }

  private List<String> blobsOfServer() {
    return server.asked.stream().filter(a -> a.contains("/v2/")).toList();
  }

  @Test
  void blobsComeFromTheSitesCache() throws Exception {
    install("siteCache: " + address());

    assertThat(blobsOfServer()).isEmpty();
    assertThat(asked).hasSameSizeAs(BUNDLE.blobs.keySet()).allMatch(p -> p.startsWith("/v2/"));
    assertThat(shown).allMatch(a -> a.startsWith("Bearer "));
  }

  @Test
  void aCacheIsShownTheTokenOnlyWhenItMayBe() throws Exception {
    install("siteCache: {url: \"" + address() + "\", token: false}");

    assertThat(asked).isNotEmpty();
    assertThat(shown).containsOnly("null");
  }

  @Test
  void aCacheThatFailsIsLeftAloneAndTheServerAsked() throws Exception {
    status = 502;
    install("siteCache: " + address());

    assertThat(asked).hasSize(1);
    assertThat(blobsOfServer()).hasSameSizeAs(BUNDLE.blobs.keySet());
  }

  @Test
  void aCacheThatLiesIsLeftAloneAndTheServerAsked() throws Exception {
    lies = true;
    install("siteCache: " + address());

    assertThat(asked).hasSize(1);
    assertThat(blobsOfServer()).hasSameSizeAs(BUNDLE.blobs.keySet());
  }
}
