package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.bundle.sign.Dsse;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Event;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Report;
import dev.hatchery.core.Secret;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.Traffic;
import dev.hatchery.wire.EnrolRequest;
import dev.hatchery.wire.ReportBatch;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Tree;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a device sends, the server refuses it or takes it; it never fails. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FuzzTest {
  private static final int ROUNDS = 400;

  private static final List<String> MORSELS =
      List.of(
          "null",
          "-1",
          "1e999",
          "9223372036854775808",
          "9223372036854775807",
          "\"\"",
          "{}",
          "[]",
          "\"+1000000000-12-31T23:59:59.999999999Z\"",
          "\"-1000000000-01-01T00:00:00Z\"",
          "\"sha256:\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}",
          "\"999999999d\"",
          "0.1",
          "true",
          "\"../../etc\"",
          "\"' OR 1=1 --\"");

  private Fleet fleet;
  private Device device;

  @BeforeAll
  void start(@TempDir Path folder) {
    fleet = Fleet.ready(folder);
    device = fleet.device("fuzzed", Map.of());
    fleet.release("inspection@1.0.0");
    fleet.operator().startRollout(Fleet.spec("fuzz", "inspection@1.0.0", Fleet.ALL));
    device.obey(device.poll(20).orElseThrow());
  }

  @AfterAll
  void stop() {
    fleet.close();
  }

  @Test
  void mutatedReportsInValidEnvelopes() {
    var random = new Random(1);
    Map<Integer, Integer> seen = new TreeMap<>();
    for (int i = 0; i < ROUNDS; i++) {
      byte[] payload = Wire.REPORT.bytes(report());
      byte[] mutated = i % 2 == 0 ? value(payload, random) : bytes(payload, random);
      Envelope envelope = Dsse.sign(Envelope.REPORT, mutated, device.key);
      count(seen, device.sendRaw(List.of(envelope)));
    }
    assertThat(seen).containsKeys(200, 400);
    assertThat(seen.keySet()).allMatch(status -> status < 500);
    fleet.server().housekeep();
    assertThat(fleet.operator().rollout("fuzz").devicesTouched()).isEqualTo(1);
  }

  @Test
  void mutatedBatches() {
    var random = new Random(2);
    Map<Integer, Integer> seen = new TreeMap<>();
    for (int i = 0; i < ROUNDS; i++) {
      byte[] batch =
          Wire.REPORT_BATCH.bytes(new ReportBatch("n", List.of(device.sign(device.idle()))));
      byte[] mutated = i % 2 == 0 ? value(batch, random) : bytes(batch, random);
      count(seen, device.post("/device/v1/reports", mutated, Optional.of(device.token())));
    }
    assertThat(seen).containsKeys(400, 422);
    assertThat(seen.keySet()).allMatch(status -> status < 500);
  }

  @Test
  void mutatedEnrolments() {
    var random = new Random(3);
    Map<Integer, Integer> seen = new TreeMap<>();
    Secret token = fleet.enrolmentFile(1000).token();
    for (int i = 0; i < ROUNDS; i++) {
      var newcomer = new Device("n-" + i, Map.of(), Map.of(), fleet.address(), fleet.clock);
      var request =
          new EnrolRequest(
              token,
              newcomer.id,
              newcomer.key.publicKey(),
              new Labels(Map.of("site", "oslo")),
              DeviceFacts.UNKNOWN,
              Map.of(Fleet.SLOT, Fleet.CHANNEL));
      byte[] payload = Wire.ENROL_REQUEST.bytes(request);
      byte[] mutated = i % 3 == 0 ? bytes(payload, random) : value(payload, random);
      Envelope envelope = Dsse.sign(Envelope.ENROL, mutated, newcomer.key);
      byte[] body = Wire.ENVELOPE.bytes(envelope);
      if (i % 5 == 0) body = bytes(body, random);
      count(seen, newcomer.post("/device/v1/enroll", body, Optional.empty()));
    }
    assertThat(seen).containsKey(400);
    assertThat(seen.keySet()).allMatch(status -> status < 500);
  }

  @Test
  void mutatedAssertions() {
    var random = new Random(4);
    Map<Integer, Integer> seen = new TreeMap<>();
    for (int i = 0; i < ROUNDS; i++) {
      byte[] body =
          Json.write(
              Tree.object()
                  .put("device", device.id)
                  .put("assertion", device.assertion("fuzz-" + i))
                  .done());
      byte[] mutated = i % 2 == 0 ? value(body, random) : bytes(body, random);
      count(seen, device.post("/device/v1/token", mutated, Optional.empty()));
    }
    assertThat(seen.keySet()).allMatch(status -> status < 500);
    assertThat(device.askToken(device.assertion("honest")).statusCode()).isEqualTo(200);
  }

  @Test
  void bombsAreRefusedBeforeTheyGoOff() {
    byte[] deep = "[".repeat(100_000).getBytes(StandardCharsets.UTF_8);
    assertThat(device.post("/device/v1/reports", deep, Optional.of(device.token())).statusCode())
        .isBetween(400, 499);
    byte[] large = new byte[7 * 1024 * 1024];
    assertThat(device.post("/device/v1/reports", large, Optional.of(device.token())).statusCode())
        .isEqualTo(413);
    byte[] many =
        ("{\"nonce\":\"n\",\"reports\":[" + "0,".repeat(300_000) + "0]}")
            .getBytes(StandardCharsets.UTF_8);
    assertThat(device.post("/device/v1/reports", many, Optional.of(device.token())).statusCode())
        .isEqualTo(413);
  }

  private Report report() {
    var status =
        new SlotStatus(
            SlotStatus.State.CONFIRMED,
            Optional.of("fuzz-1/1"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            SlotStatus.Proof.ECHOED,
            Optional.empty(),
            "fine",
            Traffic.of(Traffic.Source.FULL, 7));
    var event =
        new Event(
            Fleet.SLOT,
            Event.Kind.CONFIRMED,
            fleet.clock.instant(),
            "fuzz-1/1",
            Optional.empty(),
            Optional.empty(),
            "",
            Traffic.of(Traffic.Source.FULL, 7));
    return device.report(status, List.of(event), List.of(device.window(50, 1, 30)));
  }

  // Time passes, so that nobody is refused for asking too often.
  private void count(Map<Integer, Integer> seen, HttpResponse<String> answer) {
    fleet.clock.advance(Duration.ofMillis(250));
    if (answer.statusCode() >= 500) throw new AssertionError(answer.body());
    seen.merge(answer.statusCode(), 1, Integer::sum);
  }

  // Puts something odd where a value stands.
  private static byte[] value(byte[] json, Random random) {
    String text = new String(json, StandardCharsets.UTF_8);
    int colon = -1;
    for (int tries = 0; tries < 50 && colon < 0; tries++) {
      colon = text.indexOf(':', random.nextInt(text.length()));
    }
    int end = colon + 1;
    while (end < text.length() && ",}]".indexOf(text.charAt(end)) < 0) end++;
    String morsel = MORSELS.get(random.nextInt(MORSELS.size()));
    return (text.substring(0, colon + 1) + morsel + text.substring(end))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(byte[] from, Random random) {
    byte[] bytes = from.clone();
    switch (random.nextInt(4)) {
      case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 2 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      default -> {
        int at = random.nextInt(bytes.length);
        int n = random.nextInt(Math.min(64, bytes.length - at) + 1);
        var out = new ByteArrayOutputStream();
        out.write(bytes, 0, at + n);
        out.write(bytes, at, bytes.length - at);
        bytes = out.toByteArray();
      }
    }
    return bytes;
  }
}
