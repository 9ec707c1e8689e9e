package dev.hatchery.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VocabularyTest {
  private static final String HEX =
      "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

  @Test
  void aDigestIsThatOfTheBytes() {
    assertThat(Digest.of(new byte[] {'{', '}'})).hasToString("sha256:" + HEX);
    assertThat(Digest.parse("sha256:" + HEX)).isEqualTo(new Digest(HEX));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sha256:", "sha256:ABC", "sha512:" + HEX, "sha256:" + HEX + "0"})
  void whatIsNoDigestIsRefused(String text) {
    assertThatThrownBy(() -> Digest.parse(text)).isInstanceOf(Refusal.class);
  }

  @ParameterizedTest
  @CsvSource({
    "1.0.0, 1.0.1",
    "1.9.0, 1.10.0",
    "1.0.0-rc.1, 1.0.0",
    "1.0.0-rc.2, 1.0.0-rc.10",
    "1.0.0-1, 1.0.0-a",
    "1.0.0-rc, 1.0.0-rc.1",
    "2.0.0, 10.0.0"
  })
  void versionsStandInSemversOrder(String lower, String higher) {
    assertThat(Version.parse(lower)).isLessThan(Version.parse(higher)).hasToString(lower);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1", "1.0", "01.0.0", "1.0.0+build", "1.0.0-", "v1.0.0", "1.0.9999999999"})
  void whatIsNoVersionIsRefused(String text) {
    assertThatThrownBy(() -> Version.parse(text))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining(text);
  }

  @Test
  void aVersionRangeHoldsWhenAllItsBoundsDo() {
    VersionRange range = VersionRange.parse(">=1.20 <2");

    assertThat(range.contains(Version.parse("1.20.0"))).isTrue();
    assertThat(range.contains(Version.parse("1.29.3"))).isTrue();
    assertThat(range.contains(Version.parse("2.0.0"))).isFalse();
    assertThat(range.contains(Version.parse("1.19.9"))).isFalse();
    assertThatThrownBy(() -> VersionRange.parse("~1.2")).isInstanceOf(Refusal.class);
  }

  @Test
  void aNameIsSafeAsAFolder() {
    assertThat(new Name("inspection-v2.int8")).hasToString("inspection-v2.int8");
    for (String bad : List.of("", "..", "a..b", "A", "a/b", "-a", "a-", "a".repeat(64), "ä")) {
      assertThatThrownBy(() -> new Name(bad)).as(bad).isInstanceOf(Refusal.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"0 B,0", "64 KiB,65536", "1MiB,1048576", "1500 B,1500"})
  void sizesAreReadInBinaryUnits(String text, long bytes) {
    DataSize size = DataSize.parse(text);

    assertThat(size.bytes()).isEqualTo(bytes);
    assertThat(DataSize.parse(size.toString())).isEqualTo(size);
  }

  @Test
  void durationsReadBackAsTheyWereWritten() {
    for (long ms : new long[] {0, 250, 1000, 90_000, 60_000, 3_600_000, 86_400_000}) {
      Duration d = Duration.ofMillis(ms);
      assertThat(Durations.parse(Durations.format(d))).isEqualTo(d);
    }
    assertThatThrownBy(() -> Durations.parse("5 minutes")).isInstanceOf(Refusal.class);
  }

  @Test
  void selectorsTakeWhatKubernetesWouldTake() {
    Labels labels = new Labels(Map.of("site", "oslo", "network", "lte", "camera", ""));

    assertThat(Selector.parse("").matches(labels)).isTrue();
    assertThat(Selector.parse("site=oslo, network in (lte,sat)").matches(labels)).isTrue();
    assertThat(Selector.parse("site==oslo,camera,!lab").matches(labels)).isTrue();
    assertThat(Selector.parse("power!=solar").matches(labels)).isTrue();
    assertThat(Selector.parse("network notin (lte)").matches(labels)).isFalse();
    assertThat(Selector.parse("lab").matches(labels)).isFalse();
    assertThat(Selector.parse("site = bergen").matches(labels)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {",", "a=b,,c", "a in b", "a in (b", "a in ((b))", "=b", "a=b c", "!", "a in ()x"})
  void whatIsNoSelectorIsRefused(String text) {
    assertThatThrownBy(() -> Selector.parse(text)).isInstanceOf(Refusal.class);
  }

  @Test
  void selectorsReadBackAsTheyWereWritten() {
    Selector selector =
        Selector.parse("site=oslo, network in (sat,lte), power!=solar, x notin (a,b), cam, !lab");

    assertThat(Selector.parse(selector.toString())).isEqualTo(selector);
  }

  @Test
  void aBundleListsItsSbomAndNoFileTwice() {
    FileEntry model = file("model.onnx", FileEntry.Kind.WEIGHT);
    FileEntry sbom = file("sbom.cdx.json", FileEntry.Kind.SBOM);

    assertThat(manifest(List.of(sbom, model)).files()).containsExactly(model, sbom);
    assertThatThrownBy(() -> manifest(List.of(model))).hasMessageContaining("MISSING_FILE");
    assertThatThrownBy(() -> manifest(List.of(model, sbom, file("Model.onnx", FileEntry.Kind.DOC))))
        .hasMessageContaining("UNSAFE_PATH");
    assertThatThrownBy(
            () -> manifest(List.of(model, sbom, file("model.onnx/x", FileEntry.Kind.DOC))))
        .hasMessageContaining("also a folder");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/a", "a/", "a//b", "../a", "a/../b", "a\\b", "a b", "a\nb", "é", "./a"})
  void aFileStaysInsideItsBundle(String path) {
    assertThatThrownBy(() -> file(path, FileEntry.Kind.DOC)).hasMessageContaining("UNSAFE_PATH");
  }

  @Test
  void aQuantileIsWrongByAtMostATenth() {
    LatencyHistogram histogram = LatencyHistogram.EMPTY;
    for (int ms = 1; ms <= 1000; ms++) {
      histogram =
          histogram.plus(new LatencyHistogram(Map.of(LatencyHistogram.bucketOf(ms / 1000.0), 1L)));
    }

    assertThat(histogram.total()).isEqualTo(1000);
    assertThat(histogram.quantile(0.95)).isBetween(0.950, 0.950 * 1.1);
    assertThat(histogram.quantile(0.5)).isBetween(0.500, 0.500 * 1.1);
    assertThat(LatencyHistogram.EMPTY.quantile(0.5)).isNaN();
  }

  @Test
  void aBucketThatStraddlesATimeCountsAsLonger() {
    int bucket = LatencyHistogram.bucketOf(0.1);
    var histogram = new LatencyHistogram(Map.of(bucket - 1, 5L, bucket, 3L, bucket + 1, 2L));

    assertThat(histogram.longerThan(0.1)).isEqualTo(5);
    assertThat(histogram.longerThan(LatencyHistogram.bound(bucket))).isEqualTo(2);
    assertThat(LatencyHistogram.EMPTY.longerThan(0)).isZero();
  }

  @Test
  void everyLatencyLiesWithinItsBucketsBounds() {
    for (double s = 1e-5; s < 200; s *= 1.037) {
      int bucket = LatencyHistogram.bucketOf(s);
      assertThat(s).isLessThanOrEqualTo(LatencyHistogram.bound(bucket) * (1 + 1e-9));
      if (bucket > 0) assertThat(s).isGreaterThan(LatencyHistogram.bound(bucket - 1) * (1 - 1e-9));
    }
  }

  @Test
  void aSecretDoesNotShowItself() {
    Secret secret = new Secret("hunter2");

    assertThat(secret)
        .hasToString("***")
        .isEqualTo(new Secret("hunter2"))
        .isNotEqualTo(new Secret("hunter3"));
  }

  @Test
  void aRefusalSaysWhatWasExpectedWhatCameWhereAndWhatToDo() {
    Refusal refusal =
        Refusal.of(Code.NO_SPACE, "the disk is full")
            .at("/data")
            .expected("100 MiB")
            .got("a\nforged line")
            .fix("free some");

    assertThat(refusal)
        .hasMessage(
            "NO_SPACE the disk is full at /data (expected 100 MiB, got a?forged line): free some");
    assertThat(refusal.code().exitCode()).isNotZero();
  }

  @Test
  void aStageOfAShareIsRoundedUpAndNeverMoreThanTheFleet() {
    assertThat(new RolloutSpec.Percent(10).of(7)).isEqualTo(1);
    assertThat(new RolloutSpec.Percent(30).of(10)).isEqualTo(3);
    assertThat(new RolloutSpec.Percent(100).of(7)).isEqualTo(7);
    assertThat(new RolloutSpec.Count(5).of(3)).isEqualTo(3);
  }

  @Test
  void dssePreAuthEncodingIsThatOfTheSpecification() {
    byte[] pae =
        Envelope.preAuthEncoding(
            "http://example.com/HelloWorld", Bytes.utf8("hello world").toArray());

    assertThat(Bytes.of(pae).utf8())
        .isEqualTo("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  }

  private static FileEntry file(String path, FileEntry.Kind kind) {
    return new FileEntry(path, 3, Digest.of(new byte[] {1, 2, 3}), kind);
  }

  private static Manifest manifest(List<FileEntry> files) {
    return new Manifest(
        Manifest.Kind.MODEL,
        ReleaseId.parse("inspection@1.0.0"),
        1,
        files,
        "abc",
        "none",
        Map.of(),
        Compatibility.ANY,
        Optional.empty(),
        "sbom.cdx.json",
        Optional.empty());
  }
}
