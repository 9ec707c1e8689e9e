package dev.hatchery.bundle.sign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.core.TrustedKey.Algorithm;
import java.security.GeneralSecurityException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DsseTest {
  private static final byte[] PAYLOAD = "{\"counter\":1}".getBytes(UTF_8);
  private static final String TYPE = Envelope.DESIRED;

  private final SigningKey p256 = SigningKey.generate(Algorithm.ECDSA_P256);
  private final SigningKey ed25519 = SigningKey.generate(Algorithm.ED25519);
  private final SigningKey stranger = SigningKey.generate(Algorithm.ECDSA_P256);
  private final List<TrustedKey> keys = List.of(p256.publicKey(), ed25519.publicKey());

  @Test
  void twoDifferentKeysMeetAThresholdOfTwo() {
    Envelope envelope = Dsse.sign(TYPE, PAYLOAD, p256, ed25519);

    assertThat(Dsse.verify(envelope, TYPE, keys, 2)).isEqualTo(PAYLOAD);
    assertThat(envelope.signatures())
        .extracting(Envelope.Signature::keyId)
        .containsExactly(p256.id().toString(), ed25519.id().toString());
  }

  @Test
  void theBytesThatAreSignedAreThoseOfTheSpecification() {
    // DSSE 1.0, protocol.md, the example of PAE
    assertThat(
            new String(
                Envelope.preAuthEncoding(
                    "http://example.com/HelloWorld", "hello world".getBytes(UTF_8)),
                UTF_8))
        .isEqualTo("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  }

  @Test
  void oneKeyThatSignsTwiceCountsOnce() {
    Envelope envelope = Dsse.sign(TYPE, PAYLOAD, p256, p256);

    Refused.with(Code.THRESHOLD, () -> Dsse.verify(envelope, TYPE, keys, 2));
  }

  @Test
  void oneKeyUnderTwoKeyIdsCountsOnce() {
    Envelope signed = Dsse.sign(TYPE, PAYLOAD, p256, p256);
    Envelope renamed =
        with(
            new Envelope.Signature("", signed.signatures().get(0).value()),
            new Envelope.Signature(ed25519.id().toString(), signed.signatures().get(1).value()));

    Refused.with(Code.THRESHOLD, () -> Dsse.verify(renamed, TYPE, keys, 2));
  }

  @Test
  void aMalleatedSignatureIsValidButDoesNotCountAgain() throws GeneralSecurityException {
    Envelope.Signature signature = Dsse.sign(TYPE, PAYLOAD, p256).signatures().getFirst();
    Bytes malleated = Malleated.of(signature.value());
    Envelope both = with(signature, new Envelope.Signature("", malleated));

    assertThat(
            PublicKeys.verify(p256.publicKey(), Envelope.preAuthEncoding(TYPE, PAYLOAD), malleated))
        .as("the JDK takes (r, n - s), or this test shows nothing")
        .isTrue();
    assertThat(malleated).isNotEqualTo(signature.value());
    Refused.with(Code.THRESHOLD, () -> Dsse.verify(both, TYPE, keys, 2));
  }

  @Test
  void aKeyThatIsListedTwiceCountsOnce() {
    Envelope envelope = Dsse.sign(TYPE, PAYLOAD, p256, p256);
    List<TrustedKey> twice = List.of(p256.publicKey(), p256.publicKey());

    Refused.with(Code.THRESHOLD, () -> Dsse.verify(envelope, TYPE, twice, 2));
  }

  @Test
  void swappedKeyIdsDoNoHarmBecauseTheyAreHints() {
    List<Envelope.Signature> signatures = Dsse.sign(TYPE, PAYLOAD, p256, ed25519).signatures();
    Envelope swapped =
        with(
            new Envelope.Signature(signatures.get(1).keyId(), signatures.get(0).value()),
            new Envelope.Signature(signatures.get(0).keyId(), signatures.get(1).value()));

    assertThat(Dsse.verify(swapped, TYPE, keys, 2)).isEqualTo(PAYLOAD);
  }

  @Test
  void aStrangersKeyUnderATrustedKeyIdIsRefused() {
    Bytes signature = Dsse.sign(TYPE, PAYLOAD, stranger).signatures().getFirst().value();
    Envelope forged = with(new Envelope.Signature(p256.id().toString(), signature));

    Refused.with(Code.BAD_SIGNATURE, () -> Dsse.verify(forged, TYPE, keys, 1));
  }

  @Test
  void aStrangersSignatureBesideATrustedOneDoesNotCount() {
    Envelope envelope = Dsse.sign(TYPE, PAYLOAD, stranger, p256);

    assertThat(Dsse.verify(envelope, TYPE, keys, 1)).isEqualTo(PAYLOAD);
    Refused.with(Code.THRESHOLD, () -> Dsse.verify(envelope, TYPE, keys, 2));
  }

  @Test
  void signaturesFromAnotherEnvelopeAreRefused() {
    Envelope one = Dsse.sign(TYPE, PAYLOAD, p256);
    Envelope other = Dsse.sign(TYPE, "{\"counter\":2}".getBytes(UTF_8), p256);
    Envelope swapped = new Envelope(TYPE, one.payload(), other.signatures());

    Refused.with(Code.BAD_SIGNATURE, () -> Dsse.verify(swapped, TYPE, keys, 1));
  }

  @Test
  void anEnvelopeOfAnotherTypeIsRefusedThoughItsSignatureHolds() {
    Envelope report = Dsse.sign(Envelope.REPORT, PAYLOAD, p256);
    Envelope relabelled = new Envelope(TYPE, report.payload(), report.signatures());

    Refused.with(Code.BAD_SIGNATURE, () -> Dsse.verify(report, TYPE, keys, 1));
    Refused.with(Code.BAD_SIGNATURE, () -> Dsse.verify(relabelled, TYPE, keys, 1));
  }

  @Test
  void aChangedPayloadIsRefusedWhicheverBitChanged() {
    Envelope envelope = Dsse.sign(TYPE, PAYLOAD, p256, ed25519);
    for (int bit = 0; bit < PAYLOAD.length * 8; bit++) {
      byte[] changed = PAYLOAD.clone();
      changed[bit / 8] ^= (byte) (1 << (bit % 8));
      Envelope altered = new Envelope(TYPE, Bytes.of(changed), envelope.signatures());

      Refused.with(Code.BAD_SIGNATURE, () -> Dsse.verify(altered, TYPE, keys, 1));
    }
  }

  @Test
  void noKeysMeetNoThreshold() {
    Envelope envelope = Dsse.sign(TYPE, PAYLOAD, p256);

    Refused.with(Code.BAD_SIGNATURE, () -> Dsse.verify(envelope, TYPE, List.of(), 1));
    assertThatThrownBy(() -> Dsse.verify(envelope, TYPE, List.of(), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Envelope with(Envelope.Signature... signatures) {
    return new Envelope(TYPE, Bytes.of(PAYLOAD), List.of(signatures));
  }
}
