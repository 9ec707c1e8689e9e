package dev.hatchery.bundle.sign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.Role;
import dev.hatchery.core.Trust;
import dev.hatchery.core.TrustedKey.Algorithm;
import java.security.GeneralSecurityException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReleaseSignaturesTest {
  private static final byte[] MANIFEST = "{\"release\":\"inspection@1.0.0\"}".getBytes(UTF_8);

  private final SigningKey one = SigningKey.generate(Algorithm.ECDSA_P256);
  private final SigningKey two = SigningKey.generate(Algorithm.ED25519);
  private final Ring ring = Ring.make();
  private final Trust oneOfTwo = ring.with(Role.RELEASE, 1, one, two).trust(1);
  private final Trust twoOfTwo = ring.with(Role.RELEASE, 2, one, two).trust(1);

  @Test
  void theKeysThatSignedAreNamed() {
    assertThat(ReleaseSignatures.verify(MANIFEST, List.of(by(one)), oneOfTwo))
        .containsExactly(one.id());
    assertThat(ReleaseSignatures.verify(MANIFEST, List.of(by(one), by(two)), twoOfTwo))
        .containsExactlyInAnyOrder(one.id(), two.id());
  }

  @Test
  void anUnsignedManifestIsRefused() {
    Refused.with(Code.BAD_SIGNATURE, () -> ReleaseSignatures.verify(MANIFEST, List.of(), oneOfTwo));
  }

  @Test
  void oneKeyTwiceDoesNotMeetAThresholdOfTwo() {
    refused(Code.THRESHOLD, List.of(by(one), by(one)), twoOfTwo);
  }

  @Test
  void oneKeyTwiceUnderAnotherHintDoesNotMeetAThresholdOfTwo() {
    SigstoreBundle signed = SigstoreBundle.sign(MANIFEST, one);
    SigstoreBundle unhinted = new SigstoreBundle("", signed.digest(), signed.signature());

    refused(Code.THRESHOLD, List.of(signed.bytes(), unhinted.bytes()), twoOfTwo);
  }

  @Test
  void aMalleatedSignatureIsNotASecondOne() throws GeneralSecurityException {
    SigstoreBundle signed = SigstoreBundle.sign(MANIFEST, one);
    SigstoreBundle malleated =
        new SigstoreBundle("", signed.digest(), Malleated.of(signed.signature()));

    assertThat(malleated.isSignedBy(one.publicKey(), MANIFEST)).isTrue();
    refused(Code.THRESHOLD, List.of(signed.bytes(), malleated.bytes()), twoOfTwo);
  }

  @Test
  void swappedSignaturesAreRefused() {
    SigstoreBundle a = SigstoreBundle.sign(MANIFEST, one);
    SigstoreBundle b = SigstoreBundle.sign(MANIFEST, two);

    refused(
        Code.BAD_SIGNATURE,
        List.of(
            new SigstoreBundle(a.hint(), a.digest(), b.signature()).bytes(),
            new SigstoreBundle(b.hint(), b.digest(), a.signature()).bytes()),
        oneOfTwo);
  }

  @Test
  void anotherManifestsSignatureIsRefused() {
    byte[] other = SigstoreBundle.sign("{}".getBytes(UTF_8), one).bytes();

    refused(Code.BAD_SIGNATURE, List.of(other), oneOfTwo);
  }

  @Test
  void theKeyOfAnotherRoleIsRefused() {
    SigningKey director = ring.of(Role.DIRECTOR).getFirst();

    refused(Code.BAD_SIGNATURE, List.of(by(director)), oneOfTwo);
  }

  @Test
  void whatAnyoneCouldAddNeitherCountsNorHarms() {
    SigningKey stranger = SigningKey.generate(Algorithm.ED25519);
    List<byte[]> noise = List.of(by(stranger), "not JSON".getBytes(UTF_8), by(one));

    assertThat(ReleaseSignatures.verify(MANIFEST, noise, oneOfTwo)).containsExactly(one.id());
    refused(Code.THRESHOLD, noise, twoOfTwo);
  }

  @Test
  void aFloodOfSignaturesIsRefusedUnread() {
    List<byte[]> flood = Collections.nCopies(ReleaseSignatures.MAX + 1, by(one));

    refused(Code.BAD_SIGNATURE, flood, oneOfTwo);
  }

  private static byte[] by(SigningKey key) {
    return SigstoreBundle.sign(MANIFEST, key).bytes();
  }

  private static void refused(Code code, List<byte[]> signatures, Trust trust) {
    Refused.with(code, () -> ReleaseSignatures.verify(MANIFEST, signatures, trust));
  }
}
