package dev.hatchery.bundle.sign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.Compatibility;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Envelope;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Role;
import dev.hatchery.core.Trust;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.core.TrustedKey.Algorithm;
import dev.hatchery.core.VersionRange;
import dev.hatchery.wire.Wire;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Whatever comes in, a parser gives its value or a refusal, and what is signed is believed only as
 * it was signed.
 */
final class ParserFuzzTest {
  private static final int INPUTS = 20_000;
  private static final DataSize MAX = DataSize.mib(1);
  private static final byte[] MESSAGE = "the manifest".getBytes(UTF_8);

  @Test
  void sigstoreBundles() {
    SigningKey key = Ring.fixed(Algorithm.ED25519, 0);
    SigstoreBundle good = SigstoreBundle.sign(MESSAGE, key);

    int refused =
        fuzz(
            1,
            good.bytes(),
            bytes -> {
              SigstoreBundle read = SigstoreBundle.read(bytes, "fuzz");
              if (!read.isSignedBy(key.publicKey(), MESSAGE)) throw refusal();
              assertThat(read.signature()).isEqualTo(good.signature());
              assertThat(read.digest()).isEqualTo(good.digest());
            });

    assertThat(refused).isBetween(INPUTS / 2, INPUTS - 1);
  }

  @Test
  void manifests() {
    int refused =
        fuzz(
            2,
            Wire.MANIFEST.bytes(manifest()),
            bytes -> {
              Manifest read = Wire.MANIFEST.parse(bytes, MAX, "fuzz");
              assertThat(Wire.MANIFEST.parse(Wire.MANIFEST.bytes(read), MAX, "again"))
                  .isEqualTo(read);
            });

    assertThat(refused).isBetween(INPUTS / 2, INPUTS - 1);
  }

  @Test
  void envelopes() {
    SigningKey key = Ring.fixed(Algorithm.ED25519, 1);
    List<TrustedKey> keys = List.of(key.publicKey());
    Envelope good = Dsse.sign(Envelope.REPORT, MESSAGE, key);

    int refused =
        fuzz(
            3,
            Wire.ENVELOPE.bytes(good),
            bytes -> {
              Envelope read = Wire.ENVELOPE.parse(bytes, MAX, "fuzz");
              assertThat(Dsse.verify(read, Envelope.REPORT, keys, 1)).isEqualTo(MESSAGE);
            });

    assertThat(refused).isBetween(INPUTS / 2, INPUTS - 1);
  }

  @Test
  void trustDocuments() {
    Ring ring = Ring.fixed();
    Trust trust = ring.trust(1);
    Envelope good = TrustChain.sign(trust, ring.of(Role.ROOT));

    int refused =
        fuzz(
            4,
            good.payload().toArray(),
            bytes -> {
              var changed = new Envelope(Envelope.TRUST, Bytes.of(bytes), good.signatures());
              assertThat(TrustChain.acceptFirst(changed)).isEqualTo(trust);
            });

    // A mutation may put a byte back in place; nearly none does.
    assertThat(refused).isGreaterThan(INPUTS * 99 / 100);
  }

  @Test
  void publicKeysInPem() {
    int quarter = INPUTS / 4; // two algorithms, inside and outside
    for (Algorithm algorithm : Algorithm.values()) {
      TrustedKey key = Ring.fixed(algorithm, 3).publicKey();
      int text =
          fuzz(
              5,
              quarter,
              PublicKeys.pem(key).getBytes(UTF_8),
              bytes -> PublicKeys.check(PublicKeys.parse(new String(bytes, ISO_8859_1), "fuzz")));
      int der =
          fuzz(
              6,
              quarter,
              key.spki().toArray(),
              bytes -> PublicKeys.parse(Pem.write(PublicKeys.LABEL, bytes), "fuzz"));

      assertThat(text).isBetween(quarter / 2, quarter - 1);
      assertThat(der).isBetween(quarter / 2, quarter - 1);
    }
  }

  @Test
  void privateKeysInPem() {
    int quarter = INPUTS / 4;
    for (Algorithm algorithm : Algorithm.values()) {
      byte[] pem = pem(Ring.fixed(algorithm, 3));
      byte[] der = Pem.read(SigningKey.LABEL, new String(pem, UTF_8), "key");
      // A changed scalar is another good key, and proving it takes milliseconds: mostly the frame.
      byte[] frame = Arrays.copyOf(der, der.length / 3);
      int text =
          fuzz(
              7,
              quarter,
              Arrays.copyOf(pem, pem.length / 2),
              bytes -> SigningKey.parse(whole(bytes, pem), "fuzz"));
      int inside =
          fuzz(
              8,
              quarter,
              frame,
              bytes ->
                  SigningKey.parse(Pem.write(SigningKey.LABEL, whole(bytes, frame, der)), "fuzz"));

      assertThat(text).isBetween(quarter / 2, quarter - 1);
      assertThat(inside).isBetween(quarter / 2, quarter - 1);
    }
  }

  @Test
  void deviceAssertions() {
    DeviceId device = new DeviceId("pi-07");
    for (Algorithm algorithm : Algorithm.values()) {
      SigningKey key = Ring.fixed(algorithm, 3);
      String good = Assertion.sign(key, device, "aud", Ring.NOW, "jti");
      int refused =
          fuzz(
              9,
              INPUTS / 2,
              good.getBytes(UTF_8),
              bytes -> {
                String jwt = new String(bytes, ISO_8859_1);
                var read =
                    Assertion.verify(jwt, key.publicKey(), "aud", Ring.NOW, Assertion.MAX_AGE);
                assertThat(read).isEqualTo(new Assertion(device, Ring.NOW, "jti"));
              });

      assertThat(refused).isGreaterThan(INPUTS / 2 * 99 / 100);
    }
  }

  @Test
  void claimsThatADeviceSignedBadly() {
    String claims =
        "{\"iss\":\"pi-07\",\"sub\":\"pi-07\",\"aud\":\"aud\",\"iat\":1,\"exp\":61,\"jti\":\"x\"}";
    int refused =
        fuzz(
            10,
            claims.getBytes(UTF_8),
            bytes ->
                Assertion.claimedDevice(
                    base64("{\"alg\":\"ES256\"}".getBytes(UTF_8)) + "." + base64(bytes) + ".AA"));

    assertThat(refused).isBetween(INPUTS / 2, INPUTS - 1);
  }

  private static int fuzz(long seed, byte[] good, Consumer<byte[]> parser) {
    return fuzz(seed, INPUTS, good, parser);
  }

  private static int fuzz(long seed, int inputs, byte[] good, Consumer<byte[]> parser) {
    Mutations mutations = new Mutations(seed, good);
    int refused = 0;
    for (int i = 0; i < inputs; i++) {
      byte[] input = mutations.next();
      try {
        parser.accept(input);
      } catch (Refusal refusal) {
        refused++;
      } catch (RuntimeException | Error e) {
        throw new AssertionError(
            "seed " + seed + ", input " + i + ": " + Bytes.of(input).base64(), e);
      }
    }
    return refused;
  }

  private static Refusal refusal() {
    return Refusal.of(Code.BAD_SIGNATURE, "not signed");
  }

  private static byte[] pem(SigningKey key) {
    return key.pem().getBytes(UTF_8);
  }

  private static String whole(byte[] head, byte[] good) {
    return new String(whole(head, Arrays.copyOf(good, good.length / 2), good), ISO_8859_1);
  }

  private static byte[] whole(byte[] head, byte[] cut, byte[] good) {
    byte[] all = Arrays.copyOf(head, head.length + good.length - cut.length);
    System.arraycopy(good, cut.length, all, head.length, good.length - cut.length);
    return all;
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static Manifest manifest() {
    return new Manifest(
        Manifest.Kind.ADAPTER,
        ReleaseId.parse("inspection@1.2.0"),
        7,
        List.of(
            new FileEntry("model.onnx", 5, Digest.of(MESSAGE), FileEntry.Kind.WEIGHT),
            new FileEntry("sbom.cdx.json", 5, Digest.of(MESSAGE), FileEntry.Kind.SBOM)),
        "4f60505",
        "int8-static",
        Map.of("input", "image"),
        new Compatibility(
            List.of("aarch64"),
            List.of("rpi5"),
            List.of("hailo8"),
            Map.of("onnxruntime", VersionRange.parse(">=1.20 <2")),
            DataSize.mib(512),
            true),
        Optional.of(Digest.of(MESSAGE)),
        "sbom.cdx.json",
        Optional.empty());
  }
}
