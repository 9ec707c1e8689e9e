package dev.hatchery.registry;

import static dev.hatchery.registry.Bench.OTHER;
import static dev.hatchery.registry.Bench.REPO;
import static dev.hatchery.registry.Bench.bytes;
import static dev.hatchery.registry.Bench.content;
import static dev.hatchery.registry.Bench.header;
import static dev.hatchery.registry.Bench.location;
import static dev.hatchery.registry.Bench.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.client.oci.Descriptor;
import dev.hatchery.client.oci.ImageIndex;
import dev.hatchery.client.oci.Media;
import dev.hatchery.core.Digest;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManifestTest {
  private final Bench bench;

  ManifestTest(@TempDir Path folder) {
    bench = new Bench(folder);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void aManifestIsPulledByTagAndByDigest() {
    byte[] manifest = bench.artifact(REPO, "model", Optional.empty());
    OciResponse created = bench.putManifest(REPO, "1.0.0", manifest).answer(201);
    String digest = Digest.of(manifest).toString();
    assertThat(location(created)).isEqualTo("/inspection/manifests/" + digest);
    assertThat(header(created, "Docker-Content-Digest")).isEqualTo(digest);

    OciResponse byTag = bench.get("/inspection/manifests/1.0.0").answer(200);
    OciResponse byDigest = bench.get("/inspection/manifests/" + digest).answer(200);

    assertThat(content(byTag)).isEqualTo(manifest);
    assertThat(content(byDigest)).isEqualTo(manifest);
    assertThat(byTag.headers())
        .containsEntry("Content-Type", Media.IMAGE_MANIFEST)
        .containsEntry("Docker-Content-Digest", digest)
        .containsEntry("ETag", "\"" + digest + "\"")
        .containsEntry("Cache-Control", "no-cache");
    assertThat(header(byDigest, "Cache-Control")).contains("immutable");
    OciResponse head = bench.call("HEAD", "/inspection/manifests/1.0.0").answer(200);
    assertThat(content(head)).isEmpty();
    assertThat(head.headers()).isEqualTo(byTag.headers());
    bench
        .get("/inspection/manifests/1.0.0")
        .header("If-None-Match", "\"" + digest + "\"")
        .answer(304);
  }

  @Test
  void whatIsNotThereIsUnknown() {
    bench.pushArtifact(REPO, "1.0.0", "model");

    bench.get("/inspection/manifests/2.0.0").refused(404, "MANIFEST_UNKNOWN");
    bench.get("/llm/manifests/1.0.0").refused(404, "MANIFEST_UNKNOWN");
    bench.get("/inspection/manifests/.no-tag").refused(404, "MANIFEST_UNKNOWN");
    bench
        .get("/inspection/manifests/" + Digest.of(bytes("model")))
        .refused(404, "MANIFEST_UNKNOWN");
    bench.get("/inspection/manifests/sha256:12").refused(400, "DIGEST_INVALID");
  }

  @Test
  void aReleasesTagNeverMoves() {
    Digest first = bench.pushArtifact(REPO, "1.0.0", "model");
    byte[] other = bench.artifact(REPO, "other model", Optional.empty());

    bench.putManifest(REPO, "1.0.0", other).refused(409, "DENIED");

    assertThat(header(bench.get("/inspection/manifests/1.0.0").answer(200), "ETag"))
        .isEqualTo("\"" + first + "\"");
    bench.get("/inspection/manifests/" + Digest.of(other)).refused(404, "MANIFEST_UNKNOWN");
    bench.putManifest(REPO, "2.0.0-rc.1", other).answer(201);
    bench
        .putManifest(REPO, "2.0.0-rc.1", bench.artifact(REPO, "third", Optional.empty()))
        .refused(409, "DENIED");
  }

  @Test
  void pushingTheSameReleaseAgainIsNoMove() {
    Digest digest = bench.pushArtifact(REPO, "1.0.0", "model");

    assertThat(bench.pushArtifact(REPO, "1.0.0", "model")).isEqualTo(digest);
  }

  @Test
  void aTagThatIsNoVersionMayMoveAndTheOldManifestStays() {
    Digest first = bench.pushArtifact(REPO, "latest", "model");
    Digest second = bench.pushArtifact(REPO, "latest", "other model");

    assertThat(header(bench.get("/inspection/manifests/latest").answer(200), "ETag"))
        .isEqualTo("\"" + second + "\"");
    bench.get("/inspection/manifests/" + first).answer(200);
  }

  @Test
  void aManifestMustNotNameBlobsThatAreNotThere() {
    byte[] manifest = bench.artifact(OTHER, "model", Optional.empty());

    OciResponse refused = bench.putManifest(REPO, "1.0.0", manifest).answer(404);

    assertThat(text(refused))
        .contains("MANIFEST_BLOB_UNKNOWN")
        .contains("{\"digest\":\"" + Digest.of(bytes("model")) + "\"}")
        .contains("{\"digest\":\"" + Digest.of(bytes("{}")) + "\"}");
    bench.get("/inspection/manifests/1.0.0").refused(404, "MANIFEST_UNKNOWN");
    bench.get("/inspection/manifests/" + Digest.of(manifest)).refused(404, "MANIFEST_UNKNOWN");
  }

  @Test
  void aManifestMustNotLieAboutSizes() {
    String manifest =
        new String(
                bench.artifact(REPO, "model", Optional.empty()),
                java.nio.charset.StandardCharsets.UTF_8)
            .replace("\"size\":5", "\"size\":6");

    bench.putManifest(REPO, "1.0.0", bytes(manifest)).refused(400, "MANIFEST_INVALID");
  }

  @Test
  void layersThatLiveElsewhereNeedNotBeThere() {
    bench.pushBlob(REPO, bytes("{}"));
    String manifest =
        """
        {"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.empty.v1+json",
        "digest":"%s","size":2},"layers":[{"digest":"%s","size":9,"urls":["https://x.example/"],
        "mediaType":"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"}]}\
        """
            .formatted(Digest.of(bytes("{}")), Digest.of(bytes("far away")));

    bench.putManifest(REPO, "far", bytes(manifest)).answer(201);
  }

  @Test
  void aManifestUnderItsDigestMustHaveIt() {
    byte[] manifest = bench.artifact(REPO, "model", Optional.empty());

    bench
        .putManifest(REPO, Digest.of(bytes("other")).toString(), manifest)
        .refused(400, "DIGEST_INVALID");
    bench.putManifest(REPO, Digest.of(manifest).toString(), manifest).answer(201);

    assertThat(bench.store.catalog().tags(REPO)).isEmpty();
  }

  @Test
  void whatIsNoManifestIsRefused() {
    byte[] good = bench.artifact(REPO, "model", Optional.empty());
    for (String bad :
        List.of(
            "",
            "{",
            "[]",
            "{}",
            "\"\\ud800\"",
            "{\"schemaVersion\":1}",
            "{\"schemaVersion\":2}",
            "{\"schemaVersion\":2,\"config\":{},\"layers\":[]}",
            "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"x\",\"digest\":\"sha256:1\",\"size\":1}}",
            "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\"}",
            "[".repeat(5000))) {
      bench.putManifest(REPO, "latest", bytes(bad)).refused(400, "MANIFEST_INVALID");
    }
    bench.putManifest(REPO, "-no-tag", good).refused(400, "MANIFEST_INVALID");
    bench
        .call("PUT", "/inspection/manifests/latest")
        .header("Content-Type", "text/plain")
        .body(good)
        .refused(400, "MANIFEST_INVALID");
    bench
        .call("PUT", "/inspection/manifests/latest")
        .body(bytes("{\"schemaVersion\":2}"))
        .refused(400, "MANIFEST_INVALID");
    assertThat(bench.store.catalog().tags(REPO)).isEmpty();
  }

  @Test
  void aManifestOfAnotherLengthThanSaidIsRefused() {
    byte[] manifest = bench.artifact(REPO, "model", Optional.empty());

    bench
        .call("PUT", "/inspection/manifests/latest")
        .header("Content-Type", Media.IMAGE_MANIFEST)
        .header("Content-Length", manifest.length + 1)
        .body(new ByteArrayInputStream(manifest))
        .refused(400, "SIZE_INVALID");
    byte[] large = new byte[(int) Bench.LIMITS.manifest().bytes() + 1];
    bench.putManifest(REPO, "latest", large).refused(413, "SIZE_INVALID");
    bench
        .call("PUT", "/inspection/manifests/latest")
        .body(new ByteArrayInputStream(large))
        .refused(413, "SIZE_INVALID");
  }

  @Test
  void anIndexNamesManifestsOfItsRepository() {
    byte[] manifest = bench.artifact(REPO, "model", Optional.empty());
    Descriptor listed = Descriptor.of(Media.IMAGE_MANIFEST, manifest);
    byte[] index = ImageIndex.of(List.of(listed)).bytes();
    Bench.Call push =
        bench
            .call("PUT", "/inspection/manifests/all")
            .header("Content-Type", Media.IMAGE_INDEX + "; charset=utf-8");

    push.body(index).refused(404, "MANIFEST_BLOB_UNKNOWN");
    bench.pushManifest(REPO, listed.digest().toString(), manifest);
    push.body(index).answer(201);

    assertThat(header(bench.get("/inspection/manifests/all").answer(200), "Content-Type"))
        .isEqualTo(Media.IMAGE_INDEX);
  }

  @Test
  void aReferrerMayComeBeforeItsSubject() {
    byte[] subject = bench.artifact(REPO, "model", Optional.empty());
    Descriptor about = Descriptor.of(Media.IMAGE_MANIFEST, subject);
    byte[] signature = bench.artifact(REPO, "signature", Optional.of(about));
    String referrers = "/inspection/referrers/" + about.digest();
    assertThat(text(bench.get(referrers).answer(200))).contains("\"manifests\":[]");

    OciResponse created =
        bench.putManifest(REPO, Digest.of(signature).toString(), signature).answer(201);
    assertThat(header(created, "OCI-Subject")).isEqualTo(about.digest().toString());
    bench.pushManifest(REPO, "1.0.0", subject);

    OciResponse listed = bench.get(referrers).answer(200);
    assertThat(header(listed, "Content-Type")).isEqualTo(Media.IMAGE_INDEX);
    assertThat(text(listed))
        .contains("\"digest\":\"" + Digest.of(signature) + "\"")
        .contains("\"size\":" + signature.length)
        .contains("\"artifactType\":\"application/vnd.example+type\"")
        .contains("\"annotations\":{\"note\":\"signature\"}");
  }

  @Test
  void referrersAreFilteredByTheirType() {
    Descriptor about = Descriptor.of(Media.IMAGE_MANIFEST, bytes("subject"));
    byte[] signature = bench.artifact(REPO, "signature", Optional.of(about));
    bench.pushManifest(REPO, Digest.of(signature).toString(), signature);
    String referrers = "/inspection/referrers/" + about.digest() + "?artifactType=";

    OciResponse same = bench.get(referrers + "application/vnd.example+type").answer(200);
    OciResponse other = bench.get(referrers + "application/other").answer(200);

    assertThat(text(same)).contains(Digest.of(signature).toString());
    assertThat(text(other)).contains("\"manifests\":[]");
    assertThat(header(other, "OCI-Filters-Applied")).isEqualTo("artifactType");
  }

  @Test
  void aReferrerWithEndlessAnnotationsIsRefused() {
    Descriptor about = Descriptor.of(Media.IMAGE_MANIFEST, bytes("subject"));
    byte[] large = bench.artifact(REPO, "x".repeat(9000), Optional.of(about));
    byte[] plain = bench.artifact(REPO, "x".repeat(9000), Optional.empty());

    bench.putManifest(REPO, "large", large).refused(400, "MANIFEST_INVALID");
    bench.putManifest(REPO, "large", plain).answer(201);
  }

  @Test
  void aManifestHasOnlySoManyReferrers() {
    Descriptor about = Descriptor.of(Media.IMAGE_MANIFEST, bytes("subject"));
    RegistryLimits limits =
        new RegistryLimits(
            Bench.LIMITS.blob(), Bench.LIMITS.manifest(), 3, Bench.LIMITS.idleUpload(), 10, 1000);
    Catalog catalog = bench.store.catalog();
    for (int i = 0; i < 128; i++)
      catalog = catalog.with(REPO, Optional.empty(), referrer(i, about), limits);
    Catalog full = catalog;

    assertThatThrownBy(() -> full.with(REPO, Optional.empty(), referrer(128, about), limits))
        .hasMessageContaining("FORBIDDEN")
        .hasMessageContaining("128");
  }

  private static CatalogEntry referrer(int n, Descriptor about) {
    return new CatalogEntry(
        Descriptor.of(Media.IMAGE_MANIFEST, bytes("referrer " + n)), Optional.of(about.digest()));
  }

  @Test
  void tagsAndManifestsHaveALimit() {
    for (int i = 0; i < 10; i++) bench.pushArtifact(REPO, "1.0." + i, "model");

    bench
        .putManifest(REPO, "1.0.10", bench.artifact(REPO, "model", Optional.empty()))
        .refused(403, "DENIED");

    bench.pushArtifact(REPO, "1.0.9", "model");
    for (int i = 11; i < 100; i++) {
      byte[] manifest = bench.artifact(REPO, "model " + i, Optional.empty());
      bench.pushManifest(REPO, Digest.of(manifest).toString(), manifest);
    }
    byte[] manifest = bench.artifact(OTHER, "too many", Optional.empty());
    bench.putManifest(OTHER, Digest.of(manifest).toString(), manifest).refused(403, "DENIED");
  }
}
