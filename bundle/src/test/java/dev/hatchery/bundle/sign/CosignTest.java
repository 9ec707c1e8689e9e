package dev.hatchery.bundle.sign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.Role;
import dev.hatchery.core.Trust;
import dev.hatchery.core.TrustedKey;
import dev.hatchery.core.TrustedKey.Algorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What Hatchery signs, the real cosign verifies, and the other way round. */
final class CosignTest {
  private static final byte[] MANIFEST = "{\"schema\":\"hatchery.manifest/v1\"}".getBytes(UTF_8);

  // What it says of a signature that does not hold, and of nothing else: ECDSA, Ed25519.
  private static final Pattern REFUSED =
      Pattern.compile("invalid signature when validating|could not verify message");

  @TempDir Path folder;
  private Cosign cosign;

  @BeforeEach
  void find() throws IOException {
    cosign = Cosign.in(folder);
    Files.write(folder.resolve("manifest.json"), MANIFEST);
  }

  @ParameterizedTest
  @EnumSource
  void cosignVerifiesWhatHatcherySigns(Algorithm algorithm)
      throws IOException, InterruptedException {
    sign(SigningKey.generate(algorithm));

    Cosign.Ran ran = cosign.verifyBlob("release.pub", "sigstore.json", "manifest.json");

    assertThat(ran.exit()).as(ran.said()).isZero();
    assertThat(ran.said()).contains("Verified OK");
  }

  @ParameterizedTest
  @EnumSource
  void cosignRefusesAnAlteredBlobAndAnotherKey(Algorithm algorithm)
      throws IOException, InterruptedException {
    sign(SigningKey.generate(algorithm));
    Files.write(
        folder.resolve("altered.json"),
        new String(MANIFEST, UTF_8).replace('1', '2').getBytes(UTF_8));
    PublicKeys.write(SigningKey.generate(algorithm).publicKey(), folder.resolve("other.pub"));

    Cosign.Ran altered = cosign.verifyBlob("release.pub", "sigstore.json", "altered.json");
    Cosign.Ran otherKey = cosign.verifyBlob("other.pub", "sigstore.json", "manifest.json");

    assertThat(altered.exit()).as(altered.said()).isNotZero();
    assertThat(altered.said()).containsPattern(REFUSED);
    assertThat(otherKey.exit()).as(otherKey.said()).isNotZero();
    assertThat(otherKey.said()).containsPattern(REFUSED);
  }

  @Test
  void hatcheryVerifiesWhatCosignSigns() throws IOException, InterruptedException {
    cosign.must("generate-key-pair");
    cosign.signBlob("cosign.key", "sigstore.json", "manifest.json");
    TrustedKey key = PublicKeys.read(folder.resolve("cosign.pub"));
    byte[] bundle = Files.readAllBytes(folder.resolve("sigstore.json"));

    assertThat(key.algorithm()).isEqualTo(Algorithm.ECDSA_P256);
    assertThat(ReleaseSignatures.verify(MANIFEST, List.of(bundle), trusting(key)))
        .containsExactly(key.id());
    SigstoreBundle read = SigstoreBundle.read(bundle, "sigstore.json");
    assertThat(read.hint())
        .as("cosign's hint has our form")
        .isEqualTo(Bytes.of(key.id().bytes()).base64());
    Refused.with(Code.HASH, () -> read.verify(key, "altered".getBytes(UTF_8)));
  }

  @Test
  void hatcheryRefusesWhatCosignSignedWithAnotherKey() throws IOException, InterruptedException {
    cosign.must("generate-key-pair");
    cosign.signBlob("cosign.key", "sigstore.json", "manifest.json");
    byte[] bundle = Files.readAllBytes(folder.resolve("sigstore.json"));
    Trust stranger = trusting(SigningKey.generate(Algorithm.ECDSA_P256).publicKey());

    Refused.with(
        Code.BAD_SIGNATURE, () -> ReleaseSignatures.verify(MANIFEST, List.of(bundle), stranger));
  }

  @Test
  void anEd25519KeyOfHatcherySignsInCosignToo() throws IOException, InterruptedException {
    SigningKey key = SigningKey.generate(Algorithm.ED25519);
    key.write(folder.resolve("release.key"));
    cosign.must("import-key-pair", "--key=release.key", "--output-key-prefix=imported");
    cosign.signBlob("imported.key", "sigstore.json", "manifest.json");
    byte[] bundle = Files.readAllBytes(folder.resolve("sigstore.json"));

    assertThat(ReleaseSignatures.verify(MANIFEST, List.of(bundle), trusting(key.publicKey())))
        .containsExactly(key.id());
  }

  private void sign(SigningKey key) throws IOException {
    PublicKeys.write(key.publicKey(), folder.resolve("release.pub"));
    Files.write(folder.resolve("sigstore.json"), SigstoreBundle.sign(MANIFEST, key).bytes());
  }

  private static Trust trusting(TrustedKey key) {
    Trust some = Ring.make().trust(1);
    var holders = new Trust.Keyholders(Set.of(key.id()), 1);
    var keys = new HashMap<>(some.keys());
    keys.put(key.id(), key);
    var roles = new EnumMap<>(some.roles());
    roles.put(Role.RELEASE, holders);
    return new Trust(1, Ring.EXPIRES, keys, roles);
  }
}
