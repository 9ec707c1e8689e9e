package dev.hatchery.runner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Digest;
import dev.hatchery.runner.ort.TinyOnnx;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real process, with the flags it is meant to run with. */
@Timeout(60)
final class MainTest {
  private final Path folder;

  MainTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void servesWhatIsThereAtItsStartAndStopsWhenAsked() throws Exception {
    Digest bundle = new SlotFixture(folder).install(TinyOnnx.first("left", "right").bytes());
    Process process = start("--port", "0", "--source", "even", "--fps", "50");
    try (BufferedReader out = process.inputReader()) {
      String base = "http://" + out.readLine().replaceFirst("^listening ", "");

      assertThat(base).matches("http://127\\.0\\.0\\.1:\\d+");
      assertThat(get(base + "/model")).contains(bundle.toString());
      // Its own source is worked through without anybody asking.
      String metrics = await(base + "/metrics", text -> count(text, "requests_total") >= 5);
      assertThat(count(metrics, "errors_total")).isZero();
      assertThat(metrics).containsPattern("hatchery_inputs_total [1-9]");

      process.destroy();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void waitsForAReloadWhereThereIsNoModelOrABrokenOne() throws Exception {
    var slot = new SlotFixture(folder);
    slot.install("broken".getBytes(UTF_8));
    Process process = start("--port", "0");
    try (BufferedReader out = process.inputReader()) {
      String base = "http://" + out.readLine().replaceFirst("^listening ", "");
      assertThat(get(base + "/healthz")).contains("no model");

      Digest bundle = slot.install(TinyOnnx.first("left", "right").bytes());
      var reload = HttpRequest.newBuilder(URI.create(base + "/reload"));
      assertThat(send(reload.POST(HttpRequest.BodyPublishers.noBody())))
          .contains(bundle.toString());
      assertThat(get(base + "/healthz")).contains("ok");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void theLargestBodiesSeveralAtOnceFitItsHeap() throws Exception {
    new SlotFixture(folder).install(TinyOnnx.first("left", "right").bytes());
    int half = (int) InferRequest.BODY_MAX.bytes() / 2;
    String zeros = "{\"shape\":[1,2],\"data\":[" + "0,".repeat(half - 50) + "0]}";
    String lists = "[" + "[],".repeat(half / 2) + "[]]";
    String rows = "{\"shape\":[1024,2],\"data\":[" + "1,".repeat(2047) + "1]}";
    Process process = start("--port", "0");
    try (BufferedReader out = process.inputReader();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      String url = "http://" + out.readLine().replaceFirst("^listening ", "") + "/infer";
      List<Callable<Integer>> requests = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        requests.addAll(List.of(() -> post(url, zeros), () -> post(url, lists)));
        requests.add(() -> post(url, rows));
      }
      var statuses = new TreeMap<Integer, Integer>();
      for (var answer : threads.invokeAll(requests)) {
        statuses.merge(answer.get(), 1, Integer::sum);
      }
      assertThat(statuses).isEqualTo(Map.of(200, 6, 413, 12));
      assertThat(process.isAlive()).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aWrongCommandLineEndsWithAReasonAndACode() throws Exception {
    Process process = start("--port", "0", "--source", "telescope");

    String error = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isEqualTo(4);
    assertThat(error).contains("NOT_FOUND").contains("telescope").contains("even");
  }

  private Process start(String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx96m", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("--slot-dir", folder.toString()));
    command.addAll(List.of("--native-dir", Files.createTempDirectory(folder, "n").toString()));
    command.addAll(List.of(options));
    return new ProcessBuilder(command).start();
  }

  private static double count(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith("hatchery_inference_" + name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .sum();
  }

  private static String await(String url, Predicate<String> enough) throws Exception {
    String text = get(url);
    while (!enough.test(text)) {
      Thread.onSpinWait();
      text = get(url);
    }
    return text;
  }

  private static int post(String url, String body) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(url));
    request.POST(HttpRequest.BodyPublishers.ofString(body));
    try (var http = HttpClient.newHttpClient()) {
      return http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  private static String get(String url) throws Exception {
    return send(HttpRequest.newBuilder(URI.create(url)));
  }

  private static String send(HttpRequest.Builder request) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    }
  }
}
