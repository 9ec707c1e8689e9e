package dev.hatchery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Node;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Patches, from the command line. */
final class DeltaCommandTest {
  @TempDir private Path folder;

  private record Outcome(int status, String out, String err) {}

  @Test
  void aPatchMadeHereMakesTheNewFileOfTheOldOne() throws IOException {
    Path old = model("old.bin", 0);
    Path now = model("new.bin", 5);

    Outcome made = run("delta", "create", old.toString(), now.toString(), at("p"));
    Outcome applied = run("delta", "apply", old.toString(), at("p"), at("out"));

    assertThat(made.status).as(made.err).isZero();
    assertThat(made.out).contains("bytes for a file of 4,096");
    assertThat(applied.status).as(applied.err).isZero();
    assertThat(Path.of(at("out"))).hasSameBinaryContentAs(now);
    assertThat(Files.size(Path.of(at("p")))).isLessThan(1000);
  }

  @Test
  void aPatchOfNothingNeedsNoOldFileHoweverThatIsSaid() throws IOException {
    String now = model("new.bin", 5).toString();

    assertThat(run("delta", "create", "-", now, at("p")).status).isZero();
    assertThat(run("delta", "create", "--from-nothing", now, at("q")).status).isZero();
    assertThat(run("delta", "apply", "--from-nothing", at("p"), at("out")).status).isZero();

    assertThat(Path.of(at("p"))).hasSameBinaryContentAs(Path.of(at("q")));
    assertThat(Path.of(at("out"))).hasSameBinaryContentAs(Path.of(now));
  }

  @Test
  void aPatchForAnotherFileIsRefusedAndNothingIsWritten() throws IOException {
    String old = model("old.bin", 0).toString();
    String now = model("new.bin", 5).toString();
    run("delta", "create", old, now, at("p"));

    Outcome bad = run("delta", "apply", now, at("p"), at("out"), "--json");

    assertThat(bad.status).isEqualTo(Code.DELTA.exitCode());
    assertThat(bad.err).startsWith("{").contains("BASE");
    assertThat(Path.of(at("out"))).doesNotExist();
  }

  @Test
  void aFileThatIsNoPatchAndOneThatIsNotThereAreTold() throws IOException {
    String old = model("old.bin", 0).toString();

    assertThat(run("delta", "info", old).err).contains("NOT_A_PATCH");
    assertThat(run("delta", "info", at("none")).status).isEqualTo(Code.NOT_FOUND.exitCode());
    assertThat(run("delta", "create", at("none"), old, at("p")).status)
        .isEqualTo(Code.NOT_FOUND.exitCode());
    assertThat(run("delta", "apply", old, at("p")).status).isEqualTo(Code.BAD_INPUT.exitCode());
  }

  @Test
  void whatAPatchIsMadeOfCoversTheWholeResult() throws IOException {
    run("delta", "create", model("old.bin", 0).toString(), model("new.bin", 5).toString(), at("p"));

    Outcome told = run("delta", "info", at("p"));
    Node.Obj info = json(run("delta", "info", at("p"), "--json").out);

    assertThat(told.out).contains("base    4,096 bytes, sha256:").contains("copy");
    long bytes = 0;
    for (Node kind :
        ((Node.Obj) Objects.requireNonNull(info.fields().get("ops"))).fields().values()) {
      bytes += integer((Node.Obj) kind, "bytes");
    }
    assertThat(bytes).isEqualTo(4096);
    assertThat(integer(info, "patchBytes")).isEqualTo(Files.size(Path.of(at("p"))));
  }

  @Test
  void theBenchMeasuresEveryPairAgainstWhatIsInstalled() throws IOException {
    Files.createDirectories(folder.resolve("pairs/some-head"));
    model("pairs/some-head/old.bin", 0);
    model("pairs/some-head/new.bin", 5);

    Outcome rows = run("delta", "bench", at("pairs"), "--json");
    Outcome table = run("delta", "bench", at("pairs"), "--tools", "none");

    assertThat(rows.status).as(rows.err).isZero();
    assertThat(rows.out).hasLineCount(1);
    Node.Obj row = json(rows.out);
    assertThat(row.fields().keySet())
        .startsWith("pair", "newBytes", "patchBytes", "tools")
        .endsWith("createSeconds", "applySeconds", "applyPeakBytes", "verified");
    assertThat(integer(row, "newBytes")).isEqualTo(4096);
    assertThat(integer(row, "applyPeakBytes")).isBetween(0L, 16L << 20);
    assertThat(table.out).contains("some-head").contains("best+256").contains("1 pairs");
  }

  @Test
  void aPairOrAToolThatIsNotThereIsNamed() throws IOException {
    Files.createDirectories(folder.resolve("pairs"));

    assertThat(run("delta", "bench", at("pairs")).status).isEqualTo(Code.NOT_FOUND.exitCode());
    assertThat(run("delta", "bench", at("pairs"), "--tools", "rar").err).contains("no such tool");
    assertThat(run("delta", "bench").status).isEqualTo(Code.BAD_INPUT.exitCode());
  }

  private static Node.Obj json(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return (Node.Obj) Json.parse(bytes, DataSize.kib(64), "standard output");
  }

  private static long integer(Node.Obj object, String name) {
    return ((Node.Int) Objects.requireNonNull(object.fields().get(name))).value();
  }

  // Noise, with some bytes in the middle changed.
  private Path model(String name, int change) throws IOException {
    byte[] bytes = new byte[4096];
    new SplittableRandom(3).nextBytes(bytes);
    for (int i = 2000; i < 2050; i++) bytes[i] += (byte) change;
    return Files.write(folder.resolve(name), bytes);
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  private static Outcome run(String... command) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int status =
        Main.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Map.of("PATH", "/usr/bin"),
            command);
    return new Outcome(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8).strip());
  }
}
