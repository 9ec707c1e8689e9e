package dev.hatchery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a person reads and a script gets. */
final class CommandLineTest {
  @TempDir private Path folder;

  private record Outcome(int status, String out, String err) {}

  @Test
  void aPrivateKeyIsItsOwnersAndIsNeverOverwritten() throws IOException {
    Outcome made = run("keys", "new", "root", "--dir", dir("keys"));
    Path secret = folder.resolve("keys/root.pem");
    byte[] before = Files.readAllBytes(secret);
    Outcome again = run("keys", "new", "root", "--dir", dir("keys"));

    assertThat(made.status).isZero();
    assertThat(made.out).contains("root.pub").contains("sha256:");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
        .isEqualTo("rw-------");
    assertThat(again.status).isEqualTo(Code.CONFLICT.exitCode());
    assertThat(again.err).startsWith("hatchery: ").hasLineCount(1);
    assertThat(Files.readAllBytes(secret)).isEqualTo(before);
  }

  @Test
  void aBundleIsPackedSignedAndVerifiedAndOneFlippedByteIsFound() throws IOException {
    String trust = trusting("release");
    String bundle = packed();

    assertThat(run("bundle", "sign", bundle, "--key", dir("keys/release.pem")).status).isZero();
    Outcome good = run("bundle", "verify", bundle, "--trust", trust);
    assertThat(good.status).as(good.err).isZero();
    assertThat(good.out).contains("m@1.0.0").contains("trusted");
    assertThat(run("bundle", "inspect", bundle).out)
        .contains("model.onnx")
        .contains("sbom.cdx.json");

    Path model = Path.of(bundle, "files/model.onnx");
    byte[] bytes = Files.readAllBytes(model);
    bytes[3] ^= 1;
    model.toFile().setWritable(true);
    Files.write(model, bytes);
    Outcome bad = run("bundle", "verify", bundle, "--trust", trust);

    assertThat(bad.status).isEqualTo(Code.HASH.exitCode());
    assertThat(bad.err).contains("HASH").contains("model.onnx");
  }

  @Test
  void aBundleSignedWithAnotherKeyIsNotTrusted() throws IOException {
    String trust = trusting("release");
    String bundle = packed();
    run("keys", "new", "other", "--dir", dir("keys"));
    run("bundle", "sign", bundle, "--key", dir("keys/other.pem"));

    Outcome bad = run("bundle", "verify", bundle, "--trust", trust);

    assertThat(bad.status).isEqualTo(Code.BAD_SIGNATURE.exitCode());
    assertThat(bad.out).isEmpty();
  }

  @Test
  void theSameInputsGiveTheSameBundle() throws IOException {
    String one = run("bundle", "pack", "-f", spec(), "-o", dir("one")).out;
    String two = run("bundle", "pack", "-f", spec(), "-o", dir("two")).out;

    assertThat(one).isEqualTo(two).contains("sha256:");
  }

  @Test
  void aMalformedRolloutFileIsRefusedWithFileLineAndPathBeforeAnyServerIsAsked()
      throws IOException {
    Path file = folder.resolve("rollout.yaml");
    Files.writeString(
        file,
        """
        rollout: r
        slot: vision
        channel: stable
        release: m@1.0.0
        stages:
          - {name: all, percent: 100}
        gates:
          - {metric: latency-p96, limit: 1s}
        """);

    Outcome bad = run("rollout", "apply", "-f", file.toString());

    assertThat(bad.status).isEqualTo(Code.UNKNOWN_METRIC.exitCode());
    assertThat(bad.err).contains(file + ":8 gates[0]").contains("latency-p95");
  }

  @Test
  void aProblemIsJsonForWhoeverAsksForJson() {
    Outcome bad = run("devices", "--json");

    assertThat(bad.status).isEqualTo(Code.UNAUTHENTICATED.exitCode());
    assertThat(bad.err)
        .startsWith("{")
        .contains("\"code\" : \"UNAUTHENTICATED\"")
        .contains("HATCHERY_TOKEN_FILE");
  }

  @Test
  void everyCommandSpeaksJsonToWhoeverAsks() {
    run("keys", "new", "policy", "--dir", dir("keys"));

    Outcome key = run("keys", "new", "other", "--dir", dir("keys"), "--json");
    Outcome policy =
        run("policy", "new", "--key", dir("keys/policy.pem"), "-o", dir("policy.json"), "--json");

    assertThat(key.out).startsWith("{").contains("\"keyId\" : \"sha256:");
    assertThat(policy.out).as(policy.err).startsWith("{").contains("\"version\" : 1");
  }

  @Test
  void aServerThatIsNotThereIsSaidToBe() throws IOException {
    Path token = Files.writeString(folder.resolve("token"), "hto_x\n");

    Outcome bad =
        run("devices", "--server", "http://127.0.0.1:1", "--token-file", token.toString());

    assertThat(bad.status).isEqualTo(Code.UNREACHABLE.exitCode());
    assertThat(bad.err).contains("127.0.0.1:1").doesNotContain("hto_x");
  }

  @Test
  void wrongUsageSaysWhereHelpIs() {
    Outcome bad = run("rollout", "promot", "x");

    assertThat(bad.status).isEqualTo(2);
    assertThat(bad.err).contains("--help");
  }

  @Test
  void aProgramsOwnOptionsAreHandedToIt() {
    var server = new ProcessCommands.Server();

    new CommandLine(server).parseArgs("--data", "srv", "--listen", "127.0.0.1:0", "--help");

    assertThat(server.arguments)
        .containsExactly("--data", "srv", "--listen", "127.0.0.1:0", "--help");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    Outcome bad = run("rollout", "apply", "-f", "nowhere.yaml");

    assertThat(bad.status).isEqualTo(Code.NOT_FOUND.exitCode());
    assertThat(bad.err).contains("there is no such file at nowhere.yaml");
  }

  private String trusting(String releaseKey) {
    for (String name : new String[] {"root", releaseKey, "policy", "director"}) {
      run("keys", "new", name, "--dir", dir("keys"));
    }
    Outcome made =
        run(
            "trust",
            "new",
            "--root",
            dir("keys/root.pem"),
            "--release",
            dir("keys/" + releaseKey + ".pub"),
            "--policy",
            dir("keys/policy.pub"),
            "--director",
            dir("keys/director.pub"),
            "-o",
            dir("trust.json"));
    assertThat(made.status).as(made.err).isZero();
    return dir("trust.json");
  }

  private String packed() throws IOException {
    Outcome packed = run("bundle", "pack", "-f", spec(), "-o", dir("dist/m"));
    assertThat(packed.status).as(packed.err).isZero();
    return dir("dist/m");
  }

  private String spec() throws IOException {
    Files.writeString(folder.resolve("model.onnx"), "a model");
    Path spec = folder.resolve("bundle.yaml");
    Files.writeString(
        spec,
        """
        name: m
        version: 1.0.0
        releaseCounter: 1
        trainingCommit: abc
        files:
          - {path: model.onnx, kind: weight}
        """);
    return spec.toString();
  }

  private String dir(String name) {
    return folder.resolve(name).toString();
  }

  private static Outcome run(String... command) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int status =
        Main.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Map.of(),
            command);
    return new Outcome(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8).strip());
  }
}
