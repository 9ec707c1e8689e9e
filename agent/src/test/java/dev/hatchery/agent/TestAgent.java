package dev.hatchery.agent;

import dev.hatchery.agent.config.AgentFile;
import dev.hatchery.agent.disk.RealDisk;
import dev.hatchery.agent.fixture.FakeInference;
import dev.hatchery.agent.slot.Clocks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;

/** A whole agent that waits for nothing longer than it must. */
final class TestAgent {
  private TestAgent() {}

  /**
   * In a folder that has an enrolment.json.
   *
   * @param more lines for agent.yaml
   */
  static Agent start(Path folder, FakeInference inference, String more, ByteArrayOutputStream log)
      throws IOException {
    Path file = folder.resolve("agent.yaml");
    Files.writeString(
        file,
        """
        state: state
        enrolment: enrolment.json
        device: cam-1
        reconnect: {min: 1ms, max: 3ms}
        reserve: 1 MiB
        %s
        slots:
          vision:
            channel: stable
            service: {url: "http://127.0.0.1:%d", reload: {http: /reload}}
        """
            .formatted(more, inference.port()));
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
