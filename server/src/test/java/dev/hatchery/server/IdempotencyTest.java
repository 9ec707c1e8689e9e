package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Name;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.AbortRequest;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.api.AuditView;
import dev.hatchery.wire.api.EnrolmentTokenRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IdempotencyTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private Fleet fleet;

  @BeforeEach
  void start(@TempDir Path folder) {
    fleet = Fleet.ready(folder);
  }

  @AfterEach
  void stop() {
    client.close();
    fleet.close();
  }

  @Test
  void aRepeatedChangeIsMadeOnceAndAnsweredTheSame() {
    byte[] policy = Wire.ENVELOPE.bytes(fleet.policy(1, Map.of(), Set.of()));
    var first = send("PUT", "/api/v1/policy", "key-1", policy);
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.headers().firstValue("Idempotency-Replayed")).isEmpty();
    var again = send("PUT", "/api/v1/policy", "key-1", policy);
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.headers().firstValue("Idempotency-Replayed")).contains("true");
  }

  @Test
  void theAnswerIsKeptOverARestartAndForAWeek() {
    fleet.device("edge-1", Map.of());
    fleet.release("inspection@1.0.0");
    byte[] spec = Wire.ROLLOUT_SPEC.bytes(Fleet.spec("a", "inspection@1.0.0", Fleet.ALL));
    var first = send("POST", "/api/v1/rollouts", "key-1", spec);
    assertThat(first.statusCode()).isEqualTo(200);
    byte[] abort = Api.ABORT_REQUEST.bytes(new AbortRequest("enough"));
    assertThat(send("POST", "/api/v1/rollouts/a/abort", "key-2", abort).statusCode())
        .isEqualTo(200);
    fleet.restart();
    assertThat(send("POST", "/api/v1/rollouts", "key-1", spec).body()).isEqualTo(first.body());
    assertThat(send("POST", "/api/v1/rollouts/a/abort", "key-2", abort).statusCode())
        .isEqualTo(200);
    assertThat(fleet.operator().rollouts()).hasSize(1);
    fleet.clock.advance(Duration.ofDays(8));
    fleet.server().housekeep();
    assertThat(send("POST", "/api/v1/rollouts/a/abort", "key-2", abort).statusCode())
        .isEqualTo(409);
  }

  @Test
  void aKeyBelongsToOneRequest() {
    byte[] one = Wire.ENVELOPE.bytes(fleet.policy(1, Map.of(), Set.of()));
    byte[] two = Wire.ENVELOPE.bytes(fleet.policy(2, Map.of(new Name("x"), 1L), Set.of()));
    assertThat(send("PUT", "/api/v1/policy", "key-1", one).statusCode()).isEqualTo(200);
    var other = send("PUT", "/api/v1/policy", "key-1", two);
    assertThat(other.statusCode()).isEqualTo(409);
    assertThat(other.body()).contains("belongs to another request");
    assertThat(send("PUT", "/api/v1/policy", "key 1\u00e9", one).statusCode()).isEqualTo(400);
  }

  @Test
  void aRefusalIsNotKept() {
    byte[] spec = Wire.ROLLOUT_SPEC.bytes(Fleet.spec("a", "inspection@1.0.0", Fleet.ALL));
    assertThat(send("POST", "/api/v1/rollouts", "key-1", spec).statusCode()).isEqualTo(404);
    fleet.device("edge-1", Map.of());
    fleet.release("inspection@1.0.0");
    assertThat(send("POST", "/api/v1/rollouts", "key-1", spec).statusCode()).isEqualTo(200);
  }

  @Test
  void ofManyAtOnceOneMakesTheChange() {
    fleet.device("edge-1", Map.of());
    fleet.release("inspection@1.0.0");
    byte[] spec = Wire.ROLLOUT_SPEC.bytes(Fleet.spec("a", "inspection@1.0.0", Fleet.ALL));
    List<CompletableFuture<HttpResponse<String>>> racing =
        IntStream.range(0, 12)
            .mapToObj(
                _ ->
                    CompletableFuture.supplyAsync(
                        () -> send("POST", "/api/v1/rollouts", "key-1", spec)))
            .toList();
    assertThat(racing.stream().map(f -> f.join().body()).distinct()).hasSize(1);
    assertThat(fleet.operator().audit(0).stream().map(AuditView::action))
        .containsOnlyOnce("rollout.create");
  }

  @Test
  void aSecretIsShownOnceAndNotKept() {
    byte[] request =
        Api.ENROLMENT_TOKEN_REQUEST.bytes(new EnrolmentTokenRequest(1, Duration.ofHours(1)));
    var first = send("POST", "/api/v1/enrolment-tokens", "key-1", request);
    assertThat(first.body()).contains("hte_");
    var again = send("POST", "/api/v1/enrolment-tokens", "key-1", request);
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(again.body()).contains("shown once only").doesNotContain("hte_");
  }

  private HttpResponse<String> send(String method, String path, String key, byte[] body) {
    var request =
        HttpRequest.newBuilder(URI.create(fleet.address() + path))
            .header("Authorization", "Bearer " + fleet.token().reveal())
            .header("Idempotency-Key", key)
            .method(method, BodyPublishers.ofByteArray(body))
            .build();
    return client.sendAsync(request, BodyHandlers.ofString()).join();
  }
}
