package dev.hatchery.server.deltas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Compatibility;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.delta.make.DeltaMaker;
import dev.hatchery.registry.FolderStore;
import dev.hatchery.registry.RegistryLimits;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** External data is read as what its model says it is. */
final class TrayTest {
  private static final Name REPO = new Name("m");
  private static final byte[] OLD = TwoFileModel.weights();
  private static final byte[] NOW = TwoFileModel.trainedOn(OLD);

  @TempDir private Path folder;
  private FolderStore content;

  @BeforeEach
  void open() {
    content = FolderStore.open(folder.resolve("registry"), RegistryLimits.usual());
    put(TwoFileModel.graph());
    put(OLD);
    put(NOW);
  }

  @AfterEach
  void close() {
    content.close();
  }

  @Test
  void aPatchOfExternalDataKnowsItsTensors() throws Exception {
    Path old = Files.write(folder.resolve("old"), OLD);
    Path now = Files.write(folder.resolve("now"), NOW);
    long blind = DeltaMaker.make(old, now, folder.resolve("blind")).patchBytes();
    List<Path> given = new ArrayList<>();
    Maker maker =
        (base, target, patch) -> {
          given.add(base.orElseThrow());
          given.add(target);
          assertThat(target.resolveSibling("model.onnx")).hasBinaryContent(TwoFileModel.graph());
          DeltaMaker.make(base.orElseThrow(), target, patch);
        };

    Delta.State made = bench(maker).make(delta());

    assertThat(((Delta.Ready) made).size()).isLessThan(blind * 6 / 10);
    assertThat(given).hasSize(2).allMatch(file -> file.endsWith("weights.bin"));
    assertThat(folder.resolve("scratch")).isEmptyDirectory();
    assertThat(content.blob(Digest.of(OLD))).as("only its link is gone").isPresent();
    assertThat(content.blob(Digest.of(OLD)).orElseThrow().open(0)).hasBinaryContent(OLD);
  }

  @Test
  void aModelAndWhatHasNoModelBesideItAreUsedWhereTheyLie() throws Exception {
    Tray tray = new Tray(content, (_, file) -> Optional.of(bundle(file, "other/weights.bin")));
    Path laid = folder.resolve("laid");
    for (byte[] file : List.of(TwoFileModel.graph(), NOW)) {
      assertThat(tray.lay(REPO, Digest.of(file), laid))
          .contains(folder.resolve("registry/blobs/sha256/" + Digest.of(file).hex()));
    }
    assertThat(laid).doesNotExist();
  }

  @Test
  void aFileOfNoReleaseAndOneThatIsLostAreNoMatter() throws Exception {
    Tray tray = new Tray(content, (_, _) -> Optional.empty());
    assertThat(tray.lay(REPO, Digest.of(NOW), folder.resolve("a"))).isPresent();
    assertThat(tray.lay(REPO, Digest.of(new byte[1]), folder.resolve("b"))).isEmpty();
  }

  private Bench bench(Maker maker) {
    Tray tray = new Tray(content, (_, file) -> Optional.of(bundle(file, TwoFileModel.DATA)));
    return new Bench(
        content, tray, folder.resolve("scratch"), maker, InstantSource.fixed(Instant.EPOCH));
  }

  private static Delta delta() {
    return new Delta(
        new Pair(REPO, Digest.of(NOW), Optional.of(Digest.of(OLD))), NOW.length, 1, Delta.PENDING);
  }

  /** With this file as the data, unless it is the model. */
  private static Manifest bundle(Digest file, String data) {
    byte[] graph = TwoFileModel.graph();
    List<FileEntry> files = new ArrayList<>();
    files.add(entry(TwoFileModel.MODEL, graph.length, Digest.of(graph)));
    if (!file.equals(Digest.of(graph))) files.add(entry(data, NOW.length, file));
    return new Manifest(
        Manifest.Kind.MODEL,
        ReleaseId.parse("m@1.0.0"),
        100,
        files,
        "test",
        "none",
        Map.of(),
        Compatibility.ANY,
        Optional.empty(),
        TwoFileModel.MODEL,
        Optional.empty());
  }

  private static FileEntry entry(String path, long size, Digest digest) {
    return new FileEntry(path, size, digest, FileEntry.Kind.WEIGHT);
  }

  private void put(byte[] bytes) {
    content.put(new ByteArrayInputStream(bytes), Digest.of(bytes));
    content.give(REPO, Digest.of(bytes));
  }
}
