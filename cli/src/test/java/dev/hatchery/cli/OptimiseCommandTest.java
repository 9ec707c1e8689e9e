package dev.hatchery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.examples.inspection.Releases;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Optimisation, from the command line, of the example's own model. */
final class OptimiseCommandTest {
  @TempDir private Path folder;

  private record Outcome(int status, String out, String err) {}

  @BeforeEach
  void model() throws IOException {
    Files.write(folder.resolve("in.onnx"), new Releases(100, 100).baseline().onnx().toArray());
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  private static Outcome run(String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int status =
        Main.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Map.of(),
            args);
    return new Outcome(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aSmallerModelIsWrittenAndItsAnswersAreTold() throws IOException {
    Outcome told = run("optimise", at("in.onnx"), "-o", at("out.onnx"), "--to", "int8-weight");

    assertThat(told.status).as(told.err).isZero();
    assertThat(told.out).contains("int8-weight: 3 layers", "cosine 0.99", "of random inputs");
    assertThat(Files.size(Path.of(at("out.onnx"))))
        .isLessThan(Files.size(Path.of(at("in.onnx"))) / 2);
  }

  @Test
  void whatEachLayerCostsIsToldAndNothingIsWritten() {
    Outcome told = run("optimise", at("in.onnx"), "--to", "int8-weight", "--sensitivity", "--json");

    assertThat(told.status).as(told.err).isZero();
    assertThat(told.out).contains("\"conv1\"", "\"conv2\"", "\"logits\"");
    assertThat(folder).isDirectoryNotContaining("glob:**out*");
  }

  @Test
  void aGoalThatIsNoneIsRefusedWithTheNearestOne() {
    Outcome told = run("optimise", at("in.onnx"), "-o", at("out.onnx"), "--to", "int8-statik");

    assertThat(told.status).isEqualTo(Code.BAD_INPUT.exitCode());
    assertThat(told.err).contains("did you mean int8-static?");
  }

  @Test
  void nothingToDoIsRefusedWithWhatThereIs() {
    Outcome told = run("optimise", at("in.onnx"), "-o", at("out.onnx"));

    assertThat(told.status).isEqualTo(Code.BAD_INPUT.exitCode());
    assertThat(told.err).contains("--to GOAL, --prune HOW");
  }

  @Test
  void aFileThatIsThereIsNotReplaced() {
    Outcome told = run("optimise", at("in.onnx"), "-o", at("in.onnx"), "--to", "fp16");

    assertThat(told.status).isEqualTo(Code.CONFLICT.exitCode());
  }

  @Test
  void staticQuantisationAsksForData() {
    Outcome told = run("optimise", at("in.onnx"), "-o", at("out.onnx"), "--to", "int8-static");

    assertThat(told.status).isEqualTo(Code.BAD_INPUT.exitCode());
    assertThat(told.err).contains("data that the model is used on");
  }
}
