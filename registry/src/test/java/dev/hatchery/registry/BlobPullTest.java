package dev.hatchery.registry;

import static dev.hatchery.registry.Bench.OTHER;
import static dev.hatchery.registry.Bench.REPO;
import static dev.hatchery.registry.Bench.bytes;
import static dev.hatchery.registry.Bench.content;
import static dev.hatchery.registry.Bench.header;
import static dev.hatchery.registry.Bench.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Digest;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BlobPullTest {
  private static final Digest BLOB = Digest.of(bytes("0123456789"));
  private static final String PATH = "/inspection/blobs/" + BLOB;

  private final Bench bench;

  BlobPullTest(@TempDir Path folder) {
    bench = new Bench(folder);
  }

  @BeforeEach
  void push() {
    bench.pushBlob(REPO, bytes("0123456789"));
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void aBlobComesWholeAndMayBeCachedForEver() {
    OciResponse response = bench.get(PATH).answer(200);

    assertThat(text(response)).isEqualTo("0123456789");
    assertThat(response.headers())
        .containsEntry("Content-Length", "10")
        .containsEntry("Content-Type", "application/octet-stream")
        .containsEntry("Docker-Content-Digest", BLOB.toString())
        .containsEntry("ETag", "\"" + BLOB + "\"")
        .containsEntry("Accept-Ranges", "bytes")
        .containsEntry("Cache-Control", "max-age=31536000, immutable")
        .containsEntry("Docker-Distribution-API-Version", "registry/2.0");
  }

  @Test
  void aHeadHasTheHeadersOfTheGetAndNoBody() {
    OciResponse response = bench.call("HEAD", PATH).header("Range", "bytes=2-3").answer(200);

    assertThat(content(response)).isEmpty();
    assertThat(response.headers()).isEqualTo(bench.get(PATH).answer(200).headers());
  }

  @Test
  void aRangeIsSentAsThatPart() {
    OciResponse response = bench.get(PATH).header("range", "bytes=7-").answer(206);

    assertThat(text(response)).isEqualTo("789");
    assertThat(header(response, "Content-Range")).isEqualTo("bytes 7-9/10");
    assertThat(header(response, "Content-Length")).isEqualTo("3");
    assertThat(header(response, "ETag")).isEqualTo("\"" + BLOB + "\"");
  }

  @Test
  void aRangeBeyondTheEndIs416AndSaysHowLongTheBlobIs() {
    OciResponse response = bench.get(PATH).header("Range", "bytes=10-").answer(416);

    assertThat(header(response, "Content-Range")).isEqualTo("bytes */10");
  }

  @Test
  void aRangeUnderAnotherEntityTagIsNotApplied() {
    assertThat(
            text(
                bench
                    .get(PATH)
                    .header("Range", "bytes=7-")
                    .header("If-Range", "\"" + BLOB + "\"")
                    .answer(206)))
        .isEqualTo("789");
    assertThat(
            text(
                bench
                    .get(PATH)
                    .header("Range", "bytes=7-")
                    .header("If-Range", "\"other\"")
                    .answer(200)))
        .isEqualTo("0123456789");
  }

  @Test
  void whoHasTheBlobAlreadyIsToldSo() {
    OciResponse response =
        bench
            .get(PATH)
            .header("If-None-Match", "\"x\", W/\"" + BLOB + "\"")
            .header("Range", "bytes=99-")
            .answer(304);

    assertThat(content(response)).isEmpty();
    assertThat(header(response, "ETag")).isEqualTo("\"" + BLOB + "\"");
    bench.get(PATH).header("If-None-Match", "\"" + Digest.of(bytes("x")) + "\"").answer(200);
    bench.get(PATH).header("If-None-Match", "*").answer(304);
  }

  @Test
  void anUnknownBlobIsUnknown() {
    bench.get("/inspection/blobs/" + Digest.of(bytes("nothing"))).refused(404, "BLOB_UNKNOWN");
    assertThat(
            content(bench.call("HEAD", "/inspection/blobs/" + Digest.of(bytes("x"))).answer(404)))
        .isEmpty();
  }

  @Test
  void aBlobOfAnotherRepositoryIsUnknownHere() {
    bench.get("/llm/blobs/" + BLOB).refused(404, "BLOB_UNKNOWN");

    bench.store.give(OTHER, BLOB);

    bench.get("/llm/blobs/" + BLOB).answer(200);
  }

  @Test
  void aDigestMayComePercentEncoded() {
    bench.get("/inspection/blobs/sha256%3A" + BLOB.hex()).answer(200);
    bench.get("/inspection/blobs/sha256%3a" + BLOB.hex()).answer(200);
  }

  @Test
  void namesAndDigestsThatAreNoneAreRefused() {
    String hex = BLOB.hex();
    for (String path :
        new String[] {
          "/../blobs/sha256:" + hex,
          "/%2e%2e/blobs/sha256:" + hex,
          "/a/../inspection/blobs/sha256:" + hex,
          "//blobs/sha256:" + hex,
          "/Inspection/blobs/sha256:" + hex,
          "/team/inspection/blobs/sha256:" + hex,
          "/inspection\u0000/blobs/sha256:" + hex
        }) {
      bench.get(path).refused(400, "NAME_INVALID");
    }
    for (String digest :
        new String[] {
          "sha256:..%2f..%2findex.json",
          "sha256:" + hex.toUpperCase(java.util.Locale.ROOT),
          "sha256:" + hex.substring(1),
          "sha512:" + hex,
          hex,
          "sha256:"
        }) {
      bench.get("/inspection/blobs/" + digest).refused(400, "DIGEST_INVALID");
    }
    bench.get("/inspection/blobs/sha256:../../index.json").refused(404, "UNSUPPORTED");
  }

  @Test
  void whatTheSpecDoesNotHaveIsUnsupported() {
    bench.get("/_catalog").refused(404, "UNSUPPORTED");
    bench.get("/" + "x".repeat(2000)).refused(404, "UNSUPPORTED");
    bench.call("DELETE", PATH).refused(405, "UNSUPPORTED");
    assertThat(header(bench.call("DELETE", PATH).answer(405), "Allow")).isEqualTo("GET, HEAD");
  }

  @Test
  void theBaseSaysThatThisIsARegistry() {
    assertThat(text(bench.get("/").answer(200))).isEqualTo("{}");
    bench.get("").answer(200);
  }
}
