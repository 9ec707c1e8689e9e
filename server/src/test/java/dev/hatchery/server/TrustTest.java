package dev.hatchery.server;

import static dev.hatchery.server.Refused.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.core.Code;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Name;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.wire.Wire;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrustTest {
  @TempDir private Path folder;
  private Fleet fleet;

  @BeforeEach
  void start() {
    fleet = Fleet.bare(folder);
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  @Test
  void withoutATrustDocumentNoDeviceIsServed() {
    var device = new Device("edge-1", Map.of(), Map.of(), fleet.address(), fleet.clock);
    var answer = device.enrol(fleet.token());
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("TRUST_MISSING");
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    refused(Code.TRUST_MISSING, () -> fleet.enrolmentFile(1));
  }

  @Test
  void aTrustDocumentThatDoesNotNameThisServersKeyIsRefused() {
    SigningKey other = SigningKey.generate(TrustedKey.Algorithm.ECDSA_P256);
    Envelope trust = fleet.trust(1, other.publicKey(), fleet.root);
    refused(Code.WRONG_KEY, () -> fleet.operator().putTrust(trust));
    refused(Code.TRUST_MISSING, () -> fleet.enrolmentFile(1));
  }

  @Test
  void aTrustDocumentMustBeSignedByItsOwnRoot() {
    refused(Code.BAD_SIGNATURE, () -> fleet.operator().putTrust(fleet.trust(1, fleet.release)));
  }

  @Test
  void theSameTrustDocumentAgainChangesNothing() {
    Envelope trust = fleet.trust(1, fleet.root);
    fleet.operator().putTrust(trust);
    int records = fleet.operator().audit(0).size();
    assertThat(fleet.operator().putTrust(trust).version()).isEqualTo(1);
    assertThat(fleet.operator().audit(0)).hasSize(records);
  }

  @Test
  void aVersionIsNeverSkippedAndNeverGoesBack() {
    fleet.operator().putTrust(fleet.trust(2, fleet.root));
    refused(Code.ROLLBACK, () -> fleet.operator().putTrust(fleet.trust(1, fleet.root)));
    refused(Code.TRUST_MISSING, () -> fleet.operator().putTrust(fleet.trust(4, fleet.root)));
    assertThat(fleet.operator().putTrust(fleet.trust(3, fleet.root)).version()).isEqualTo(3);
  }

  @Test
  void aNewTrustDocumentIsANewKeysetUnderWhichTheCounterBeginsAgain() {
    fleet.operator().putTrust(fleet.trust(1, fleet.root));
    Device device = fleet.device("edge-1", Map.of());
    fleet.release("inspection@1.0.0");
    fleet.operator().startRollout(Fleet.spec("a", "inspection@1.0.0", Fleet.ALL));
    DesiredState first = device.poll(20).orElseThrow();
    assertThat(first.keyset()).isEqualTo(1);

    fleet.operator().putTrust(fleet.trust(2, fleet.root));
    DesiredState second = device.poll(20).orElseThrow();
    assertThat(second.keyset()).isEqualTo(2);
    assertThat(second.counter()).isEqualTo(1);
    assertThat(second.slots()).isEqualTo(first.slots());
    assertThat(device.get("/device/v1/trust/1").statusCode()).isEqualTo(200);
    assertThat(device.get("/device/v1/trust/2").statusCode()).isEqualTo(200);
    assertThat(device.get("/device/v1/trust/3").statusCode()).isEqualTo(404);
  }

  @Test
  void aNewPolicyRaisesEveryCounter() {
    fleet.operator().putTrust(fleet.trust(1, fleet.root));
    Device device = fleet.device("edge-1", Map.of());
    fleet.release("inspection@1.0.0");
    fleet.operator().startRollout(Fleet.spec("a", "inspection@1.0.0", Fleet.ALL));
    DesiredState first = device.poll(20).orElseThrow();
    assertThat(device.get("/device/v1/policy").statusCode()).isEqualTo(404);

    Envelope policy = fleet.policy(1, Map.of(), Set.of());
    fleet.operator().putPolicy(policy);
    DesiredState second = device.poll(20).orElseThrow();
    assertThat(second.policyVersion()).isEqualTo(1);
    assertThat(second.counter()).isEqualTo(first.counter() + 1);
    assertThat(device.get("/device/v1/policy").body())
        .isEqualTo(
            new String(Wire.ENVELOPE.bytes(policy), java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void twoPoliciesOfOneVersionAreAnEquivocation() {
    fleet.operator().putTrust(fleet.trust(1, fleet.root));
    Envelope policy = fleet.policy(3, Map.of(), Set.of());
    fleet.operator().putPolicy(policy);
    assertThat(fleet.operator().putPolicy(policy).version()).isEqualTo(3);
    refused(
        Code.EQUIVOCATION,
        () -> fleet.operator().putPolicy(fleet.policy(3, Map.of(new Name("x"), 1L), Set.of())));
    refused(Code.ROLLBACK, () -> fleet.operator().putPolicy(fleet.policy(2, Map.of(), Set.of())));
  }

  @Test
  void aDesiredStateIsRenewedAtHalfItsLife() {
    fleet.operator().putTrust(fleet.trust(1, fleet.root));
    Device device = fleet.device("edge-1", Map.of());
    fleet.release("inspection@1.0.0");
    fleet.operator().startRollout(Fleet.spec("a", "inspection@1.0.0", Fleet.ALL));
    DesiredState first = device.poll(20).orElseThrow();
    fleet.server().housekeep();
    assertThat(device.poll(0)).isEmpty();
    fleet.clock.advance(Duration.ofDays(4));
    fleet.server().housekeep();
    DesiredState renewed = device.renewedToken().poll(0).orElseThrow();
    assertThat(renewed.counter()).isEqualTo(first.counter() + 1);
    assertThat(renewed.slots()).isEqualTo(first.slots());
    assertThat(renewed.expires()).isEqualTo(renewed.issuedAt().plus(Duration.ofDays(7)));
  }
}
