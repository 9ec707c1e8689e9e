package dev.hatchery.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.bundle.sign.Refused;
import dev.hatchery.bundle.sign.Ring;
import dev.hatchery.bundle.sign.SigningKey;
import dev.hatchery.bundle.sign.SigstoreBundle;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Policy;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Role;
import dev.hatchery.core.TrustedKey.Algorithm;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VerifierTest {
  @TempDir Path folder;
  private final Ring ring = Ring.make();
  private final SigningKey release = ring.of(Role.RELEASE).getFirst();
  private final Verifier verifier = new Verifier(ring.trust(1));
  private Bundle bundle;

  @BeforeEach
  void packAndSign() {
    bundle = Workbench.in(folder).pack("b");
    bundle.sign(release);
  }

  @Test
  void aSignedBundleIsTrustedAndItsSignersAreNamed() {
    assertThat(verifier.verify(bundle.folder()))
        .isEqualTo(
            new Verification.Trusted(bundle.manifest(), bundle.digest(), Set.of(release.id())));
    assertThat(verifier.verify(bundle.folder()).orRefuse().signers()).containsExactly(release.id());
  }

  @Test
  void aSignatureStandsUnderItsKeysNameAndIsReplacedWhenItIsMadeAgain() throws IOException {
    bundle.sign(release);
    bundle.sign(ring.of(Role.RELEASE).get(1));

    try (var files = Files.list(bundle.folder().resolve("signatures"))) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder(
              release.id().hex().substring(0, 16) + ".sigstore.json",
              ring.of(Role.RELEASE).get(1).id().hex().substring(0, 16) + ".sigstore.json");
    }
    assertThat(bundle.signatures()).hasSize(2);
    Verifier both = new Verifier(ring.with(Role.RELEASE, 2, releaseKeys()).trust(1));
    assertThat(both.verify(bundle.folder()).orRefuse().signers()).hasSize(2);
  }

  @Test
  void oneFlippedBitInAnyFileIsFound() throws IOException {
    for (Path file : allFiles()) {
      boolean covered = file.startsWith(bundle.filesFolder());
      for (double where : new double[] {0, 0.31, 0.5, 0.77, 1}) {
        flip(file, where);
        rejected(covered ? Code.HASH : Code.BAD_SIGNATURE);
        flip(file, where);
      }
    }
    verifier.verify(bundle.folder()).orRefuse();
  }

  @Test
  void aMissingFileIsFoundWhicheverItIs() throws IOException {
    for (Path file : allFiles()) {
      Path away = folder.resolve("away");
      Files.move(file, away);
      rejected(
          file.startsWith(bundle.folder().resolve("signatures"))
              ? Code.BAD_SIGNATURE
              : Code.MISSING_FILE);
      Files.move(away, file);
    }
    verifier.verify(bundle.folder()).orRefuse();
  }

  @Test
  void anExtraFileIsFoundWhereverItIs() throws IOException {
    for (String place : new String[] {"", "files", "files/config", "signatures"}) {
      Path extra = Files.writeString(bundle.folder().resolve(place).resolve("extra"), "x");
      assertThat(rejected(Code.EXTRA_FILE).where()).isEqualTo(extra.toString());
      Files.delete(extra);
    }
    Files.createDirectory(bundle.filesFolder().resolve("empty"));
    rejected(Code.EXTRA_FILE);
  }

  @Test
  void anExtraFilesNameCannotForgeALogLine() throws IOException {
    Files.writeString(bundle.filesFolder().resolve("x\nTRUSTED all is well"), "x");

    assertThat(rejected(Code.EXTRA_FILE).line()).doesNotContain("\n");
  }

  @Test
  void aFileOfAnotherSizeIsFound() throws IOException {
    Path model = bundle.filesFolder().resolve("model.onnx");
    byte[] content = Files.readAllBytes(model);
    Files.write(model, Arrays.copyOf(content, content.length + 1));
    rejected(Code.SIZE);
    Files.write(model, Arrays.copyOf(content, content.length - 1));
    rejected(Code.SIZE);
    Files.write(model, new byte[0]);
    rejected(Code.SIZE);
  }

  @Test
  void aHugeSparseFileIsRefusedWithoutReadingItAll() throws IOException {
    try (var file =
        new RandomAccessFile(bundle.filesFolder().resolve("model.onnx").toFile(), "rw")) {
      file.setLength(5L << 30);
    }
    rejected(Code.SIZE);
  }

  @Test
  void aLinkIsUnsafeEvenWhenItLeadsToTheRightBytes() throws IOException {
    for (String name :
        new String[] {"files/model.onnx", "files/config", "files", "manifest.json", "signatures"}) {
      Path place = bundle.folder().resolve(name);
      Path away = folder.resolve("away");
      Files.move(place, away);
      Files.createSymbolicLink(place, away);
      rejected(Code.UNSAFE_PATH);
      Files.delete(place);
      Files.move(away, place);
    }
    Path extra = Files.createSymbolicLink(bundle.filesFolder().resolve("etc"), Path.of("/etc"));
    rejected(Code.UNSAFE_PATH);
    Files.delete(extra);
    verifier.verify(bundle.folder()).orRefuse();
  }

  @Test
  void aPipeInPlaceOfAFileIsUnsafeAndNotWaitedFor() throws IOException, InterruptedException {
    Path model = bundle.filesFolder().resolve("model.onnx");
    Files.delete(model);
    assertThat(new ProcessBuilder("mkfifo", model.toString()).start().waitFor()).isZero();

    rejected(Code.UNSAFE_PATH);
  }

  @Test
  void aFolderInPlaceOfAFileAndAFileInPlaceOfAFolderAreUnsafe() throws IOException {
    Path labels = bundle.filesFolder().resolve("config/labels.txt");
    Files.delete(labels);
    Files.createDirectory(labels);
    rejected(Code.UNSAFE_PATH);

    Disk.deleteTree(bundle.filesFolder().resolve("config"));
    Files.writeString(bundle.filesFolder().resolve("config"), "x");
    rejected(Code.UNSAFE_PATH);
  }

  @Test
  void aWrongKeyIsRefused() {
    Verifier other = new Verifier(Ring.make().trust(1));

    assertThat(code(other.verify(bundle.folder()))).isEqualTo(Code.BAD_SIGNATURE);
  }

  @Test
  void theSameKeyTwiceDoesNotMeetAThresholdOfTwo() throws IOException {
    Path signatures = bundle.folder().resolve("signatures");
    String name = release.id().hex().substring(0, 16) + ".sigstore.json";
    Files.copy(signatures.resolve(name), signatures.resolve("0".repeat(16) + ".sigstore.json"));
    Verifier both = new Verifier(ring.with(Role.RELEASE, 2, releaseKeys()).trust(1));

    assertThat(code(both.verify(bundle.folder()))).isEqualTo(Code.THRESHOLD);
  }

  @Test
  void anUnsignedBundleIsRefused() throws IOException {
    Disk.deleteTree(bundle.folder().resolve("signatures"));

    rejected(Code.BAD_SIGNATURE);
  }

  @Test
  void aRevokedBundleIsRefused() {
    var policy = policy(0, Set.of(bundle.digest()));

    assertThat(code(new Verifier(ring.trust(1), Optional.of(policy)).verify(bundle.folder())))
        .isEqualTo(Code.REVOKED);
  }

  @Test
  void aBundleBelowTheFloorIsRefusedAndOneOnItIsNot() {
    var above = new Verifier(ring.trust(1), Optional.of(policy(4, Set.of())));
    var on = new Verifier(ring.trust(1), Optional.of(policy(3, Set.of())));

    assertThat(code(above.verify(bundle.folder()))).isEqualTo(Code.BELOW_FLOOR);
    on.verify(bundle.folder()).orRefuse();
  }

  @Test
  void aManifestThatTheReleaseKeySignedButThatNamesAnUnsafePathIsRefused() throws IOException {
    Path manifest = bundle.folder().resolve("manifest.json");
    Files.writeString(
        manifest, Files.readString(manifest).replace("config/labels.txt", "../../labels.txt"));
    var signed = SigstoreBundle.sign(Files.readAllBytes(manifest), release);
    Files.write(
        bundle
            .folder()
            .resolve("signatures/" + release.id().hex().substring(0, 16) + ".sigstore.json"),
        signed.bytes());

    rejected(Code.UNSAFE_PATH);
  }

  @Test
  void anOversizedManifestIsRefusedUnread() throws IOException {
    Files.write(bundle.folder().resolve("manifest.json"), new byte[300 * 1024]);

    rejected(Code.SIZE);
  }

  @Test
  void aFolderThatIsNotThereIsNoVerdict() {
    assertThatThrownBy(() -> verifier.verify(folder.resolve("none")))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Code.NOT_FOUND));
  }

  @Test
  void nobodySignsABrokenBundle() throws IOException {
    Bundle unsigned = Workbench.in(folder).pack("unsigned");
    flip(unsigned.filesFolder().resolve("model.onnx"), 0.5);

    Refused.with(Code.HASH, () -> unsigned.sign(release));

    assertThat(unsigned.signatures()).isEmpty();
  }

  private SigningKey[] releaseKeys() {
    return ring.of(Role.RELEASE).toArray(SigningKey[]::new);
  }

  private List<Path> allFiles() throws IOException {
    try (var files = Files.walk(bundle.folder())) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static void flip(Path file, double where) throws IOException {
    byte[] content = Files.readAllBytes(file);
    content[(int) (where * (content.length - 1))] ^= 1;
    Files.write(file, content);
  }

  private Refusal.Problem rejected(Code code) {
    Verification verification = verifier.verify(bundle.folder());
    assertThat(code(verification)).as(verification.toString()).isEqualTo(code);
    return ((Verification.Rejected) verification).problem();
  }

  private static Code code(Verification verification) {
    return switch (verification) {
      case Verification.Trusted trusted -> throw new AssertionError("trusted: " + trusted);
      case Verification.Rejected(var problem) -> problem.code();
    };
  }

  private static Policy policy(long floor, Set<Digest> revoked) {
    return new Policy(1, Ring.NOW, Ring.EXPIRES, Map.of(new Name("inspection"), floor), revoked);
  }

  @Test
  void keysOfBothAlgorithmsSign() {
    for (Algorithm algorithm : Algorithm.values()) {
      SigningKey key = SigningKey.generate(algorithm);
      bundle.sign(key);
      var only = new Verifier(ring.with(Role.RELEASE, 1, key).trust(1));
      assertThat(only.verify(bundle.folder()).orRefuse().signers()).containsExactly(key.id());
    }
  }
}
