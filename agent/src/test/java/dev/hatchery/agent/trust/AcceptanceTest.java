package dev.hatchery.agent.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.agent.disk.Disk;
import dev.hatchery.agent.disk.Durable;
import dev.hatchery.agent.disk.RealDisk;
import dev.hatchery.agent.fixture.Keys;
import dev.hatchery.agent.fixture.ManualClock;
import dev.hatchery.agent.fixture.MemorySource;
import dev.hatchery.agent.trust.Acceptance.Mark;
import dev.hatchery.agent.trust.Freshness.Sign;
import dev.hatchery.bundle.sign.Dsse;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.core.Code;
import dev.hatchery.core.DesiredState;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Heartbeat;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order of checks of the security reference, section 4, and what each refuses. */
final class AcceptanceTest {
  private static final DeviceId DEVICE = new DeviceId("cam-1");
  private static final Disk DISK = new RealDisk();

  @TempDir Path folder;
  private final Keys keys = new Keys();
  private final ManualClock time = new ManualClock();
  private final MemorySource source = new MemorySource();
  private TrustStore store;
  private Acceptance acceptance;

  @BeforeEach
  void open() {
    open(Acceptance.NOTHING);
  }

  private void open(Mark floor) {
    store = new TrustStore(DISK, folder, keys.trustEnvelope(1), time.clocks().wall());
    acceptance = new Acceptance(DISK, folder, DEVICE, store, floor);
  }

  private DesiredState desired(long keyset, long counter) {
    return desired(DEVICE, keyset, counter, Keys.FAR);
  }

  private DesiredState desired(DeviceId device, long keyset, long counter, Instant expires) {
    return new DesiredState(device, keyset, counter, time.now(), expires, 0, Map.of());
  }

  private Acceptance.Verdict take(DesiredState desired) throws InterruptedException {
    return acceptance.take(keys.desired(desired), source);
  }

  private void taken(DesiredState desired) throws InterruptedException {
    assertThat(take(desired)).isInstanceOf(Acceptance.Taken.class);
  }

  private void refused(byte[] body, Code code) throws InterruptedException {
    Mark before = acceptance.mark();
    assertThat(acceptance.take(body, source))
        .isInstanceOfSatisfying(
            Acceptance.Refused.class,
            r -> {
              assertThat(r.why().code()).isEqualTo(code);
              assertThat(r.again()).isEqualTo(code == Code.EXPIRED);
            });
    assertThat(acceptance.mark()).as("nothing has changed").isEqualTo(before);
  }

  private void refused(DesiredState desired, Code code) throws InterruptedException {
    refused(keys.desired(desired), code);
  }

  @Test
  void whatTheDirectorSignedForThisDeviceIsTakenAndKept() throws Exception {
    taken(desired(1, 5));
    open();

    assertThat(acceptance.mark()).isEqualTo(new Mark(1, 5));
    assertThat(acceptance.desired()).isPresent();
  }

  @Test
  void theSameAgainIsKnownAlsoWithAnotherSignature() throws Exception {
    taken(desired(1, 5));

    assertThat(take(desired(1, 5))).isInstanceOf(Acceptance.Known.class);
    open();
    assertThat(take(desired(1, 5))).isInstanceOf(Acceptance.Known.class);
  }

  @Test
  void anOlderCounterIsARollback() throws Exception {
    taken(desired(1, 5));

    refused(desired(1, 4), Code.ROLLBACK);
  }

  @Test
  void anEqualCounterWithOtherBytesIsAnEquivocation() throws Exception {
    taken(desired(1, 5));
    time.pass(Duration.ofSeconds(1));

    refused(desired(1, 5), Code.EQUIVOCATION);
  }

  @Test
  void whatAStrangerSignedIsRefused() throws Exception {
    refused(keys.desired(desired(1, 5), keys.stranger), Code.BAD_SIGNATURE);
    refused(keys.desired(desired(1, 5), keys.release), Code.BAD_SIGNATURE);
  }

  @Test
  void whatWasSignedForAnotherPurposeIsRefused() throws Exception {
    byte[] payload = Wire.DESIRED.bytes(desired(1, 5));
    Envelope policy = Dsse.sign(Envelope.POLICY, payload, keys.director);

    refused(Wire.ENVELOPE.bytes(policy), Code.BAD_SIGNATURE);
  }

  @Test
  void aChangedByteIsABadSignature() throws Exception {
    Envelope signed = Dsse.sign(Envelope.DESIRED, Wire.DESIRED.bytes(desired(1, 5)), keys.director);
    byte[] payload = Wire.DESIRED.bytes(desired(1, 6));

    refused(
        Wire.ENVELOPE.bytes(
            new Envelope(
                signed.payloadType(), dev.hatchery.core.Bytes.of(payload), signed.signatures())),
        Code.BAD_SIGNATURE);
  }

  @Test
  void anotherDevicesDesiredStateIsRefused() throws Exception {
    refused(desired(new DeviceId("cam-2"), 1, 5, Keys.FAR), Code.WRONG_DEVICE);
  }

  @Test
  void anExpiredOneIsRefusedAlsoWhenTheClockIsSetBack() throws Exception {
    Instant expires = time.now().plusSeconds(60);
    store.heard(time.now().plusSeconds(3600));
    time.jump(Duration.ofDays(-365));

    refused(desired(DEVICE, 1, 5, expires), Code.EXPIRED);
    open();
    refused(desired(DEVICE, 1, 5, expires), Code.EXPIRED);
  }

  @Test
  void whatHadExpiredByAClockThatWasAheadIsTakenWhenTheClockIsRight() throws Exception {
    DesiredState desired = desired(DEVICE, 1, 5, time.now().plusSeconds(60));
    time.jump(Duration.ofDays(365));
    refused(desired, Code.EXPIRED);
    time.jump(Duration.ofDays(-365));

    taken(desired);
  }

  @Test
  void tooLargeAndMalformedBodiesAreRefused() throws Exception {
    refused(new byte[100_000], Code.TOO_LARGE);
    refused("{}".getBytes(StandardCharsets.UTF_8), Code.BAD_INPUT);
    Envelope unknownField =
        Dsse.sign(
            Envelope.DESIRED,
            "{\"schema\":\"hatchery.desired/v1\",\"more\":1}".getBytes(StandardCharsets.UTF_8),
            keys.director);
    refused(Wire.ENVELOPE.bytes(unknownField), Code.BAD_INPUT);
  }

  @Test
  void aNewerTrustDocumentIsFetchedStepByStepAndResetsTheCounter() throws Exception {
    taken(desired(1, 900));
    source.trusts.put(2L, keys.trustEnvelope(2));
    keys.director = SigningKey.generate(TrustedKey.Algorithm.ECDSA_P256);
    source.trusts.put(3L, keys.trustEnvelope(3));

    taken(desired(3, 1));
    assertThat(store.trust().version()).isEqualTo(3);
    open();
    assertThat(store.trust().version()).isEqualTo(3);
    assertThat(acceptance.mark()).isEqualTo(new Mark(3, 1));
  }

  @Test
  void anUnsignedTrustDocumentIsNotFollowed() throws Exception {
    Keys others = new Keys();
    source.trusts.put(2L, others.trustEnvelope(2));

    assertThat(acceptance.take(others.desired(desired(2, 1)), source))
        .isInstanceOfSatisfying(
            Acceptance.Refused.class,
            r -> assertThat(r.why().code()).isEqualTo(Code.BAD_SIGNATURE));
    assertThat(store.trust().version()).isEqualTo(1);
  }

  @Test
  void aTrustDocumentThatIsNotToBeHadIsWaitedFor() throws Exception {
    assertThat(take(desired(2, 1))).isInstanceOf(Acceptance.Later.class);
    source.away = true;
    assertThat(take(desired(2, 1))).isInstanceOf(Acceptance.Later.class);
    source.away = false;
    source.trusts.put(2L, keys.trustEnvelope(2));

    taken(desired(2, 1));
  }

  @Test
  void anOlderKeysetIsARollback() throws Exception {
    source.trusts.put(2L, keys.trustEnvelope(2));
    taken(desired(2, 1));

    refused(desired(1, 1000), Code.ROLLBACK);
  }

  @Test
  void lostCountersWaitForAFreshHeartbeat() throws Exception {
    taken(desired(1, 5));
    Files.writeString(folder.resolve("desired.json"), "{broken");
    open();
    assertThat(take(desired(1, 4))).isInstanceOf(Acceptance.Later.class);

    acceptance.heard(new Mark(1, 5));
    refused(desired(1, 4), Code.ROLLBACK);
    taken(desired(1, 5));
  }

  @Test
  void anyMutationIsRefusedOrKnownAndNeverMore() throws Exception {
    taken(desired(1, 5));
    byte[] body = keys.desired(desired(1, 6));
    Random random = new Random(13);
    for (int i = 0; i < 500; i++) {
      byte[] mutated = body.clone();
      mutated[random.nextInt(mutated.length)] ^= (byte) (1 << random.nextInt(8));
      acceptance.take(mutated, source);
      // A hint may be changed at will: keyid is not part of what is signed.
      assertThat(acceptance.mark().counter()).isLessThanOrEqualTo(6);
      if (acceptance.mark().counter() == 6) {
        assertThat(acceptance.desired().orElseThrow()).isEqualTo(desired(1, 6));
        Durable.remove(DISK, folder.resolve("desired.json"));
        open(new Mark(1, 5));
      }
    }
  }

  @Test
  void aHeartbeatMustAnswerThisQuestionAndBeTheDirectors() {
    Freshness freshness = new Freshness(store);
    Heartbeat heartbeat = new Heartbeat("n1", time.now(), 1, 5);

    assertThat(freshness.check(keys.heartbeat(heartbeat), "n1")).isEqualTo(heartbeat);
    assertThatThrownBy(() -> freshness.check(keys.heartbeat(heartbeat), "n2"))
        .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.FREEZE));
    keys.director = keys.stranger;
    assertThatThrownBy(() -> freshness.check(keys.heartbeat(heartbeat), "n1"))
        .isInstanceOfSatisfying(
            Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.BAD_SIGNATURE));
  }

  @Test
  void newsThatStaysAwayForLongIsAFreezeAndSaidOnce() {
    Freshness freshness = new Freshness(store);
    Heartbeat heartbeat = new Heartbeat("n", time.now(), 1, 6);
    Mark seen = new Mark(1, 5);

    assertThat(freshness.judge(heartbeat, seen)).isEqualTo(Sign.NEWS);
    assertThat(freshness.judge(heartbeat, seen)).isEqualTo(Sign.NEWS);
    assertThat(freshness.judge(heartbeat, seen)).isEqualTo(Sign.FROZEN);
    assertThat(freshness.judge(heartbeat, seen)).isEqualTo(Sign.NEWS);
    assertThat(freshness.judge(heartbeat, new Mark(1, 6))).isEqualTo(Sign.FRESH);
  }

  @Test
  void aRefusedDesiredStateIsNoFreeze() throws Exception {
    Instant expired = time.now().minusSeconds(1);
    refused(desired(DEVICE, 1, 6, expired), Code.EXPIRED);

    assertThat(acceptance.seen()).isEqualTo(new Mark(1, 6));
  }

  @Test
  void aPolicyIsKeptAndNeverGoesBack() throws Exception {
    source.policy = java.util.Optional.of(keys.policy(3, Map.of(), Set.of()));
    store.requirePolicy(2, source);
    open();
    assertThat(store.policy().orElseThrow().version()).isEqualTo(3);

    source.policy = java.util.Optional.of(keys.policy(2, Map.of(), Set.of()));
    assertThatThrownBy(() -> store.requirePolicy(4, source))
        .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.ROLLBACK));
    assertThat(store.policy().orElseThrow().version()).isEqualTo(3);
  }

  @Test
  void theClockIsBelievedWhileSignedTimesAgreeWithIt() {
    assertThat(store.clockAgrees()).as("nothing was heard yet").isFalse();
    store.heard(time.now().minusSeconds(100));
    assertThat(store.clockAgrees()).isTrue();
    store.heard(time.now().plus(Duration.ofHours(1)));
    assertThat(store.clockAgrees()).as("the system's clock is behind").isFalse();
    store.heard(time.now().minus(Duration.ofHours(1)));
    assertThat(store.clockAgrees()).as("the system's clock is ahead").isFalse();
    store.heard(time.now());
    assertThat(store.clockAgrees()).isTrue();
  }
}
