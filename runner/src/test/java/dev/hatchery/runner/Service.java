package dev.hatchery.runner;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;

/** The whole service but for its process, on a port of its own. */
final class Service implements AutoCloseable {
  private final SlotFixture slot;
  private final Serving serving;
  private final Beside shadow;
  private final RunnerServer server;
  private final HttpClient http = HttpClient.newHttpClient();

  Service(Path folder) {
    RunnerServer.setProcessLimits();
    slot = new SlotFixture(folder);
    serving = new Serving(new SlotFolder(folder), InstantSource.system());
    var metrics = new RunnerMetrics(Instant.EPOCH);
    var beside = new SlotFolder(folder).shadow();
    var shadowMetrics = new ShadowMetrics();
    shadow =
        new Beside(
            beside, new Serving(beside, InstantSource.system()), shadowMetrics, System::nanoTime);
    shadow.start();
    var inference = new Inference(serving, metrics, shadow, System::nanoTime);
    server = RunnerServer.start(0, new Routes(serving, inference, metrics, shadow, shadowMetrics));
  }

  SlotFixture slot() {
    return slot;
  }

  int port() {
    return server.port();
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path).GET());
  }

  HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
    return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  HttpResponse<String> post(String path, byte[] body) throws IOException, InterruptedException {
    return send(request(path).POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  /** One sample of {@code /metrics}; 0 when it is not there. */
  double metric(String name) throws IOException, InterruptedException {
    return get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .sum();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    http.close();
    server.close();
    shadow.close();
    serving.close();
  }
}
