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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent as a process. */
final class MainTest {
  private static final Keys KEYS = new Keys();
  private static final TestBundle V1 = TestBundle.of("1.0.0", 200_000, KEYS.release);
  private static final TestBundle V2 = TestBundle.of("1.1.0", 200_000, KEYS.release);
  private static final Order.Trial TRIAL =
      new Order.Trial(Duration.ofSeconds(10), Duration.ofSeconds(1), 3);

  @TempDir Path folder;
  private FakeServer server;
  private FakeInference inference;
  private Process agent;

  @BeforeEach
  void begin() throws Exception {
    server = new FakeServer(KEYS);
    server.enrolment(folder.resolve("enrolment.json"));
    inference = new FakeInference(folder.resolve("state/slots/vision"));
    Files.writeString(
        folder.resolve("agent.yaml"),
        """
        state: state
        enrolment: enrolment.json
        device: cam-1
        reconnect: {min: 20ms, max: 200ms}
        longPoll: 20s
        reserve: 1 MiB
        slots: {vision: {channel: stable, service: {url: "http://127.0.0.1:%d", reload: {http: /reload}}}}
        """
            .formatted(inference.port()));
    agent = start();
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx32m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "--config",
            folder.resolve("agent.yaml").toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
  }

  @AfterEach
  void end() throws Exception {
    agent.destroyForcibly().waitFor();
    server.close();
    inference.close();
  }

  private void order(TestBundle bundle, String command) {
    server.offer(bundle);
    server.order(Map.of(new Name("vision"), bundle.order(command, TRIAL)));
  }

  private void awaitEvent(String command, Event.Kind kind) throws Exception {
    await(() -> server.eventsOf(command).contains(kind), command + " " + kind + log());
  }

  private String log() {
    try {
      return "\n" + Files.readString(folder.resolve("log"));
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void anAgentThatIsKilledInTheMiddleOfATrialGoesOn() throws Exception {
    order(V1, "c1");
    awaitEvent("c1", Event.Kind.CONFIRMED);
    order(V2, "c2");
    awaitEvent("c2", Event.Kind.TRIAL);
    agent.destroyForcibly().waitFor();
    agent = start();
    awaitEvent("c2", Event.Kind.CONFIRMED);

    assertThat(server.eventsOf("c2"))
        .containsExactly(
            Event.Kind.ACCEPTED,
            Event.Kind.FETCHED,
            Event.Kind.VERIFIED,
            Event.Kind.TRIAL,
            Event.Kind.CONFIRMED);
  }

  @Test
  void sigtermEndsItWithinTwoSeconds() throws Exception {
    order(V1, "c1");
    awaitEvent("c1", Event.Kind.CONFIRMED);
    long began = System.nanoTime();
    agent.destroy();

    assertThat(agent.waitFor(5, TimeUnit.SECONDS)).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
    assertThat(log()).contains("event=ended");
    assertThat(folder.resolve("state/state/boot.json")).content().contains("\"clean\":true");
  }

  @Test
  void aSlotIsPinnedAndLetGoWhileTheAgentRuns() {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
    String config = folder.resolve("agent.yaml").toString();
    List<String> pin =
        List.of("pin", "--config", config, "--slot", "vision", "--reason", "the audit");

    assertThat(Main.run(pin, err)).isZero();
    assertThat(Main.run(List.of("pins", "--config", config), err)).isZero();
    assertThat(Main.run(List.of("unpin", "--slot", "vision", "--config", config), err)).isZero();
    assertThat(Main.run(List.of("pins", "--config", config), err)).isZero();
    assertThat(said.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "vision is pinned: the audit",
            "vision  the audit",
            "vision is not pinned",
            "vision  -");
    assertThat(Main.run(List.of("pin", "--config", config, "--slot", "vision"), err)).isEqualTo(2);
    assertThat(Main.run(List.of("unpin", "--config", config, "--slot", "llm"), err)).isEqualTo(4);
  }

  @Test
  void aWrongBeginningIsSaidInOneLineWithAnExitCode() throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);

    assertThat(Main.run(List.of(), err)).isEqualTo(2);
    assertThat(Main.run(List.of("--config", folder.resolve("no.yaml").toString()), err))
        .isEqualTo(4);
    Files.writeString(folder.resolve("bad.yaml"), "slots: [1]\n");
    assertThat(Main.run(List.of("--config", folder.resolve("bad.yaml").toString()), err))
        .isEqualTo(2);
    assertThat(said.toString(StandardCharsets.UTF_8).lines())
        .hasSize(3)
        .allMatch(l -> l.contains("event=refused code="))
        .last()
        .asString()
        .contains("bad.yaml:1 slots");
  }
}
