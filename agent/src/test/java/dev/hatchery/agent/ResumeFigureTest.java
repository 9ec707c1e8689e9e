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
import dev.hatchery.core.Traffic;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The figure: 100 cut connections in one download of 64 MiB cost at most 1.02 of its bytes. */
final class ResumeFigureTest {
  private static final Name SLOT = new Name("vision");
  private static final int SIZE = 64 << 20;
  private static final int CUTS = 100;

  @TempDir Path folder;

  @Test
  void aHundredCutConnectionsCostTwoPercentAtMost() throws Exception {
    Keys keys = new Keys();
    TestBundle large = TestBundle.of("1.0.0", SIZE, keys.release);
    try (FakeServer server = new FakeServer(keys);
        FakeInference inference = new FakeInference(folder.resolve("state/slots/vision"))) {
      server.enrolment(folder.resolve("enrolment.json"));
      server.cutBlobsAfter = SIZE / (CUTS + 1) + 1;
      server.offer(large);
      var log = new ByteArrayOutputStream();
      Agent agent = start(inference, log);
      try {
        server.order(Map.of(SLOT, large.order("c1", Order.Trial.DEFAULT)));
        await(() -> server.eventsOf("c1").contains(Event.Kind.FETCHED), "it\n" + log);
      } finally {
        agent.end();
      }
      Traffic told =
          server.events().stream()
              .filter(e -> e.kind() == Event.Kind.FETCHED)
              .findFirst()
              .orElseThrow()
              .traffic();

      assertThat(server.cuts.get()).isGreaterThanOrEqualTo(CUTS);
      double cost = (double) server.blobBytes.get() / large.totalBytes();
      assertThat(cost).isBetween(1.0, 1.02);
      assertThat(told.full()).isBetween(large.totalBytes(), server.blobBytes.get());
      assertThat(told.resumed()).isBetween(SIZE * 98L / 100, (long) SIZE);
    }
  }

  private Agent start(FakeInference inference, ByteArrayOutputStream log) throws Exception {
    Path file = folder.resolve("agent.yaml");
    Files.writeString(
        file,
        """
        state: state
        enrolment: enrolment.json
        device: cam-1
        reconnect: {min: 1ms, max: 3ms}
        reserve: 1 MiB
        slots:
          vision:
            channel: stable
            service: {url: "http://127.0.0.1:%d", reload: {http: /reload}}
        """
            .formatted(inference.port()));
    World world =
        new World(
            new RealDisk(),
            new Clocks(InstantSource.system(), System::nanoTime),
            new Random(3),
            new EventLog(
                new PrintStream(log, true, StandardCharsets.UTF_8), InstantSource.system()),
            Path.of("/"),
            "amd64",
            "0.1.0");
    Agent agent = Agent.open(AgentFile.read(file, "host"), world);
    agent.start();
    return agent;
  }
}
