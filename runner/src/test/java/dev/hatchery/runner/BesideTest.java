package dev.hatchery.runner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Digest;
import dev.hatchery.runner.ort.TinyOnnx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that runs beside the one that is served. */
final class BesideTest {
  private static final byte[] SERVED = TinyOnnx.first("left", "right").bytes();
  private static final byte[] OTHER = TinyOnnx.first("right", "left").bytes();
  private static final String LEFT = "{\"shape\":[1,2],\"data\":[4,0]}";
  private static final String FAILING = "{\"shape\":[1,2],\"data\":[-1,1]}";
  private static final Duration LONG = Duration.ofSeconds(20);

  private final Service service;
  private Digest served = Digest.of(SERVED);

  BesideTest(@TempDir Path folder) {
    this.service = new Service(folder);
  }

  @BeforeEach
  void somethingIsServed() throws Exception {
    served = service.slot().install(SERVED);
    assertThat(service.post("/reload", "").statusCode()).isEqualTo(200);
  }

  @AfterEach
  void stop() {
    service.close();
  }

  // It works on a thread of its own, after the answer.
  private void until(String metric, double value) throws Exception {
    Instant deadline = Instant.now().plus(LONG);
    while (service.metric(metric) < value) {
      assertThat(Instant.now()).as("%s reaches %s", metric, value).isBefore(deadline);
    }
  }

  @Test
  void itSeesWhatTheServedModelSawAndNobodyGetsItsAnswers() throws Exception {
    Digest bundle = service.slot().installShadow(OTHER);
    assertThat(service.post("/reload", "").statusCode()).isEqualTo(200);
    assertThat(service.get("/model").body())
        .startsWith("{\"bundle\":\"" + served + "\"")
        .contains("\"shadow\":{\"bundle\":\"" + bundle + "\"")
        .contains("\"files\":{\"model.onnx\":\"" + Digest.of(OTHER) + "\"}");

    for (int i = 1; i <= 3; i++) {
      assertThat(service.post("/infer", LEFT).body())
          .contains("\"label\":\"left\"")
          .endsWith("\"model\":\"" + Digest.of(SERVED) + "\"}");
      until("hatchery_shadow_compared_total", i);
    }
    assertThat(service.metric("hatchery_shadow_agreed_total")).isZero();
    assertThat(service.metric("hatchery_shadow_requests_total")).isEqualTo(3);
    assertThat(service.metric("hatchery_shadow_latency_seconds_count")).isEqualTo(3);
    assertThat(service.metric("hatchery_inference_requests_total")).isEqualTo(3);
    assertThat(service.get("/metrics").body())
        .contains("hatchery_shadow_info{bundle=\"" + bundle + "\"} 1\n")
        .contains("hatchery_model_info{bundle=\"" + served + "\"} 1\n");
  }

  @Test
  void aShadowThatSaysTheSameAgrees() throws Exception {
    service.slot().installShadow(SERVED);
    service.post("/reload", "");
    service.post("/infer", LEFT);
    until("hatchery_shadow_agreed_total", 1);
    assertThat(service.metric("hatchery_shadow_compared_total")).isEqualTo(1);
  }

  @Test
  void itsErrorsAreItsOwn() throws Exception {
    service.slot().installShadow(OTHER);
    service.post("/reload", "");
    assertThat(service.post("/infer", FAILING).statusCode()).isNotEqualTo(200);
    until("hatchery_shadow_errors_total", 1);
    assertThat(service.metric("hatchery_shadow_compared_total")).isZero();
    assertThat(service.metric("hatchery_inference_errors_total")).isEqualTo(1);
  }

  @Test
  void aShadowThatDoesNotLoadTakesNothingFromWhatIsServed() throws Exception {
    service.slot().installShadow("no model".getBytes(UTF_8));
    var reload = service.post("/reload", "");
    assertThat(reload.statusCode()).isEqualTo(500);
    assertThat(reload.body()).contains("\"code\":\"LOADER\"");
    assertThat(service.get("/healthz").statusCode()).isEqualTo(200);
    assertThat(service.get("/model").body()).contains(served.toString()).doesNotContain("shadow");
    assertThat(service.post("/infer", LEFT).statusCode()).isEqualTo(200);
  }

  @Test
  void withoutItsLinkItIsLetGo() throws Exception {
    service.slot().installShadow(OTHER);
    service.post("/reload", "");
    service.slot().removeShadow();
    assertThat(service.post("/reload", "").body()).doesNotContain("shadow");
    assertThat(service.get("/model").body()).contains(served.toString()).doesNotContain("shadow");
    assertThat(service.get("/metrics").body()).doesNotContain("hatchery_shadow");
    assertThat(service.post("/infer", LEFT).statusCode()).isEqualTo(200);
  }
}
