package dev.hatchery.runner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.runner.ort.TinyOnnx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunnerServerTest {
  private static final byte[] LEFT = TinyOnnx.first("left", "right").bytes();
  private static final String EVEN = "{\"shape\":[1,2],\"data\":[1,1]}";
  private static final String FAILING = "{\"shape\":[1,2],\"data\":[-1,1]}";

  private final Path folder;
  private final Service service;

  RunnerServerTest(@TempDir Path folder) {
    this.folder = folder;
    this.service = new Service(folder);
  }

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void withoutAModelItIsAliveButNotWell() throws Exception {
    assertThat(service.get("/healthz").statusCode()).isEqualTo(503);
    assertThat(service.get("/healthz").body()).contains("\"no model\"");
    assertThat(service.get("/model").statusCode()).isEqualTo(503);
    assertThat(service.post("/infer", EVEN).statusCode()).isEqualTo(503);
    assertThat(service.get("/metrics").body()).doesNotContain("hatchery_model_info");
    assertThat(service.metric("hatchery_inference_requests_total")).isZero();
  }

  @Test
  void afterAReloadItAnswersAndSaysWhoAnswers() throws Exception {
    Digest bundle = service.slot().install(LEFT);
    Digest file = Digest.of(LEFT);

    var reload = service.post("/reload", "");
    assertThat(reload.statusCode()).isEqualTo(200);
    assertThat(reload.body())
        .startsWith(
            "{\"bundle\":\"%s\",\"files\":{\"model.onnx\":\"%s\"},\"loadedAt\":\"20"
                .formatted(bundle, file));
    assertThat(service.get("/model").body()).isEqualTo(reload.body());
    assertThat(service.get("/healthz").statusCode()).isEqualTo(200);
    assertThat(service.get("/metrics").body())
        .contains("hatchery_model_info{bundle=\"" + bundle + "\"} 1\n");

    var answer = service.post("/infer", "{\"shape\":[2,2],\"data\":[4,0,0,4]}");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .startsWith("{\"label\":\"left\",\"labels\":[\"left\",\"right\"],\"probs\":[[")
        .containsPattern("\\[\\[0\\.9998\\d*,1\\.23\\d*E-4],\\[9\\.11\\d*E-4,0\\.999\\d*]]")
        .endsWith("]],\"model\":\"" + file + "\"}");
    assertThat(service.metric("hatchery_inference_requests_total")).isEqualTo(1);
    assertThat(service.metric("hatchery_inference_latency_seconds_count")).isEqualTo(1);
    assertThat(service.metric("hatchery_inference_latency_seconds_sum")).isPositive();
  }

  @Test
  void aReloadThatFailsSaysWhyAndTheOldModelStays() throws Exception {
    service.slot().install(LEFT);
    String before = service.post("/reload", "").body();
    service.slot().install("no model".getBytes(UTF_8));

    var reload = service.post("/reload", "");
    assertThat(reload.statusCode()).isEqualTo(500);
    assertThat(reload.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(reload.body()).contains("\"code\":\"LOADER\"").contains("\"status\":500");
    assertThat(service.get("/model").body()).isEqualTo(before);
    assertThat(service.post("/infer", EVEN).statusCode()).isEqualTo(200);
  }

  @Test
  void aBadRequestIsNotAnInferenceError() throws Exception {
    service.slot().install(LEFT);
    service.post("/reload", "");

    assertThat(service.post("/infer", "").statusCode()).isEqualTo(400);
    assertThat(service.post("/infer", "{\"shape\":[1,2]}").statusCode()).isEqualTo(400);
    var shape = service.post("/infer", "{\"shape\":[1,3],\"data\":[1,2,3]}");
    assertThat(shape.statusCode()).isEqualTo(400);
    assertThat(shape.body()).contains("another shape").contains("[N, 2]").contains("[1, 3]");

    assertThat(service.metric("hatchery_bad_requests_total")).isEqualTo(3);
    assertThat(service.metric("hatchery_inference_requests_total")).isZero();
    assertThat(service.metric("hatchery_inference_errors_total")).isZero();
  }

  @Test
  void anInferenceThatFailsIsAnError() throws Exception {
    service.slot().install(LEFT);
    service.post("/reload", "");

    assertThat(service.post("/infer", FAILING).statusCode()).isEqualTo(500);
    assertThat(service.post("/infer", EVEN).statusCode()).isEqualTo(200);
    assertThat(service.metric("hatchery_inference_requests_total")).isEqualTo(2);
    assertThat(service.metric("hatchery_inference_errors_total")).isEqualTo(1);
    assertThat(service.metric("hatchery_inference_latency_seconds_count")).isEqualTo(1);
    assertThat(service.metric("hatchery_bad_requests_total")).isZero();
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedWithoutBeingRead() throws Exception {
    service.slot().install(LEFT);
    service.post("/reload", "");
    String padding = " ".repeat((int) InferRequest.BODY_MAX.bytes());

    assertThat(service.post("/infer", EVEN + padding).statusCode()).isEqualTo(413);
    assertThat(service.post("/infer", EVEN).statusCode()).isEqualTo(200);
    assertThat(service.metric("hatchery_bad_requests_total")).isEqualTo(1);
  }

  @Test
  void otherPathsAndMethodsAreToldWhatThereIs() throws Exception {
    assertThat(service.get("/").statusCode()).isEqualTo(404);
    assertThat(service.get("/infer/x").statusCode()).isEqualTo(404);
    assertThat(service.get("/infer").statusCode()).isEqualTo(405);
    assertThat(service.get("/infer").headers().firstValue("Allow")).contains("POST");
    assertThat(service.post("/metrics", "").headers().firstValue("Allow")).contains("GET");
  }

  @Test
  void metricsArePrometheusText() throws Exception {
    assertThat(service.get("/metrics").headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
  }

  @Test
  void aRequestThatBreaksOffIsItsOwnMatterOnly() throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
      String head = "POST /infer HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"sha";
      socket.getOutputStream().write(head.getBytes(UTF_8));
    }

    assertThat(service.get("/healthz").statusCode()).isEqualTo(503);
  }

  @Test
  void aPortThatIsTakenIsToldWithWhatToDo() throws IOException {
    try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var serving = new Serving(new SlotFolder(folder), InstantSource.system());
      var metrics = new RunnerMetrics(Instant.EPOCH);
      var shadowMetrics = new ShadowMetrics();
      var shadow = new Beside(new SlotFolder(folder).shadow(), serving, shadowMetrics, () -> 0);
      var inference = new Inference(serving, metrics, shadow, () -> 0);
      var routes = new Routes(serving, inference, metrics, shadow, shadowMetrics);

      assertThatThrownBy(() -> RunnerServer.start(other.getLocalPort(), routes))
          .isInstanceOfSatisfying(
              Refusal.class, r -> assertThat(r.problem().fix()).contains("--port"));
    }
  }
}
