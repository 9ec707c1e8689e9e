package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.bundle.sign.Dsse;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Name;
import dev.hatchery.core.Order;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.ReleaseView;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DesiredTest {
  private static final Name REPO = new Name("inspection");
  private Fleet fleet;
  private ReleaseView released;
  private Device device;
  private DesiredState desired;

  @BeforeAll
  void start(@TempDir Path folder) {
    fleet = Fleet.ready(folder);
    released = fleet.release("inspection@1.0.0");
    device = fleet.device("edge-1", Map.of("site", "oslo"));
    fleet.device("edge-2", Map.of());
    fleet.operator().startRollout(Fleet.spec("first", "inspection@1.0.0", Fleet.ALL));
    desired = device.poll(20).orElseThrow();
  }

  @AfterAll
  void stop() {
    fleet.close();
  }

  @Test
  void theOrderSaysAllThatADeviceHasToKnow() {
    RolloutSpec spec = Fleet.spec("first", "inspection@1.0.0", Fleet.ALL);
    Order order = Device.order(desired);
    assertThat(order.release()).isEqualTo(ReleaseId.parse("inspection@1.0.0"));
    assertThat(order.manifest()).isEqualTo(released.digest());
    assertThat(order.reason()).isEqualTo(Order.Reason.ROLLOUT);
    assertThat(order.signatures()).hasSize(1);
    assertThat(order.trial()).isEqualTo(spec.trial());
    assertThat(order.window()).isEqualTo(Duration.ofSeconds(1));
    assertThat(order.warmUp()).isEqualTo(Duration.ZERO);
    assertThat(desired.device()).isEqualTo(device.id);
    assertThat(desired.keyset()).isEqualTo(1);
    assertThat(desired.expires()).isEqualTo(desired.issuedAt().plus(Duration.ofDays(7)));
  }

  @Test
  void theDirectorSignsAndTheETagIsTheHashOfTheBytes() {
    var fresh = new Device("edge-x", Map.of(), Map.of(), fleet.address(), fleet.clock);
    assertThat(fresh.id).isNotEqualTo(device.id);
    HttpResponse<String> answer = device.get("/device/v1/desired");
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    assertThat(answer.headers().firstValue("ETag")).contains("\"" + Digest.of(body).hex() + "\"");
    Envelope envelope = Wire.ENVELOPE.parse(body, DataSize.kib(64), "desired");
    var director = fleet.operator().director().key();
    byte[] payload = Dsse.verify(envelope, Envelope.DESIRED, List.of(director), 1);
    assertThat(Wire.DESIRED.parse(payload, DesiredState.MAX_SIZE, "desired").device())
        .isEqualTo(device.id);
  }

  @Test
  void whoHoldsTheNewestIsToldSoWithoutABody() {
    HttpResponse<String> answer = device.pollAsync(0).join();
    assertThat(answer.statusCode()).isEqualTo(304);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
  }

  @Test
  void aWaitOutOfRangeIsRefused() {
    assertThat(device.get("/device/v1/desired?wait=100000").statusCode()).isEqualTo(400);
    assertThat(device.get("/device/v1/desired?wait=-1").statusCode()).isEqualTo(400);
    assertThat(device.get("/device/v1/desired?wait=x").statusCode()).isEqualTo(400);
  }

  @Test
  void aPollParksUntilThereIsNews() {
    Device waiting = fleet.device("parker", Map.of(), Map.of(new Name("llm"), new Name("edge")));
    CompletableFuture<HttpResponse<String>> poll = waiting.pollAsync(60);
    awaitParked(1);
    assertThat(poll).isNotDone();
    fleet.release("words@1.0.0");
    var spec = Fleet.spec("words", "words@1.0.0", Fleet.ALL);
    fleet
        .operator()
        .startRollout(spec.with(s -> s.slot(new Name("llm")).channel(new Name("edge"))));
    DesiredState news = waiting.taken(poll.join()).orElseThrow();
    assertThat(news.slots()).containsOnlyKeys(new Name("llm"));
    assertThat(news.counter()).isEqualTo(1);
  }

  @Test
  void aPollEndsWhenItsWaitIsOver() {
    long from = System.nanoTime();
    assertThat(device.pollAsync(1).join().statusCode()).isEqualTo(304);
    assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThan(Duration.ofMillis(900));
  }

  @Test
  void aSecondPollSendsTheFirstHome() {
    Device impatient = fleet.device("impatient", Map.of(), Map.of());
    var first = impatient.pollAsync(60);
    awaitParked(1);
    var second = impatient.pollAsync(60);
    assertThat(first.join().statusCode()).isEqualTo(304);
    assertThat(second).isNotDone();
    second.cancel(true);
  }

  @Test
  void aDeviceFetchesTheBlobsOfItsReleaseAndNoOthers() {
    Order order = Device.order(desired);
    assertThat(Digest.of(device.blob(REPO, order.manifest()).body())).isEqualTo(order.manifest());
    var signature = order.signatures().getFirst();
    assertThat(Digest.of(device.blob(REPO, signature).body())).isEqualTo(signature);
    ReleaseView other = fleet.release("inspection@9.0.0");
    assertThat(device.blob(REPO, other.digest()).statusCode()).isEqualTo(404);
    assertThat(device.blob(new Name("words"), order.manifest()).statusCode()).isEqualTo(404);
    assertThat(device.get("/v2/inspection/manifests/1.0.0").statusCode()).isEqualTo(404);
    assertThat(device.get("/v2/inspection/tags/list").statusCode()).isEqualTo(404);
    Device stranger = fleet.device("stranger", Map.of(), Map.of());
    assertThat(stranger.blob(REPO, order.manifest()).statusCode()).isEqualTo(404);
  }

  // Other tests' devices may still sit there; what is waited for is that there is one at all.
  private void awaitParked(int atLeast) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (parked() < atLeast) {
      if (System.nanoTime() > deadline) throw new AssertionError("nobody parked");
      Thread.onSpinWait();
    }
  }

  private int parked() {
    return device
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("hatchery_parked_polls "))
        .mapToInt(line -> (int) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .findFirst()
        .orElse(0);
  }
}
