package dev.hatchery.agent;

import static dev.hatchery.agent.fixture.FakeServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.agent.fixture.FakeInference;
import dev.hatchery.agent.fixture.FakeServer;
import dev.hatchery.agent.fixture.Keys;
import dev.hatchery.agent.fixture.TestBundle;
import dev.hatchery.core.Event;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.Traffic;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two whole agents of one site. */
final class NeighbourTest {
  private static final Keys KEYS = new Keys();
  private static final int SIZE = 200_000;
  private static final TestBundle BUNDLE = TestBundle.of("1.0.0", SIZE, KEYS.release);

  @TempDir Path folder;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  /** An agent with a server of its own. */
  private final class Device {
    final FakeServer server = new FakeServer(KEYS);
    final FakeInference inference;
    final Agent agent;

    Device(String name, String peers) throws Exception {
      Path home = Files.createDirectories(folder.resolve(name));
      server.enrolment(home.resolve("enrolment.json"));
      server.offer(BUNDLE);
      inference = new FakeInference(home.resolve("state/slots/vision"));
      agent = TestAgent.start(home, inference, "labels: {site: oslo}\n" + peers, log);
    }

    Traffic install() throws Exception {
      server.order(Map.of(new Name("vision"), BUNDLE.order("c1", Order.Trial.DEFAULT)));
      await(() -> server.eventsOf("c1").contains(Event.Kind.FETCHED), "it\n" + log);
      return server.events().stream()
          .filter(e -> e.kind() == Event.Kind.FETCHED)
          .findFirst()
          .orElseThrow()
          .traffic();
    }

    void end() throws Exception {
      agent.end();
      inference.close();
      server.close();
    }
  }

  @Test
  void whatOneHasTheOtherTakesFromIt() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String gives =
        "peers: {port: " + port + ", bind: 127.0.0.1, discovery: off, allow: [127.0.0.0/8]}";
    String takes =
        "peers: {upload: 0 B, discovery: list, list: ['127.0.0.1:"
            + port
            + "'], allow: [127.0.0.0/8]}";
    Device first = new Device("first", gives);
    Device second = new Device("second", takes);
    try {
      assertThat(first.install().full()).isGreaterThan(SIZE);
      second.server.blobs.remove(BUNDLE.model());
      Traffic traffic = second.install();

      assertThat(traffic.peer()).isEqualTo(SIZE);
      assertThat(traffic.uplink()).isLessThan(10_000);
      assertThat(second.server.asked).noneMatch(a -> a.contains(BUNDLE.model().hex()));
    } finally {
      first.end();
      second.end();
    }
  }
}
