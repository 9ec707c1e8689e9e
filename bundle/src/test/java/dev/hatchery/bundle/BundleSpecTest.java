package dev.hatchery.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.bundle.sign.Refused;
import dev.hatchery.core.Code;
import dev.hatchery.core.Compatibility;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BundleSpecTest {
  @TempDir Path folder;
  private Workbench bench;

  @BeforeEach
  void lay() {
    bench = Workbench.in(folder);
  }

  @Test
  void aSpecIsReadWithEverythingItSays() {
    BundleSpec spec = bench.spec();

    assertThat(spec.release()).hasToString("inspection@1.2.0");
    assertThat(spec.compatibility().cpuArchs()).containsExactly("aarch64", "amd64");
    assertThat(spec.runtimeHints()).isEqualTo(Map.of("input", "image"));
    assertThat(spec.files().getFirst())
        .isEqualTo(
            new BundleSpec.Source(
                "model.onnx", folder.resolve("out/model.onnx"), FileEntry.Kind.WEIGHT));
    assertThat(spec.card().metrics()).isEqualTo(Map.of("accuracy", "0.981", "recall", "0.97"));
  }

  @Test
  void whatMayBeLeftOutHasADefault() {
    BundleSpec spec =
        bench.spec(
            """
            name: inspection
            version: 1.0.0
            releaseCounter: 1
            trainingCommit: abc
            files:
              - {path: labels.txt, kind: weight}
            """);

    assertThat(spec.kind()).isEqualTo(Manifest.Kind.MODEL);
    assertThat(spec.quantization()).isEqualTo("none");
    assertThat(spec.compatibility()).isEqualTo(Compatibility.ANY);
    assertThat(spec.card()).isEqualTo(ModelCard.EMPTY);
    assertThat(spec.files().getFirst().from()).isEqualTo(folder.resolve("labels.txt"));
  }

  @Test
  void anErrorNamesFileLineAndPath() {
    String yaml = folder.resolve("bundle.yaml").toString();

    assertThat(where("releaseCounter: 3", "releaseCounter: three"))
        .isEqualTo(yaml + ":4 releaseCounter");
    assertThat(where("kind: config", "kind: konfig")).isEqualTo(yaml + ":19 files[1].kind");
    assertThat(where("from: labels.txt", "from: lables.txt")).isEqualTo(yaml + ":18 files[1].from");
    assertThat(where("path: golden.json", "path: ../golden.json"))
        .isEqualTo(yaml + ":23 files[3].path");
    assertThat(where("task:", "tusk:")).isEqualTo(yaml + ":27 card.tusk");
    assertThat(where(">=1.20 <2", "about 1.20"))
        .isEqualTo(yaml + ":12 compatibility.runtimes.onnxruntime");
  }

  @Test
  void aRefusalSaysWhatToDo() {
    Refusal typo = refused(Code.BAD_INPUT, "quantization:", "quantisation:");
    assertThat(typo.problem().fix()).isEqualTo("did you mean quantization?");

    Refusal missing = refused(Code.BAD_SPEC, "from: labels.txt", "from: lables.txt");
    assertThat(missing.problem().got()).isEqualTo("lables.txt");
  }

  @Test
  void filesThatCannotStandInOneBundleAreRefused() {
    refused(Code.BAD_SPEC, "path: golden.json", "path: MODEL.onnx");
    refused(Code.BAD_SPEC, "path: golden.json", "path: sbom.cdx.json");
    refused(Code.BAD_SPEC, "kind: golden", "kind: sbom");
    refused(Code.BAD_SPEC, "kind: config", "kind: golden");
    refused(Code.UNSAFE_PATH, "path: golden.json", "path: /etc/passwd");
    String none = Workbench.SPEC.substring(0, Workbench.SPEC.indexOf("files:"));
    Refused.with(Code.BAD_SPEC, () -> bench.spec(none));
  }

  @Test
  void anAdapterAndOnlyAnAdapterNamesItsBase() {
    String base = "kind: adapter\nbase: " + Digest.of(new byte[0]);

    assertThat(bench.spec(Workbench.SPEC.replace("kind: model", base)).base()).isPresent();
    refused(Code.BAD_SPEC, "kind: model", "kind: adapter");
    refused(Code.BAD_SPEC, "kind: model", base.replace("adapter", "model"));
  }

  @Test
  void aProvenanceFileIsNamedInTheManifest() {
    String spec = Workbench.SPEC.replace("kind: golden", "kind: provenance");

    assertThat(Packer.pack(bench.spec(spec), folder.resolve("b")).manifest().provenance())
        .hasValue("golden.json");
  }

  @Test
  void aSpecThatIsNoneIsRefused() throws IOException {
    Refused.with(Code.NOT_FOUND, () -> BundleSpec.read(folder.resolve("none.yaml")));
    Refused.with(Code.BAD_INPUT, () -> bench.spec("a: [b"));
    Refused.with(Code.TOO_LARGE, () -> bench.spec("#".repeat(300_000)));
    Path binary = Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xff});
    Refused.with(Code.BAD_INPUT, () -> BundleSpec.read(binary));
  }

  private String where(String from, String to) {
    Refusal refusal =
        org.assertj.core.api.Assertions.catchThrowableOfType(
            Refusal.class, () -> bench.spec(changed(from, to)));
    assertThat(refusal).isNotNull();
    return refusal.problem().where();
  }

  private Refusal refused(Code code, String from, String to) {
    return Refused.with(code, () -> bench.spec(changed(from, to)));
  }

  private static String changed(String from, String to) {
    String changed = Workbench.SPEC.replaceFirst(Pattern.quote(from), to);
    assertThat(changed).isNotEqualTo(Workbench.SPEC);
    return changed;
  }
}
