package dev.hatchery.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Bytes;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SbomTest {
  @TempDir Path folder;

  @Test
  void anSbomSaysWhatIsKnownAndNothingElse() {
    BundleSpec spec = Workbench.in(folder).spec();
    Digest weights = Bytes.utf8("weights").digest();
    var file = new FileEntry("model.onnx", 7, weights, FileEntry.Kind.WEIGHT);

    String sbom = new String(Sbom.write(spec, List.of(file)), UTF_8);

    // Valid against the CycloneDX 1.6 JSON schema.
    assertThat(sbom.replaceAll("\\s", ""))
        .isEqualTo(
            """
            {"bomFormat":"CycloneDX","specVersion":"1.6",
            "serialNumber":"urn:uuid:@UUID@","version":1,
            "metadata":{"component":{"type":"machine-learning-model","bom-ref":"inspection@1.2.0",
            "name":"inspection","version":"1.2.0",
            "hashes":[{"alg":"SHA-256","content":"@HASH@"}],
            "licenses":[{"expression":"Apache-2.0"}],
            "modelCard":{"modelParameters":{"task":"image-classification",
            "modelArchitecture":"convolutionalnetwork,4layers",
            "datasets":[{"type":"dataset","name":"proceduralsurfaces"}]},
            "quantitativeAnalysis":{"performanceMetrics":[{"type":"accuracy","value":"0.981"},
            {"type":"recall","value":"0.97"}]},
            "properties":[{"name":"hatchery:kind","value":"model"},
            {"name":"hatchery:quantization","value":"int8-static"},
            {"name":"hatchery:releaseCounter","value":"3"},
            {"name":"hatchery:trainingCommit","value":"4f60505c0ffee"}]}}},
            "components":[{"type":"file","bom-ref":"files/model.onnx","name":"model.onnx",
            "hashes":[{"alg":"SHA-256","content":"@HASH@"}]}]}\
            """
                .replace("\n", "")
                .replace("@HASH@", weights.hex())
                .replace("@UUID@", uuid(sbom)));
    assertThat(uuid(sbom))
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  }

  @Test
  void itsSerialNumberFollowsItsContent() {
    BundleSpec spec = Workbench.in(folder).spec();

    assertThat(uuid(sbom(spec, "one"))).isEqualTo(uuid(sbom(spec, "one")));
    assertThat(uuid(sbom(spec, "one"))).isNotEqualTo(uuid(sbom(spec, "two")));
  }

  @Test
  void theHashesInAnSbomAreThoseOfTheFiles() throws IOException {
    Bundle bundle = Workbench.in(folder).pack("b");
    String sbom = Files.readString(folder.resolve("b/files/sbom.cdx.json"));

    for (FileEntry file : bundle.manifest().files()) {
      boolean own = file.path().equals(bundle.manifest().sbom());
      assertThat(sbom.contains(file.sha256().hex())).as(file.path()).isEqualTo(!own);
    }
  }

  @Test
  void firmwareIsNoModel() {
    Workbench bench = Workbench.in(folder);
    BundleSpec spec = bench.spec(Workbench.SPEC.replace("kind: model", "kind: firmware"));
    assertThat(spec.kind()).isEqualTo(Manifest.Kind.FIRMWARE);

    assertThat(sbom(spec, "image")).contains("\"firmware\"").doesNotContain("modelCard");
  }

  private static String sbom(BundleSpec spec, String content) {
    var file = new FileEntry("model.onnx", 7, Bytes.utf8(content).digest(), FileEntry.Kind.WEIGHT);
    return new String(Sbom.write(spec, List.of(file)), UTF_8);
  }

  private static String uuid(String sbom) {
    return sbom.replaceAll("(?s).*urn:uuid:([0-9a-f-]+).*", "$1");
  }
}
