package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.bundle.sign.Dsse;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Heartbeat;
import dev.hatchery.core.Report;
import dev.hatchery.wire.ReportAnswer;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.AuditView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ReportTest {
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
  void aReportIsAcknowledgedAndShown() {
    Device device = fleet.device("plain", Map.of());
    assertThat(fleet.operator().device(device.id).lastSeen()).isEmpty();
    assertThat(device.send(device.idle(), device.idle()).ackSeq()).isEqualTo(2);
    assertThat(device.send(device.idle()).ackSeq()).isEqualTo(3);
    var view = fleet.operator().device(device.id);
    assertThat(view.lastSeen()).isPresent();
    assertThat(view.slots().values()).singleElement().matches(slot -> slot.status().isPresent());
    assertThat(flags(device)).isEmpty();
  }

  @Test
  void theHeartbeatIsSignedAndCarriesTheNonce() {
    Device device = fleet.device("heart", Map.of());
    ReportAnswer answer = device.send(device.idle());
    byte[] payload =
        Dsse.verify(
            answer.heartbeat(), Envelope.HEARTBEAT, List.of(fleet.operator().director().key()), 1);
    Heartbeat heartbeat = Wire.HEARTBEAT.parse(payload, DataSize.kib(4), "heartbeat");
    assertThat(heartbeat.nonce()).isEqualTo("nonce-1");
    assertThat(heartbeat.keyset()).isEqualTo(1);
    assertThat(heartbeat.counter()).isZero();
    assertThat(Duration.between(heartbeat.now(), fleet.clock.instant()).abs())
        .isLessThan(Duration.ofSeconds(30));
  }

  @Test
  void aRepeatedReportIsAcknowledgedAgainAndCountsOnce() {
    Device device = fleet.device("again", Map.of());
    Report first = device.idle();
    assertThat(device.send(first).ackSeq()).isEqualTo(1);
    assertThat(device.send(first).ackSeq()).isEqualTo(1);
    assertThat(device.send(first, device.idle()).ackSeq()).isEqualTo(2);
    assertThat(flags(device)).isEmpty();
  }

  @Test
  void anEmptyBatchAsksForAHeartbeat() {
    Device device = fleet.device("empty", Map.of());
    assertThat(device.send().ackSeq()).isZero();
    device.send(device.idle());
    assertThat(device.send().ackSeq()).isEqualTo(1);
  }

  @Test
  void aGapIsAcceptedAndPutOnRecordOnce() {
    Device device = fleet.device("gap", Map.of());
    device.send(device.idle());
    device.idle();
    assertThat(device.send(device.idle()).ackSeq()).isEqualTo(3);
    device.idle();
    assertThat(device.send(device.idle()).ackSeq()).isEqualTo(5);
    assertThat(flags(device))
        .singleElement()
        .extracting(AuditView::detail)
        .asString()
        .contains("expected number 2, got 3");
    device.reboot();
    device.idle();
    device.send(device.idle());
    assertThat(flags(device)).hasSize(2);
  }

  @Test
  void twoDifferentReportsOfOneNumberLookLikeAClone() {
    Device device = fleet.device("clone", Map.of());
    Report first = device.idle();
    device.send(first);
    var forged =
        new Report(
            first.device(),
            first.bootId(),
            first.seq(),
            first.prevHash(),
            first.at().minusSeconds(5),
            first.desiredCounter(),
            first.facts(),
            first.slots(),
            first.events(),
            first.windows(),
            first.wire());
    assertThat(device.send(forged).ackSeq()).isEqualTo(1);
    assertThat(flags(device))
        .singleElement()
        .extracting(AuditView::action)
        .isEqualTo("device.equivocation");
  }

  @Test
  void aBrokenChainIsPutOnRecord() {
    Device device = fleet.device("chain", Map.of());
    device.send(device.idle());
    Report second = device.idle();
    var unchained =
        new Report(
            second.device(),
            second.bootId(),
            second.seq(),
            java.util.Optional.empty(),
            second.at(),
            second.desiredCounter(),
            second.facts(),
            second.slots(),
            second.events(),
            second.windows(),
            second.wire());
    assertThat(device.send(unchained).ackSeq()).isEqualTo(2);
    assertThat(flags(device))
        .singleElement()
        .extracting(AuditView::detail)
        .asString()
        .contains("does not follow");
  }

  @Test
  void aReportOfAnotherDeviceOrKeyChangesNothing() {
    Device device = fleet.device("honest", Map.of());
    Device other = fleet.device("other", Map.of());
    var borrowed = device.sendRaw(List.of(other.sign(other.idle())));
    assertThat(borrowed.statusCode()).isEqualTo(422);
    assertThat(borrowed.body()).contains("BAD_SIGNATURE");
    Report mine = device.idle();
    Envelope asOther = Dsse.sign(Envelope.REPORT, Wire.REPORT.bytes(other.idle()), device.key);
    var mixed = device.sendRaw(List.of(device.sign(mine), asOther));
    assertThat(mixed.body()).contains("WRONG_DEVICE");
    assertThat(fleet.operator().device(device.id).lastSeen()).isEmpty();
    assertThat(fleet.operator().device(other.id).lastSeen()).isEmpty();
  }

  @Test
  void withoutARolloutDevicesReportRarelyAndDuringOneOften() {
    Device device = fleet.device("paced", Map.of("paced", "yes"));
    assertThat(device.send(device.idle()).nextReport()).isEqualTo(Duration.ofSeconds(60));
    fleet.release("pace@1.0.0");
    var view = fleet.operator().startRollout(Fleet.spec("pace", "pace@1.0.0", Fleet.ALL));
    assertThat(device.send(device.idle()).nextReport()).isEqualTo(Duration.ofSeconds(1));
    fleet.operator().abort(view.id(), "enough");
    assertThat(device.send(device.idle()).nextReport()).isEqualTo(Duration.ofSeconds(60));
  }

  private List<AuditView> flags(Device device) {
    return fleet.operator().audit(0).stream()
        .filter(r -> r.object().equals(device.id.value()) && !r.action().equals("device.enrol"))
        .toList();
  }
}
