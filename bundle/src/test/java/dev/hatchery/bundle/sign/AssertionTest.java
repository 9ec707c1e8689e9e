package dev.hatchery.bundle.sign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.core.TrustedKey.Algorithm;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AssertionTest {
  private static final DeviceId DEVICE = new DeviceId("pi-07");
  private static final String SERVER = "https://hatchery.example/device/v1/token";
  private static final Instant NOW = Ring.NOW;

  private final SigningKey key = SigningKey.generate(Algorithm.ECDSA_P256);
  private final String jwt = Assertion.sign(key, DEVICE, SERVER, NOW, "jti-1");

  @ParameterizedTest
  @EnumSource
  void whatADeviceSignsIsBelieved(Algorithm algorithm) {
    SigningKey signer = SigningKey.generate(algorithm);
    String signed = Assertion.sign(signer, DEVICE, SERVER, NOW.plusMillis(1), "jti-1");

    assertThat(Assertion.verify(signed, signer.publicKey(), SERVER, NOW, Assertion.MAX_AGE))
        .isEqualTo(new Assertion(DEVICE, NOW, "jti-1"));
    assertThat(Assertion.claimedDevice(signed)).isEqualTo(DEVICE);
  }

  @Test
  void itsSignatureIsJosesSixtyFourBytes() {
    assertThat(Base64.getUrlDecoder().decode(jwt.split("\\.", -1)[2])).hasSize(64);
    assertThat(new String(Base64.getUrlDecoder().decode(jwt.split("\\.", -1)[0]), UTF_8))
        .isEqualTo("{\"alg\":\"ES256\",\"typ\":\"JWT\"}");
  }

  @Test
  void anotherKeyIsNotBelieved() {
    TrustedKey other = SigningKey.generate(Algorithm.ECDSA_P256).publicKey();

    Refused.with(
        Code.UNAUTHENTICATED, () -> Assertion.verify(jwt, other, SERVER, NOW, Assertion.MAX_AGE));
  }

  @Test
  void anotherAudienceIsNotBelieved() {
    Refused.with(
        Code.UNAUTHENTICATED,
        () ->
            Assertion.verify(
                jwt, key.publicKey(), "https://elsewhere.example", NOW, Assertion.MAX_AGE));
  }

  @Test
  void itLivesForAMinuteAndNotBeforeItsTime() {
    Duration age = Assertion.MAX_AGE;

    assertThat(at(NOW.plus(age))).isNotNull();
    assertThat(at(NOW.minus(Assertion.SKEW))).isNotNull();
    refusedAt(NOW.plus(age).plusMillis(1));
    refusedAt(NOW.minus(Assertion.SKEW).minusMillis(1));
    Refused.with(
        Code.UNAUTHENTICATED,
        () ->
            Assertion.verify(
                jwt, key.publicKey(), SERVER, NOW.plusSeconds(11), Duration.ofSeconds(10)));
  }

  @Test
  void itsOwnExpiryCountsAsWell() {
    String claims =
        claims()
            .replace(
                Long.toString(NOW.getEpochSecond() + 60), Long.toString(NOW.getEpochSecond() + 5));
    String brief = forged(header("ES256"), claims, key);

    assertThat(Assertion.verify(brief, key.publicKey(), SERVER, NOW, Assertion.MAX_AGE))
        .isNotNull();
    Refused.with(
        Code.UNAUTHENTICATED,
        () ->
            Assertion.verify(
                brief, key.publicKey(), SERVER, NOW.plusSeconds(6), Assertion.MAX_AGE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "None", "HS256", "RS256", "ES384", "EdDSA", "es256", ""})
  void theHeaderNeverChoosesTheAlgorithm(String algorithm) {
    refused(forged(header(algorithm), claims(), key));
  }

  @Test
  void anUnsignedOneIsNotBelieved() {
    String[] parts = jwt.split("\\.", -1);

    refused(parts[0] + "." + parts[1] + ".");
    refused(encode(header("none")) + "." + parts[1] + ".");
  }

  @Test
  void aDerSignatureIsNotBelieved() {
    String signed = jwt.substring(0, jwt.lastIndexOf('.'));
    byte[] der = key.sign(signed.getBytes(UTF_8)).toArray();

    refused(signed + "." + encode(der));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"crit\":[\"b64\"]}",
        "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"jwk\":{}}",
        "{\"alg\":\"ES256\",\"alg\":\"none\"}",
        "{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}",
        "{\"typ\":\"JWT\"}",
        "[]"
      })
  void aHeaderWithAnythingElseIsNotBelieved(String header) {
    refused(forged(header, claims(), key));
  }

  @Test
  void claimsThatDoNotFitTogetherAreNotBelieved() {
    refused(
        forged(header("ES256"), claims().replace("\"sub\":\"pi-07\"", "\"sub\":\"pi-08\""), key));
    refused(forged(header("ES256"), claims().replace("\"jti-1\"", "\"\""), key));
    refused(
        forged(header("ES256"), claims().replace("\"jti-1\"", "\"" + "x".repeat(129) + "\""), key));
    refused(forged(header("ES256"), claims().replace("\"iat\":", "\"iat\":9"), key));
    refused(forged(header("ES256"), claims().replace("\"iat\":", "\"iat\":-"), key));
    refused(forged(header("ES256"), claims().replace("{", "{\"admin\":true,"), key));
  }

  @Test
  void itHasOneSpelling() {
    String[] parts = jwt.split("\\.", -1);

    refused(jwt + "=");
    refused(jwt + ".");
    refused(" " + jwt);
    refused(parts[0] + "." + parts[1]);
    // The last of 86 characters carries 2 bits; the other 4 must be zero.
    char last = jwt.charAt(jwt.length() - 1);
    refused(jwt.substring(0, jwt.length() - 1) + (char) (last + 1));
  }

  @Test
  void anOversizedOneIsRefusedUnread() {
    refused("x".repeat(4097));
  }

  private String claims() {
    return new String(Base64.getUrlDecoder().decode(jwt.split("\\.", -1)[1]), UTF_8);
  }

  private static String header(String algorithm) {
    return "{\"alg\":\"" + algorithm + "\",\"typ\":\"JWT\"}";
  }

  private static String forged(String header, String claims, SigningKey key) {
    String signed = encode(header) + "." + encode(claims);
    return signed + "." + encode(key.signRaw(signed.getBytes(UTF_8)).toArray());
  }

  private static String encode(String text) {
    return encode(text.getBytes(UTF_8));
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private Assertion at(Instant now) {
    return Assertion.verify(jwt, key.publicKey(), SERVER, now, Assertion.MAX_AGE);
  }

  private void refusedAt(Instant now) {
    Refused.with(Code.UNAUTHENTICATED, () -> at(now));
  }

  private void refused(String forged) {
    Refused.with(
        Code.UNAUTHENTICATED,
        () -> Assertion.verify(forged, key.publicKey(), SERVER, NOW, Assertion.MAX_AGE));
  }
}
