package dev.hatchery.bundle.sign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.Role;
import dev.hatchery.core.Trust;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.core.TrustedKey.Algorithm;
import dev.hatchery.wire.Wire;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class TrustChainTest {
  private final Ring ring = Ring.make();
  private final List<SigningKey> roots = ring.of(Role.ROOT);
  private final Trust first = ring.trust(1);

  @Test
  void aFirstDocumentIsTakenOnItsOwnRootsWord() {
    assertThat(TrustChain.acceptFirst(TrustChain.sign(first, roots))).isEqualTo(first);
  }

  @Test
  void aFirstDocumentThatItsOwnRootDidNotSignIsRefused() {
    List<SigningKey> strangers = Ring.make().of(Role.ROOT);

    Refused.with(
        Code.BAD_SIGNATURE, () -> TrustChain.acceptFirst(TrustChain.sign(first, strangers)));
    Refused.with(
        Code.THRESHOLD, () -> TrustChain.acceptFirst(TrustChain.sign(first, roots.subList(0, 1))));
  }

  @Test
  void theNextVersionIsAcceptedWhenBothRootsSignedIt() {
    Ring other = Ring.make();
    List<SigningKey> both = Stream.concat(roots.stream(), other.of(Role.ROOT).stream()).toList();
    Trust next = other.trust(2);

    assertThat(TrustChain.acceptNext(first, TrustChain.sign(next, both))).isEqualTo(next);
  }

  @Test
  void aNextVersionWithoutTheOldRootIsRefused() {
    Ring other = Ring.make();
    Envelope next = TrustChain.sign(other.trust(2), other.of(Role.ROOT));

    Refused.with(Code.BAD_SIGNATURE, () -> TrustChain.acceptNext(first, next));
  }

  @Test
  void aNextVersionWithoutItsOwnRootIsRefused() {
    Envelope next = TrustChain.sign(Ring.make().trust(2), roots);

    Refused.with(Code.BAD_SIGNATURE, () -> TrustChain.acceptNext(first, next));
  }

  @Test
  void eachRootMustReachItsOwnThreshold() {
    SigningKey added = SigningKey.generate(Algorithm.ED25519);
    Trust three = ring.with(Role.ROOT, 3, roots.get(0), roots.get(1), added).trust(2);

    Refused.with(Code.THRESHOLD, () -> TrustChain.acceptNext(first, TrustChain.sign(three, roots)));
    Refused.with(
        Code.THRESHOLD,
        () -> TrustChain.acceptNext(first, TrustChain.sign(three, List.of(roots.get(0), added))));
  }

  @Test
  void theSameOrAnOlderVersionIsARollback() {
    Trust second = ring.trust(2);

    Refused.with(Code.ROLLBACK, () -> TrustChain.acceptNext(second, sign(ring.trust(2))));
    Refused.with(Code.ROLLBACK, () -> TrustChain.acceptNext(second, sign(first)));
  }

  @Test
  void noVersionIsEverSkipped() {
    Refused.with(Code.TRUST_MISSING, () -> TrustChain.acceptNext(first, sign(ring.trust(3))));
  }

  @Test
  void onlyTheLastDocumentsExpiryCounts() {
    Instant past = Ring.NOW.minusSeconds(1);
    List<Envelope> sleptThrough = List.of(sign(ring.trust(2, past)), sign(ring.trust(3)));

    assertThat(TrustChain.acceptAll(first, sleptThrough, Ring.NOW).version()).isEqualTo(3);
    List<Envelope> stale = List.of(sign(ring.trust(2)), sign(ring.trust(3, past)));
    Refused.with(Code.EXPIRED, () -> TrustChain.acceptAll(first, stale, Ring.NOW));
    Refused.with(
        Code.EXPIRED, () -> TrustChain.requireUnexpired(ring.trust(1, Ring.NOW), Ring.NOW));
  }

  @Test
  void aDocumentThatNamesABrokenKeyIsRefused() {
    byte[] spki = roots.getFirst().publicKey().spki().toArray();
    spki[spki.length - 1] ^= 1;
    var broken = new TrustedKey(Algorithm.ECDSA_P256, Bytes.of(spki));
    Map<Digest, TrustedKey> keys = new HashMap<>(first.keys());
    keys.put(broken.id(), broken);
    var trust = new Trust(1, Ring.EXPIRES, keys, first.roles());

    Refused.with(Code.WRONG_KEY, () -> TrustChain.acceptFirst(sign(trust)));
  }

  @Test
  void anotherDocumentsSignatureIsNoTrust() {
    byte[] trust = Wire.TRUST.bytes(first);
    Envelope asPolicy = Dsse.sign(Envelope.POLICY, trust, roots);

    Refused.with(Code.BAD_SIGNATURE, () -> TrustChain.acceptFirst(asPolicy));
  }

  private Envelope sign(Trust trust) {
    return TrustChain.sign(trust, roots);
  }
}
