package dev.hatchery.it;

import dev.hatchery.wire.EnrolmentFile;
import dev.hatchery.wire.Wire;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A device of a rig: its folder, its agent and its inference service. */
final class Device implements AutoCloseable {
  final String id;
  final Path folder;
  private final int port;
  private @Nullable JavaProcess agent;
  private @Nullable JavaProcess runner;

  private Device(String id, Path folder, int port) {
    this.id = id;
    this.folder = folder;
    this.port = port;
  }

  /**
   * What is special about a device.
   *
   * @param labels as a flow mapping of YAML
   * @param more of agent.yaml
   */
  record Setup(String labels, String more) {
    static final Setup USUAL = new Setup("{site: oslo}", "");

    static Setup with(String more) {
      return new Setup(USUAL.labels, more);
    }
  }

  static Device prepare(Path folder, String id, int port, EnrolmentFile enrolment, Setup setup)
      throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("enrolment.json"), Wire.ENROLMENT_FILE.bytes(enrolment));
    Device device = new Device(id, folder, port);
    Files.createDirectories(device.slot());
    Files.writeString(
        folder.resolve("agent.yaml"),
        """
        device: %s
        state: %s
        enrolment: %s
        labels: %s
        reconnect: {min: 200ms, max: 1s}
        slots:
          vision:
            channel: stable
            service:
              url: http://127.0.0.1:%d
              reload: {http: /reload}
        %s
        """
            .formatted(
                id,
                device.state(),
                folder.resolve("enrolment.json"),
                setup.labels,
                port,
                setup.more));
    return device;
  }

  Path state() {
    return folder.resolve("state");
  }

  Path slot() {
    return state().resolve("slots/vision");
  }

  /**
   * The digest, in hex, of the bundle that a link of the slot points to; empty when there is none.
   */
  String link(String name) throws IOException {
    Path link = slot().resolve(name);
    if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) return "";
    return String.valueOf(Files.readSymbolicLink(link).getFileName());
  }

  void startAgent() throws IOException {
    agent =
        JavaProcess.start(
            folder.resolve("agent.log"),
            dev.hatchery.agent.Main.class,
            "--config",
            folder.resolve("agent.yaml").toString());
  }

  void startRunner() throws IOException {
    runner =
        JavaProcess.start(
            folder.resolve("runner.log"),
            dev.hatchery.runner.Main.class,
            "--slot-dir",
            slot().toString(),
            "--port",
            String.valueOf(port),
            "--source",
            "inspection",
            "--fps",
            "5",
            "--seed",
            "1");
  }

  void killAgent() throws InterruptedException {
    if (agent != null) agent.kill();
  }

  void killRunner() throws InterruptedException {
    if (runner != null) runner.kill();
  }

  /** What the service's metrics page says. */
  String metrics() throws IOException, InterruptedException {
    URI page = URI.create("http://127.0.0.1:" + port + "/metrics");
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString()).body();
    }
  }

  String runnerLog() throws IOException {
    return Files.readString(folder.resolve("runner.log"));
  }

  String agentLog() throws IOException {
    return Files.readString(folder.resolve("agent.log"));
  }

  @Override
  public void close() {
    if (agent != null) agent.close();
    if (runner != null) runner.close();
  }
}
