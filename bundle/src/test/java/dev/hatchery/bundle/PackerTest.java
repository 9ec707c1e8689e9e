package dev.hatchery.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.bundle.sign.Refused;
import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PackerTest {
  @TempDir Path folder;
  private Workbench bench;

  @BeforeEach
  void lay() {
    bench = Workbench.in(folder);
  }

  @Test
  void aBundleHoldsWhatItsSpecNames() throws IOException {
    Bundle bundle = bench.pack("b");
    Manifest manifest = bundle.manifest();

    assertThat(Workbench.tree(bundle.folder()))
        .containsOnlyKeys(
            "/",
            "manifest.json",
            "signatures/",
            "files/",
            "files/model.onnx",
            "files/config/",
            "files/config/labels.txt",
            "files/config/thresholds.json",
            "files/golden.json",
            "files/sbom.cdx.json");
    assertThat(manifest.release()).hasToString("inspection@1.2.0");
    assertThat(manifest.releaseCounter()).isEqualTo(3);
    assertThat(manifest.quantization()).isEqualTo("int8-static");
    assertThat(manifest.sbom()).isEqualTo("sbom.cdx.json");
    assertThat(manifest.files())
        .extracting(FileEntry::path)
        .containsExactly(
            "config/labels.txt",
            "config/thresholds.json",
            "golden.json",
            "model.onnx",
            "sbom.cdx.json");
    FileEntry model = manifest.file(Manifest.MODEL_FILE).orElseThrow();
    assertThat(bundle.file(model)).hasSameBinaryContentAs(folder.resolve("out/model.onnx"));
    assertThat(model.size()).isEqualTo(400_000);
    assertThat(model.sha256()).isEqualTo(Digest.of(Files.readAllBytes(bundle.file(model))));
    assertThat(bundle.digest())
        .isEqualTo(Digest.of(Files.readAllBytes(folder.resolve("b/manifest.json"))));
    FileSet.verify(bundle.filesFolder(), manifest);
  }

  @Test
  void theSameInputsGiveTheSameBytesWheneverAndWhereverTheyArePacked() throws IOException {
    Bundle one = bench.pack("one");
    Workbench elsewhere = Workbench.in(Files.createDirectory(folder.resolve("elsewhere")));
    Files.setLastModifiedTime(
        elsewhere.folder().resolve("labels.txt"), FileTime.from(Instant.EPOCH));
    Bundle two = elsewhere.pack("two");

    assertThat(Workbench.tree(two.folder())).isEqualTo(Workbench.tree(one.folder()));
    assertThat(two.digest()).isEqualTo(one.digest());
  }

  @Test
  void theOrderInTheSpecDoesNotMatter() {
    Bundle one = bench.pack("one");
    String first =
        Workbench.SPEC.substring(
            Workbench.SPEC.indexOf("  - path: model"),
            Workbench.SPEC.indexOf("  - path: config/labels"));
    String swapped = Workbench.SPEC.replace(first, "").replace("card:", first + "card:");
    assertThat(swapped).isNotEqualTo(Workbench.SPEC);

    assertThat(Packer.pack(bench.spec(swapped), folder.resolve("two")).digest())
        .isEqualTo(one.digest());
  }

  @Test
  void anotherByteGivesAnotherDigest() {
    Bundle one = bench.pack("one");
    bench.write("labels.txt", "good\nscratch\nDent\n");

    assertThat(bench.pack("two").digest()).isNotEqualTo(one.digest());
  }

  @Test
  void whatIsThereIsNeverReplaced() throws IOException {
    Path there = Files.createDirectory(folder.resolve("b"));

    Refused.with(Code.CONFLICT, () -> bench.pack("b"));

    assertThat(there).isEmptyDirectory();
  }

  @Test
  void aPackThatFailsLeavesNothingBehind() throws IOException {
    BundleSpec spec = bench.spec();
    Files.delete(folder.resolve("golden.json"));
    var before = Workbench.tree(folder).keySet();

    Refused.with(Code.STORAGE, () -> Packer.pack(spec, folder.resolve("b")));

    assertThat(Workbench.tree(folder).keySet()).isEqualTo(before);
  }

  @Test
  void aBundlesFolderIsForEveryoneToRead() throws IOException {
    bench.pack("b");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("b"))))
        .isEqualTo("rwxr-xr-x");
  }
}
