package dev.hatchery.server.deltas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Compatibility;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.FileEntry.Kind;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.server.releases.Release;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What devices lack, and from what it could be made. */
final class NeedsTest {
  private static final int LARGE = 100_000;
  private static final int SMALL = 16 * 1024;

  private static final FileEntry MODEL_1 = file("model.onnx", LARGE, "m1", Kind.WEIGHT);
  private static final FileEntry MODEL_2 = file("model.onnx", LARGE + 1, "m2", Kind.WEIGHT);
  private static final FileEntry LABELS = file("labels.txt", LARGE, "labels", Kind.CONFIG);
  private static final Release ONE = release("m@1.0.0", MODEL_1, LABELS);
  private static final Release TWO = release("m@2.0.0", MODEL_2, LABELS);

  @Test
  void whatIsHereIsNotLacked() {
    assertThat(Lack.of(TWO, List.of(ONE))).extracting(Lack::file).containsExactly(MODEL_2);
    assertThat(Lack.of(TWO, List.of(TWO))).isEmpty();
    assertThat(Lack.of(TWO, List.of()))
        .extracting(Lack::file)
        .containsExactlyInAnyOrder(MODEL_2, LABELS, sbom());
  }

  @Test
  void aBaseIsTheFileOfTheSamePathElseTheNearestOfTheKind() {
    FileEntry moved = file("v2/model.onnx", LARGE, "moved", Kind.WEIGHT);
    FileEntry far = file("extra.onnx", 5 * LARGE, "far", Kind.WEIGHT);
    Release target = release("m@3.0.0", moved);
    Release held = release("m@2.5.0", MODEL_1, far, LABELS);
    assertThat(bases(target, held)).containsExactly(MODEL_1);
    assertThat(bases(TWO, held)).containsExactly(MODEL_1);
    FileEntry doc = file("guide.pdf", LARGE, "doc", Kind.DOC);
    assertThat(bases(release("m@4.0.0", doc), held)).isEmpty();
  }

  @Test
  void theRunningReleaseIsThoughtOfBeforeTheLastKnownGood() {
    FileEntry older = file("model.onnx", LARGE, "m0", Kind.WEIGHT);
    Release zero = release("m@0.1.0", older);
    List<Lack> lacks = Lack.of(TWO, List.of(ONE, zero));
    Lack model = lacks.stream().filter(l -> l.file().equals(MODEL_2)).findFirst().orElseThrow();
    assertThat(model.bases()).extracting(Lack.Base::file).containsExactly(MODEL_1, older);
    assertThat(model.bases().getFirst().release()).isEqualTo(ONE.id());
  }

  @Test
  void aSmallFileIsFetchedWhole() {
    FileEntry before = file("model.onnx", SMALL, "s1", Kind.WEIGHT);
    FileEntry after = file("model.onnx", SMALL, "s2", Kind.WEIGHT);
    FileEntry larger = file("model.onnx", SMALL + 1, "s3", Kind.WEIGHT);
    Release held = release("m@1.0.0", before);
    assertThat(wanted(release("m@1.1.0", after), held)).isEmpty();
    assertThat(wanted(release("m@1.1.0", larger), held)).hasSize(1);
  }

  @Test
  void whatServesTheMostDevicesComesFirst() {
    FileEntry older = file("model.onnx", LARGE, "m0", Kind.WEIGHT);
    Release zero = release("m@0.1.0", older, LABELS);
    var needs = new Needs();
    needs.count(TWO, List.of(zero), 2);
    needs.count(TWO, List.of(ONE), 5);
    needs.count(TWO, List.of(release("m@0.0.1", LABELS)), 7);
    assertThat(needs.wanted())
        .containsExactly(
            new Delta(pair(Optional.empty()), MODEL_2.size(), 7, Delta.PENDING),
            new Delta(pair(Optional.of(MODEL_1.sha256())), MODEL_2.size(), 5, Delta.PENDING),
            new Delta(pair(Optional.of(older.sha256())), MODEL_2.size(), 2, Delta.PENDING));
  }

  private static Pair pair(Optional<Digest> base) {
    return new Pair(TWO.id().name(), MODEL_2.sha256(), base);
  }

  private static List<Delta> wanted(Release target, Release held) {
    var needs = new Needs();
    needs.count(target, List.of(held), 1);
    return needs.wanted();
  }

  private static List<FileEntry> bases(Release target, Release held) {
    return Lack.of(target, List.of(held)).stream()
        .flatMap(lack -> lack.bases().stream())
        .map(Lack.Base::file)
        .toList();
  }

  private static FileEntry sbom() {
    return file("sbom.json", 10, "sbom", Kind.SBOM);
  }

  private static FileEntry file(String path, long size, String content, Kind kind) {
    return new FileEntry(path, size, digest(content), kind);
  }

  private static Release release(String id, FileEntry... files) {
    List<FileEntry> all = Stream.concat(Stream.of(files), Stream.of(sbom())).toList();
    var manifest =
        new Manifest(
            Manifest.Kind.MODEL,
            ReleaseId.parse(id),
            1,
            all,
            "abc",
            "none",
            Map.of(),
            Compatibility.ANY,
            Optional.empty(),
            "sbom.json",
            Optional.empty());
    return new Release(digest(id), manifest, 500, List.of(), List.of(), Instant.EPOCH);
  }

  private static Digest digest(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
