package dev.hatchery.client.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OciDocumentTest {
  private static final Descriptor SUBJECT =
      Descriptor.of(Media.IMAGE_MANIFEST, "subject".getBytes(StandardCharsets.UTF_8));

  private static OciDocument parse(String json) {
    return OciDocument.parse(json.getBytes(StandardCharsets.UTF_8), Optional.empty(), "manifest");
  }

  @Test
  void aManifestReadsBackAsItWasWritten() {
    ImageManifest manifest =
        new ImageManifest(
            Media.IMAGE_MANIFEST,
            Optional.of(Media.MODEL_ARTIFACT),
            Descriptor.of(Media.EMPTY, BundleArtifact.EMPTY_CONFIG),
            List.of(SUBJECT.with(Map.of("a", "1", "b", "2"))),
            Optional.of(SUBJECT),
            Map.of("note", "ünïcode"));

    assertThat(OciDocument.parse(manifest.bytes(), Optional.empty(), "manifest"))
        .isEqualTo(manifest);
    ImageIndex index =
        new ImageIndex(
            Media.IMAGE_INDEX,
            Optional.of("type"),
            List.of(manifest.describe(manifest.bytes())),
            Optional.of(SUBJECT),
            Map.of("note", "x"));
    assertThat(OciDocument.parse(index.bytes(), Optional.empty(), "index")).isEqualTo(index);
  }

  @Test
  void theEmptyConfigIsTheOneOfTheImageSpec() {
    assertThat(Digest.of(BundleArtifact.EMPTY_CONFIG))
        .hasToString("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
  }

  @Test
  void whatOtherToolsAddIsReadOver() {
    OciDocument read =
        parse(
            """
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",
             "novelty":[1,2.5,null],"annotations":null,
             "manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":7,
               "digest":"%s","platform":{"os":"linux"},"data":"eyJ9","urls":[]}]}\
            """
                .formatted(SUBJECT.digest()));

    assertThat(read)
        .isEqualTo(
            ImageIndex.of(List.of(Descriptor.of(Media.IMAGE_MANIFEST, SUBJECT.digest(), 7))));
    assertThat(
            parse(
                "{\"schemaVersion\":2,\"mediaType\":\""
                    + Media.IMAGE_INDEX
                    + "\",\"manifests\":null}"))
        .isEqualTo(ImageIndex.of(List.of()));
  }

  @Test
  void withoutAnArtifactTypeTheConfigTells() {
    ImageManifest manifest =
        new ImageManifest(
            Media.IMAGE_MANIFEST,
            Optional.empty(),
            Descriptor.of("application/vnd.oci.image.config.v1+json", new byte[0]),
            List.of(),
            Optional.empty(),
            Map.of());

    assertThat(manifest.describe(manifest.bytes()).artifactType())
        .contains("application/vnd.oci.image.config.v1+json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "{}",
        "{\"schemaVersion\":2}",
        "{\"mediaType\":\"text/plain\",\"schemaVersion\":2}",
        "{\"mediaType\":7,\"schemaVersion\":2}",
        "{\"mediaType\":\"application/vnd.oci.image.index.v1+json\"}",
        "{\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"schemaVersion\":1}",
        "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"schemaVersion\":2}",
        "{\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"schemaVersion\":2,"
            + "\"manifests\":[{\"mediaType\":\"\",\"digest\":\"sha256:0\",\"size\":-1}]}"
      })
  void whatIsNoManifestIsRefused(String json) {
    assertThatThrownBy(() -> parse(json)).isInstanceOf(Refusal.class);
  }

  @Test
  void whateverComesTheOnlyFailureIsARefusal() {
    byte[] good = BundleArtifact.signature(SUBJECT, new byte[] {1}, "a.sigstore.json").bytes();
    int read = 0;
    for (int seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = Arrays.copyOf(good, good.length - random.nextInt(2) * random.nextInt(40));
      for (int i = random.nextInt(4); i > 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        assertThat(OciDocument.parse(bytes, Optional.empty(), "seed " + seed)).isNotNull();
        read++;
      } catch (Refusal refusal) {
        assertThat(refusal.getMessage()).isNotEmpty();
      }
    }
    assertThat(read).isBetween(1000, 15_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "-x", "a/b", "a b", "ä", "sha256:00", ":"})
  void aReferenceIsATagOrADigest(String text) {
    assertThatThrownBy(() -> Reference.parse(text)).isInstanceOf(Refusal.class);
  }

  @Test
  void aColonMakesAReferenceADigest() {
    assertThat(Reference.parse(SUBJECT.digest().toString()))
        .isEqualTo(Reference.of(SUBJECT.digest()));
    assertThat(Reference.parse("1.0.0-rc.1")).isEqualTo(Reference.tag("1.0.0-rc.1"));
    assertThatThrownBy(() -> Reference.tag("x".repeat(129))).isInstanceOf(Refusal.class);
  }
}
