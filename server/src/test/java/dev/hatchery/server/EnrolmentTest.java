package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.bundle.sign.Assertion;
import dev.hatchery.bundle.sign.Dsse;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Secret;
import dev.hatchery.wire.EnrolRequest;
import dev.hatchery.wire.EnrolmentFile;
import dev.hatchery.wire.Wire;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EnrolmentTest {
  private Fleet fleet;

  @BeforeAll
  void start(@TempDir Path folder) {
    fleet = Fleet.ready(folder);
  }

  @AfterAll
  void stop() {
    fleet.close();
  }

  @Test
  void theFileIsAllThatADeviceNeeds() {
    EnrolmentFile file = fleet.enrolmentFile(1);
    assertThat(file.server()).isEqualTo(fleet.address());
    assertThat(file.caCertificates()).isEmpty();
    assertThat(file.trust().payloadType()).isEqualTo(Envelope.TRUST);
    Device device = device("file-1");
    assertThat(device.enrol(file.token()).statusCode()).isEqualTo(200);
    assertThat(device.poll(0)).isEmpty();
    assertThat(fleet.operator().device(device.id).keyId()).isEqualTo(device.key.id());
  }

  @Test
  void aTokenOpensTheDoorAsOftenAsItSaysAndNoMore() {
    Secret token = fleet.enrolmentFile(2).token();
    assertThat(device("twice-1").enrol(token).statusCode()).isEqualTo(200);
    assertThat(device("twice-2").enrol(token).statusCode()).isEqualTo(200);
    assertUnauthenticated(device("twice-3").enrol(token));
  }

  @Test
  void ofAHundredThatRaceWithOneTokenOneWins() {
    Secret token = fleet.enrolmentFile(1).token();
    List<CompletableFuture<Integer>> racing =
        IntStream.range(0, 15)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> device("race-" + i).enrol(token).statusCode()))
            .toList();
    assertThat(racing.stream().filter(f -> f.join() == 200)).hasSize(1);
  }

  @Test
  void aTokenExpires() {
    Secret token = fleet.enrolmentFile(1).token();
    fleet.clock.advance(Duration.ofMinutes(61));
    assertUnauthenticated(device("late-1").enrol(token));
  }

  @Test
  void theSameKeyIsLetInAgainWithoutAToken() {
    Device device = device("again-1");
    Secret token = fleet.enrolmentFile(1).token();
    assertThat(device.enrol(token).statusCode()).isEqualTo(200);
    long records = enrolments("again-1");
    assertThat(device.enrol(token).statusCode()).isEqualTo(200);
    assertThat(enrolments("again-1")).isEqualTo(records).isEqualTo(1);
  }

  @Test
  void anotherKeyForATakenIdIsRefusedAndCostsNoUse() {
    assertThat(device("taken-1").enrol(fleet.enrolmentFile(1).token()).statusCode()).isEqualTo(200);
    Secret token = fleet.enrolmentFile(1).token();
    var answer = device("taken-1").enrol(token);
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.body()).contains("CONFLICT");
    assertThat(device("taken-2").enrol(token).statusCode()).isEqualTo(200);
  }

  @Test
  void whoeverDoesNotHoldTheKeyCannotEnrolIt() {
    Device honest = device("holder-1");
    Device thief = device("thief-1");
    var request =
        new EnrolRequest(
            fleet.enrolmentFile(1).token(),
            honest.id,
            honest.key.publicKey(),
            Labels.NONE,
            DeviceFacts.UNKNOWN,
            Map.of());
    Envelope signedByAnother =
        Dsse.sign(Envelope.ENROL, Wire.ENROL_REQUEST.bytes(request), thief.key);
    var answer =
        thief.post("/device/v1/enroll", Wire.ENVELOPE.bytes(signedByAnother), Optional.empty());
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.body()).contains("BAD_SIGNATURE");
    Envelope ofAnotherType =
        Dsse.sign(Envelope.REPORT, Wire.ENROL_REQUEST.bytes(request), honest.key);
    assertThat(
            honest
                .post("/device/v1/enroll", Wire.ENVELOPE.bytes(ofAnotherType), Optional.empty())
                .body())
        .contains("BAD_SIGNATURE");
  }

  @Test
  void anAssertionIsGoodOnceAlsoAfterARestart() {
    Device device = fleet.device("jwt-1", Map.of());
    String assertion = device.assertion("once");
    assertThat(device.askToken(assertion).statusCode()).isEqualTo(200);
    assertUnauthenticated(device.askToken(assertion));
    fleet.restart();
    device.server = fleet.address();
    assertUnauthenticated(device.askToken(assertion));
    assertThat(device.askToken(device.assertion("twice")).statusCode()).isEqualTo(200);
  }

  @Test
  void anAssertionForAnotherServerOrByAnotherKeyProvesNothing() {
    Device device = fleet.device("jwt-2", Map.of());
    Device other = fleet.device("jwt-3", Map.of());
    assertUnauthenticated(
        device.askToken(
            Assertion.sign(device.key, device.id, "elsewhere", fleet.clock.instant(), "a")));
    assertUnauthenticated(
        device.askToken(
            Assertion.sign(other.key, device.id, "hatchery", fleet.clock.instant(), "b")));
    assertUnauthenticated(device.askToken(other.assertion("c")));
    assertUnauthenticated(
        device.askToken(
            Assertion.sign(
                device.key, new DeviceId("nobody"), "hatchery", fleet.clock.instant(), "d")));
  }

  @Test
  void anAccessTokenLivesAQuarterOfAnHour() {
    Device device = fleet.device("token-1", Map.of());
    assertThat(device.poll(0)).isEmpty();
    fleet.clock.advance(Duration.ofMinutes(14));
    assertThat(device.poll(0)).isEmpty();
    fleet.clock.advance(Duration.ofMinutes(2));
    assertThat(device.pollAsync(0).join().statusCode()).isEqualTo(401);
    assertThat(device.renewedToken().poll(0)).isEmpty();
  }

  @Test
  void noSecretStandsInTheDatabase() throws Exception {
    EnrolmentFile file = fleet.enrolmentFile(1);
    Device device = fleet.device("secret-1", Map.of());
    String access = device.token().reveal();
    fleet.restart();
    for (Path each :
        List.of(
            fleet.folder.resolve("data/hatchery.db"),
            fleet.folder.resolve("data/hatchery.db-wal"))) {
      if (!Files.exists(each)) continue;
      String bytes = Files.readString(each, java.nio.charset.StandardCharsets.ISO_8859_1);
      assertThat(bytes).contains("secret-1");
      assertThat(bytes)
          .doesNotContain(file.token().reveal())
          .doesNotContain(fleet.token().reveal())
          .doesNotContain(access);
      return;
    }
    throw new AssertionError("no database was found");
  }

  private Device device(String id) {
    return new Device(
        id, Map.of(), Map.of(Fleet.SLOT, Fleet.CHANNEL), fleet.address(), fleet.clock);
  }

  private long enrolments(String device) {
    return fleet.operator().audit(0).stream()
        .filter(r -> r.action().equals("device.enrol") && r.object().equals(device))
        .count();
  }

  private static void assertUnauthenticated(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
    assertThat(answer.body()).contains("UNAUTHENTICATED");
  }
}
