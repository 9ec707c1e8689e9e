package dev.hatchery.bundle.sign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.core.TrustedKey.Algorithm;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SigstoreBundleTest {
  // What cosign 2.5.0 wrote: generate-key-pair, then sign-blob --new-bundle-format of "hello\n".
  private static final String COSIGN_PUB =
      """
      -----BEGIN PUBLIC KEY-----
      MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEGn3IHDOmywLidPS/hAK7/wRbtiQE
      vIH3blks+iOdiBmHQuouYd06MnzIJCJ4ZrFgW9L3kNbG8TvDzg35On+qTg==
      -----END PUBLIC KEY-----
      """;
  private static final String COSIGN_BUNDLE =
      """
      {"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial":{"publicKey":{"hint":"VMZwTPiEdE5jjeYh5cUEQjSIniTYy5CInj4mCD5XXzI="}}, "messageSignature":{"messageDigest":{"algorithm":"SHA2_256", "digest":"WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM="}, "signature":"MEYCIQCocQe59paOiz/XXiC80udUXmu9S3AGoINCmHEOgCoKdgIhALRF6mU6YuEMAPEUTFYLnnukoNdABF/ZTv39WcGjyqFN"}}\
      """;

  private static final byte[] MESSAGE = "the manifest".getBytes(UTF_8);

  private final SigningKey key = SigningKey.generate(Algorithm.ECDSA_P256);
  private final SigstoreBundle bundle = SigstoreBundle.sign(MESSAGE, key);

  @ParameterizedTest
  @EnumSource
  void whatIsSignedIsReadBackAndVerifies(Algorithm algorithm) {
    SigningKey signer = SigningKey.generate(algorithm);
    SigstoreBundle signed = SigstoreBundle.sign(MESSAGE, signer);

    SigstoreBundle read = SigstoreBundle.read(signed.bytes(), "test");

    assertThat(read).isEqualTo(signed);
    assertThat(read.isSignedBy(signer.publicKey(), MESSAGE)).isTrue();
    read.verify(signer.publicKey(), MESSAGE);
  }

  @Test
  void itsBytesAreTheSpecificationsForm() {
    var plain = new SigstoreBundle("aGludA==", Digest.of(new byte[0]), Bytes.utf8("sig"));

    assertThat(new String(plain.bytes(), UTF_8))
        .isEqualTo(
            "{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\","
                + "\"verificationMaterial\":{\"publicKey\":{\"hint\":\"aGludA==\"}},"
                + "\"messageSignature\":{\"messageDigest\":{\"algorithm\":\"SHA2_256\","
                + "\"digest\":\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"},"
                + "\"signature\":\"c2ln\"}}");
  }

  @Test
  void aBundleThatCosignWroteVerifies() {
    TrustedKey cosign = PublicKeys.parse(COSIGN_PUB, "cosign.pub");
    SigstoreBundle read = SigstoreBundle.read(COSIGN_BUNDLE.getBytes(UTF_8), "m.json");

    assertThat(read.isSignedBy(cosign, "hello\n".getBytes(UTF_8))).isTrue();
    assertThat(read.hint()).isEqualTo(Bytes.of(cosign.id().bytes()).base64());
    assertThat(read.isSignedBy(cosign, "hullo\n".getBytes(UTF_8))).isFalse();
  }

  @Test
  void otherBytesAreRefused() {
    byte[] other = "another manifest".getBytes(UTF_8);

    assertThat(bundle.isSignedBy(key.publicKey(), other)).isFalse();
    Refused.with(Code.HASH, () -> bundle.verify(key.publicKey(), other));
  }

  @Test
  void anotherKeyIsRefused() {
    TrustedKey other = SigningKey.generate(Algorithm.ECDSA_P256).publicKey();
    var unhinted = new SigstoreBundle("", bundle.digest(), bundle.signature());

    assertThat(bundle.isSignedBy(other, MESSAGE)).isFalse();
    Refused.with(Code.WRONG_KEY, () -> bundle.verify(other, MESSAGE));
    Refused.with(Code.BAD_SIGNATURE, () -> unhinted.verify(other, MESSAGE));
  }

  @Test
  void aSignatureOverAnotherDigestIsRefusedThoughItHoldsForTheBytes() {
    // cosign takes this; a bundle that contradicts itself is none here.
    var contradictory =
        new SigstoreBundle(bundle.hint(), Digest.of(new byte[] {1}), bundle.signature());

    assertThat(contradictory.isSignedBy(key.publicKey(), MESSAGE)).isFalse();
  }

  @Test
  void aHintMayBeMissingButNotWrong() {
    String wrong = Base64.getEncoder().encodeToString(Digest.of(new byte[] {1}).bytes());

    assertThat(hinted("").isSignedBy(key.publicKey(), MESSAGE)).isTrue();
    assertThat(hinted(wrong).isSignedBy(key.publicKey(), MESSAGE)).isFalse();
    assertThat(hinted("the CI's key").isSignedBy(key.publicKey(), MESSAGE)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void noBitOfABundleCanChangeUnseen(Algorithm algorithm) {
    SigningKey signer = SigningKey.generate(algorithm);
    byte[] good = SigstoreBundle.sign(MESSAGE, signer).bytes();
    assertThat(holds(good, signer)).isTrue();
    for (int bit = 0; bit < good.length * 8; bit++) {
      byte[] changed = good.clone();
      changed[bit / 8] ^= (byte) (1 << (bit % 8));

      assertThat(holds(changed, signer))
          .as("bit %d: %s", bit, new String(changed, UTF_8))
          .isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/vnd.dev.sigstore.bundle+json;version=0.1",
        "application/vnd.dev.sigstore.bundle+json;version=0.2",
        "application/vnd.dev.sigstore.bundle+json;version=0.3",
        "application/vnd.dev.sigstore.bundle.v0.3+json"
      })
  void everyMediaTypeUpToVersion3IsRead(String mediaType) {
    assertThat(read(json().replace(SigstoreBundle.MEDIA_TYPE, mediaType))).isEqualTo(bundle);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"tlogEntries\":[],",
        "\"tlogEntries\":[{\"logIndex\":\"1\"}],",
        "\"timestampVerificationData\":{},",
        "\"timestampVerificationData\":{\"rfc3161Timestamps\":[{\"signedTimestamp\":\"AA==\"}]},",
        "\"certificate\":{},"
      })
  void evidenceThatAKeyDoesNotNeedIsLetThrough(String material) {
    String with = json().replace("\"publicKey\":", material + "\"publicKey\":");

    assertThat(read(with)).isEqualTo(bundle);
  }

  @Test
  void aBundleWithoutAHintIsRead() {
    String hint = "{\"hint\":\"" + bundle.hint() + "\"}";

    assertThat(read(json().replace(hint, "{}")).hint()).isEmpty();
    assertThat(read(json().replace("\"publicKey\":" + hint, "")).hint()).isEmpty();
  }

  @Test
  void whatIsNotABundleOfAKeyIsRefused() {
    refused(json().replace(".v0.3+json", ".v0.4+json"));
    refused(json().replace("SHA2_256", "SHA2_512"));
    refused(json().replace("\"messageSignature\"", "\"dsseEnvelope\""));
    refused(
        json().replace("\"publicKey\":", "\"certificate\":{\"rawBytes\":\"AA==\"},\"publicKey\":"));
    refused(json().replace("\"signature\":\"", "\"signature\":\"*"));
    refused(json().replace("{\"mediaType\"", "{\"also\":1,\"mediaType\""));
    refused("{\"base64Signature\":\"AA==\"}");
    refused("");
  }

  @Test
  void anOversizedBundleIsRefusedUnread() {
    byte[] large = new byte[(int) SigstoreBundle.MAX_SIZE.bytes() + 1];

    Refused.with(Code.TOO_LARGE, () -> SigstoreBundle.read(large, "test"));
  }

  private static boolean holds(byte[] json, SigningKey signer) {
    try {
      return SigstoreBundle.read(json, "test").isSignedBy(signer.publicKey(), MESSAGE);
    } catch (Refusal refusal) {
      return false;
    }
  }

  private SigstoreBundle hinted(String hint) {
    return new SigstoreBundle(hint, bundle.digest(), bundle.signature());
  }

  private String json() {
    return new String(bundle.bytes(), UTF_8);
  }

  private static SigstoreBundle read(String json) {
    return SigstoreBundle.read(json.getBytes(UTF_8), "test");
  }

  private static void refused(String json) {
    Refused.with(Code.BAD_INPUT, () -> read(json));
  }
}
