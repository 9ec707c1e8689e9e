package dev.hatchery.agent;

import static dev.hatchery.agent.fixture.FakeServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.agent.config.AgentFile;
import dev.hatchery.agent.disk.RealDisk;
import dev.hatchery.agent.fixture.FakeInference;
import dev.hatchery.agent.fixture.FakeServer;
import dev.hatchery.agent.fixture.Keys;
import dev.hatchery.agent.fixture.TestBundle;
import dev.hatchery.agent.slot.Clocks;
import dev.hatchery.core.Event;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.Traffic;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole agents of one site. Each has a server of its own, so that what it is asked can be told
 * apart.
 */
final class SiteOfTenTest {
  private static final Name SLOT = new Name("vision");
  private static final Keys KEYS = new Keys();
  private static final TestBundle BUNDLE = TestBundle.of("1.0.0", 3_000_000, KEYS.release);
  private static final Order.Trial TRIAL =
      new Order.Trial(Duration.ofSeconds(20), Duration.ofMillis(100), 3);

  @TempDir Path folder;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final List<One> site = new ArrayList<>();

  private record One(Agent agent, FakeServer server, FakeInference inference) {
    boolean confirmed() {
      return server.eventsOf("c1").contains(Event.Kind.CONFIRMED);
    }

    Traffic traffic() {
      SlotStatus status = Objects.requireNonNull(server.reports.getLast().slots().get(SLOT));
      return status.traffic();
    }

    void order() {
      server.order(
          Map.of(SLOT, BUNDLE.order("c1", TRIAL, Duration.ofMillis(300), Duration.ofMillis(100))));
    }
  }

  @AfterEach
  void end() throws Exception {
    for (One one : site) {
      one.agent.end();
      one.server.close();
      one.inference.close();
    }
  }

  private One device(int port, List<Integer> all) throws Exception {
    Path mine = Files.createDirectory(folder.resolve("device-" + port));
    FakeServer server = new FakeServer(KEYS);
    server.enrolment(mine.resolve("enrolment.json"));
    server.offer(BUNDLE);
    server.cut.putAll(BUNDLE.blobs);
    FakeInference inference = new FakeInference(mine.resolve("state/slots/vision"));
    String neighbours =
        all.stream().map(p -> "\"127.0.0.1:" + p + "\"").collect(Collectors.joining(", "));
    Files.writeString(
        mine.resolve("agent.yaml"),
        """
        state: state
        enrolment: enrolment.json
        device: cam-1
        labels: {site: oslo}
        peers: {port: %d, bind: 127.0.0.1, discovery: list, list: [%s], upload: 64 MiB}
        reconnect: {min: 20ms, max: 200ms}
        longPoll: 20s
        reserve: 1 MiB
        slots:
          vision:
            channel: stable
            service:
              url: http://127.0.0.1:%d
              reload: {http: /reload}
        """
            .formatted(port, neighbours, inference.port()));
    World world =
        new World(
            new RealDisk(),
            new Clocks(InstantSource.system(), System::nanoTime),
            new Random(port),
            new EventLog(
                new PrintStream(log, true, StandardCharsets.UTF_8), InstantSource.system()),
            Path.of("/"),
            "amd64",
            "0.1.0");
    Agent agent = Agent.open(AgentFile.read(mine.resolve("agent.yaml"), "host"), world);
    One one = new One(agent, server, inference);
    site.add(one);
    agent.start();
    return one;
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    }
    List<Integer> ports = held.stream().map(ServerSocket::getLocalPort).toList();
    for (ServerSocket socket : held) socket.close();
    return ports;
  }

  @Test
  void theModelOfASiteOfTenCrossesItsUplinkOnce() throws Exception {
    List<Integer> ports = freePorts(10);
    for (int port : ports) device(port, ports);
    for (One one : site.subList(1, 10)) one.server.blobs.remove(BUNDLE.model());

    One first = site.getFirst();
    first.order();
    await(first::confirmed, "the first device\n" + log);
    // One after the other: a neighbour gives to four at once, and these servers have nothing for
    // the
    // fifth to fall back to. PeersTest has nine at the same time.
    for (One one : site.subList(1, 10)) {
      one.order();
      await(one::confirmed, "a device\n" + log);
    }
    for (One one : site) {
      await(() -> one.traffic().total() > 0, "what it cost\n" + log);
    }

    long model = Objects.requireNonNull(BUNDLE.blobs.get(BUNDLE.model())).length;
    assertThat(first.traffic().peer()).isZero();
    assertThat(site.subList(1, 10))
        .allSatisfy(one -> assertThat(one.traffic().peer()).isEqualTo(model));
    long uplink = site.stream().mapToLong(one -> one.traffic().uplink()).sum();
    assertThat(uplink).isLessThan(BUNDLE.totalBytes() * 11 / 10);
  }
}
