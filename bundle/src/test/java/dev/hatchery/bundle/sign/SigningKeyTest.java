package dev.hatchery.bundle.sign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.core.TrustedKey.Algorithm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPublicKeySpec;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SigningKeyTest {
  private static final byte[] MESSAGE = "a manifest".getBytes(StandardCharsets.UTF_8);

  // For this test only. Made with openssl 3.0: genpkey -algorithm EC -pkeyopt
  // ec_paramgen_curve:P-256; it carries its
  // public half, which what the JDK writes does not.
  private static final String OPENSSL_P256 =
      """
      -----BEGIN PRIVATE KEY-----
      MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgZoepLbPfYNql+pmH
      ISggZlCqRPXk4aDzKYIeUQZpVMOhRANCAASKGaRUowoGnLUJ0CNcCR2ldO3KwPbI
      ukh7oyTUYxOuS23bzikdyS9a3flad9EOPcwrdodUEdj85a9YOrssW6eT
      -----END PRIVATE KEY-----
      """;
  private static final String OPENSSL_P256_PUBLIC =
      """
      -----BEGIN PUBLIC KEY-----
      MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEihmkVKMKBpy1CdAjXAkdpXTtysD2
      yLpIe6Mk1GMTrktt284pHckvWt35WnfRDj3MK3aHVBHY/OWvWDq7LFunkw==
      -----END PUBLIC KEY-----
      """;
  private static final String OPENSSL_ED25519 =
      """
      -----BEGIN PRIVATE KEY-----
      MC4CAQAwBQYDK2VwBCIEIKQHwB+VnhLV8nPE9CznHFL6Us57NsR2xjGnS6uUJus8
      -----END PRIVATE KEY-----
      """;
  private static final String OPENSSL_ED25519_PUBLIC =
      """
      -----BEGIN PUBLIC KEY-----
      MCowBQYDK2VwAyEA0hSmsqhgHbI2oSV/bgvAV4ec0arRL1RpthrbgZbscMI=
      -----END PUBLIC KEY-----
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void whatAKeySignsItsPublicHalfVerifies(Algorithm algorithm) {
    SigningKey key = SigningKey.generate(algorithm);
    Bytes signature = key.sign(MESSAGE);

    assertThat(PublicKeys.verify(key.publicKey(), MESSAGE, signature)).isTrue();
    assertThat(PublicKeys.verify(key.publicKey(), new byte[] {1}, signature)).isFalse();
    TrustedKey other = SigningKey.generate(algorithm).publicKey();
    assertThat(PublicKeys.verify(other, MESSAGE, signature)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void aKeyReadBackFromItsFileIsTheSameKey(Algorithm algorithm) {
    // Enough keys that both signs of y come up.
    for (int i = 0; i < 16; i++) {
      SigningKey key = SigningKey.generate(algorithm);
      Path file = folder.resolve("key-" + i);
      key.write(file);

      SigningKey read = SigningKey.read(file);

      assertThat(read.publicKey()).isEqualTo(key.publicKey());
      assertThat(PublicKeys.verify(key.publicKey(), MESSAGE, read.sign(MESSAGE))).isTrue();
    }
  }

  @Test
  void aPrivateKeysFileIsForItsOwnerOnly() throws IOException {
    Path file = folder.resolve("key");
    SigningKey.generate(Algorithm.ED25519).write(file);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (var entries = Files.list(folder)) {
      assertThat(entries).containsExactly(file);
    }
  }

  @Test
  void aKeysFileIsNeverReplaced() throws IOException {
    Path file = Files.writeString(folder.resolve("key"), "the only copy of another key");

    Refused.with(Code.CONFLICT, () -> SigningKey.generate(Algorithm.ED25519).write(file));

    assertThat(file).hasContent("the only copy of another key");
  }

  @Test
  void aKeyMadeByOpensslIsReadWithItsPublicHalf() {
    assertThat(SigningKey.parse(OPENSSL_P256, "key").publicKey())
        .isEqualTo(PublicKeys.parse(OPENSSL_P256_PUBLIC, "pub"));
    assertThat(SigningKey.parse(OPENSSL_ED25519, "key").publicKey())
        .isEqualTo(PublicKeys.parse(OPENSSL_ED25519_PUBLIC, "pub"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp384r1", "secp521r1"})
  void aKeyOnAnotherCurveIsRefused(String curve) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    var pair = generator.generateKeyPair();

    String secret = Pem.write(SigningKey.LABEL, pair.getPrivate().getEncoded());
    Refused.with(Code.WRONG_KEY, () -> SigningKey.parse(secret, "key"));
    String open = Pem.write(PublicKeys.LABEL, pair.getPublic().getEncoded());
    Refused.with(Code.WRONG_KEY, () -> PublicKeys.parse(open, "pub"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "X25519", "Ed448"})
  void aKeyOfAnotherAlgorithmIsRefused(String algorithm) throws GeneralSecurityException {
    var pair = KeyPairGenerator.getInstance(algorithm).generateKeyPair();

    String secret = Pem.write(SigningKey.LABEL, pair.getPrivate().getEncoded());
    Refused.with(Code.WRONG_KEY, () -> SigningKey.parse(secret, "key"));
    String open = Pem.write(PublicKeys.LABEL, pair.getPublic().getEncoded());
    Refused.with(Code.WRONG_KEY, () -> PublicKeys.parse(open, "pub"));
  }

  @Test
  void aPointThatIsNotOnTheCurveIsRefused() {
    byte[] spki = SigningKey.generate(Algorithm.ECDSA_P256).publicKey().spki().toArray();
    spki[spki.length - 1] ^= 1;

    Refused.with(Code.WRONG_KEY, () -> PublicKeys.of(Bytes.of(spki)));
  }

  @Test
  void aCompressedPointIsRefusedSoThatAKeyHasOneId() throws GeneralSecurityException {
    byte[] spki = SigningKey.generate(Algorithm.ECDSA_P256).publicKey().spki().toArray();
    byte[] compressed =
        HexFormat.of()
            .parseHex(
                "3039301306072a8648ce3d020106082a8648ce3d030107032200" + "02" + "00".repeat(32));
    System.arraycopy(spki, 27, compressed, compressed.length - 32, 32);

    Refused.with(Code.WRONG_KEY, () -> PublicKeys.of(Bytes.of(compressed)));
  }

  @Test
  void aKeyThatSaysItIsOfTheOtherAlgorithmIsRefused() {
    TrustedKey key = SigningKey.generate(Algorithm.ED25519).publicKey();
    var lie = new TrustedKey(Algorithm.ECDSA_P256, key.spki());

    Refused.with(Code.WRONG_KEY, () -> PublicKeys.check(lie));
    Refused.with(Code.WRONG_KEY, () -> PublicKeys.verify(lie, MESSAGE, Bytes.utf8("x")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED SIGSTORE PRIVATE KEY"})
  void aRefusalNamesTheKindOfBlockThatCame(String label) {
    var refusal =
        Refused.with(
            Code.WRONG_KEY, () -> SigningKey.parse(Pem.write(label, new byte[64]), "ci/key.pem"));

    assertThat(refusal.problem().where()).isEqualTo("ci/key.pem");
    assertThat(refusal.problem().expected()).contains("PRIVATE KEY");
    assertThat(refusal.problem().got()).contains(label);
  }

  @Test
  void neitherTextNorRefusalsShowTheSecret() throws GeneralSecurityException {
    SigningKey key = SigningKey.parse(OPENSSL_ED25519, "key");
    String body = OPENSSL_ED25519.lines().skip(1).findFirst().orElseThrow();
    String broken = OPENSSL_ED25519.replace(body, body + "*");

    var refusal = Refused.with(Code.WRONG_KEY, () -> SigningKey.parse(broken, "key"));

    assertThat(key.toString()).contains(key.id().toString()).doesNotContain(body.substring(20, 40));
    assertThat(refusal.getMessage()).doesNotContain(body.substring(20, 40));
    assertThat(refusal.getCause()).isNull();
  }

  @Test
  void aMissingOrAnOversizedFileIsRefused() throws IOException {
    Refused.with(Code.NOT_FOUND, () -> SigningKey.read(folder.resolve("none")));
    Path large = Files.write(folder.resolve("large"), new byte[Pem.MAX + 1]);
    Refused.with(Code.WRONG_KEY, () -> PublicKeys.read(large));
    Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});
    Refused.with(Code.WRONG_KEY, () -> PublicKeys.read(binary));
  }

  @Test
  void aPublicKeyReadBackFromItsFileIsTheSameKey() {
    TrustedKey key = SigningKey.generate(Algorithm.ECDSA_P256).publicKey();
    Path file = folder.resolve("key.pub");
    PublicKeys.write(key, file);

    assertThat(PublicKeys.read(file)).isEqualTo(key);
  }

  @Test
  void theCurveCheckKnowsItsOwnGeneratorAndNothingElse() throws GeneralSecurityException {
    var pair = KeyPairGenerator.getInstance("EC");
    pair.initialize(new ECGenParameterSpec("secp384r1"));
    var other = (ECPublicKey) pair.generateKeyPair().getPublic();

    assertThat(P256.onCurve(P256.parameters().getGenerator())).isTrue();
    assertThat(P256.onCurve(other.getW())).isFalse();
    assertThat(P256.sameCurve(new ECPublicKeySpec(other.getW(), other.getParams()).getParams()))
        .isFalse();
  }
}
