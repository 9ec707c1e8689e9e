package dev.hatchery.registry;

import static dev.hatchery.registry.Bench.OTHER;
import static dev.hatchery.registry.Bench.REPO;
import static dev.hatchery.registry.Bench.bytes;
import static dev.hatchery.registry.Bench.content;
import static dev.hatchery.registry.Bench.header;
import static dev.hatchery.registry.Bench.location;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BlobPushTest {
  private static final byte[] CONTENT = bytes("0123456789");
  private static final Digest DIGEST = Digest.of(CONTENT);

  private final Path folder;
  private final Bench bench;

  BlobPushTest(@TempDir Path folder) {
    this.folder = folder;
    this.bench = new Bench(folder);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private String begin() {
    OciResponse begun = bench.call("POST", "/inspection/blobs/uploads/").answer(202);
    assertThat(header(begun, "Range")).isEqualTo("0-0");
    return location(begun);
  }

  private Bench.Call patch(String session, String range, String chunk) {
    return bench.call("PATCH", session).header("Content-Range", range).body(bytes(chunk));
  }

  private void assertPushed() {
    assertThat(content(bench.get("/inspection/blobs/" + DIGEST).answer(200))).isEqualTo(CONTENT);
  }

  private void assertNothingVisible() throws IOException {
    bench.get("/inspection/blobs/" + DIGEST).refused(404, "BLOB_UNKNOWN");
    try (Stream<Path> blobs = Files.list(folder.resolve("blobs/sha256"))) {
      assertThat(blobs).isEmpty();
    }
  }

  @Test
  void aBlobIsPushedInOneRequest() {
    OciResponse created =
        bench.call("POST", "/inspection/blobs/uploads/?digest=" + DIGEST).body(CONTENT).answer(201);

    assertThat(location(created)).isEqualTo("/inspection/blobs/" + DIGEST);
    assertThat(header(created, "Docker-Content-Digest")).isEqualTo(DIGEST.toString());
    assertPushed();
  }

  @Test
  void aBlobIsPushedByPostThenPut() {
    String session = begin();

    OciResponse created =
        bench.call("PUT", session + "?digest=" + DIGEST).body(CONTENT).answer(201);

    assertThat(location(created)).isEqualTo("/inspection/blobs/" + DIGEST);
    assertPushed();
    bench.get(session).refused(404, "BLOB_UPLOAD_UNKNOWN");
  }

  @Test
  void aBlobIsPushedInChunksAndTheLastMayComeWithThePut() {
    String session = begin();

    OciResponse first = patch(session, "0-3", "0123").answer(202);
    assertThat(header(first, "Range")).isEqualTo("0-3");
    assertThat(location(first)).isEqualTo(session);
    patch(session, "4-8", "45678").answer(202);
    OciResponse status = bench.get(session).answer(204);
    assertThat(header(status, "Range")).isEqualTo("0-8");
    bench
        .call("PUT", session + "?digest=" + DIGEST)
        .header("Content-Range", "9-9")
        .body(bytes("9"))
        .answer(201);

    assertPushed();
  }

  @Test
  void aBlobOfUnknownLengthIsStreamedInOnePatch() {
    String session = begin();

    bench.call("PATCH", session).body(new ByteArrayInputStream(CONTENT)).answer(202);
    bench.call("PUT", session + "?digest=" + DIGEST).answer(201);

    assertPushed();
  }

  @Test
  void aChunkOutOfOrderIs416AndSaysWhereWeAre() {
    String session = begin();
    patch(session, "0-3", "0123").answer(202);

    for (String range : new String[] {"5-9", "0-3", "3-9", "4-3", "4", "bytes 4-9", "-9", "a-b"}) {
      patch(session, range, "456789").refused(416, "BLOB_UPLOAD_INVALID");
    }

    assertThat(header(patch(session, "5-9", "56789").answer(416), "Range")).isEqualTo("0-3");
    patch(session, "4-9", "456789").answer(202);
    bench.call("PUT", session + "?digest=" + DIGEST).answer(201);
    assertPushed();
  }

  @Test
  void aChunkOfAnotherLengthThanSaidIsNotTaken() {
    String session = begin();

    patch(session, "0-3", "01234").refused(400, "SIZE_INVALID");
    bench
        .call("PATCH", session)
        .header("Content-Range", "0-9")
        .body(new ByteArrayInputStream(bytes("0123")))
        .refused(400, "SIZE_INVALID");
    bench
        .call("PATCH", session)
        .header("Content-Length", 10)
        .body(new ByteArrayInputStream(bytes("0123")))
        .refused(400, "SIZE_INVALID");

    assertThat(header(bench.get(session).answer(204), "Range")).isEqualTo("0-0");
    patch(session, "0-9", "0123456789").answer(202);
    bench.call("PUT", session + "?digest=" + DIGEST).answer(201);
    assertPushed();
  }

  @Test
  void aChunkThatBreaksOffIsTakenBackAndMayBeSentAgain() {
    String session = begin();
    patch(session, "0-3", "0123").answer(202);

    bench
        .call("PATCH", session)
        .header("Content-Range", "4-9")
        .body(Streams.broken(bytes("45")))
        .refused(400, "BLOB_UPLOAD_INVALID");

    assertThat(header(bench.get(session).answer(204), "Range")).isEqualTo("0-3");
    patch(session, "4-9", "456789").answer(202);
    bench.call("PUT", session + "?digest=" + DIGEST).answer(201);
    assertPushed();
  }

  @Test
  void aWrongDigestIsRefusedAndLeavesNothing() throws IOException {
    String wrong = Digest.of(bytes("other")).toString();
    String session = begin();
    patch(session, "0-9", "0123456789").answer(202);

    bench.call("PUT", session + "?digest=" + wrong).refused(400, "DIGEST_INVALID");
    bench
        .call("POST", "/inspection/blobs/uploads/?digest=" + wrong)
        .body(CONTENT)
        .refused(400, "DIGEST_INVALID");

    bench.get("/inspection/blobs/" + wrong).refused(404, "BLOB_UNKNOWN");
    assertNothingVisible();
    bench.get(session).refused(404, "BLOB_UPLOAD_UNKNOWN");
    try (Stream<Path> left = Files.list(folder.resolve("hatchery/uploads"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void anUploadWithoutADigestIsNotFinishedAndNotLost() {
    String session = begin();
    patch(session, "0-9", "0123456789").answer(202);

    bench.call("PUT", session).refused(400, "DIGEST_INVALID");
    bench.call("PUT", session + "?digest=md5:abc").refused(400, "DIGEST_INVALID");

    bench.call("PUT", session + "?digest=" + DIGEST).answer(201);
    assertPushed();
  }

  @Test
  void aBlobAboveTheLimitIsRefusedBeforeAndWhileItComes() throws IOException {
    byte[] large = new byte[(int) DataSize.mib(1).bytes() + 1];
    String path = "/inspection/blobs/uploads/?digest=" + Digest.of(large);

    bench.call("POST", path).body(large).refused(413, "SIZE_INVALID");
    bench.call("POST", path).body(new ByteArrayInputStream(large)).refused(413, "SIZE_INVALID");
    bench
        .call("PATCH", begin())
        .header("Content-Length", Long.MAX_VALUE / 10)
        .refused(413, "SIZE_INVALID");

    assertNothingVisible();
    byte[] largest = new byte[(int) DataSize.mib(1).bytes()];
    bench.pushBlob(REPO, largest);
  }

  @Test
  void aCancelledUploadIsGone() {
    String session = begin();

    bench.call("DELETE", session).answer(204);

    bench.get(session).refused(404, "BLOB_UPLOAD_UNKNOWN");
    bench.call("DELETE", session).refused(404, "BLOB_UPLOAD_UNKNOWN");
  }

  @Test
  void anUploadBelongsToItsRepository() {
    String session = begin();

    bench.get(session.replace("/inspection/", "/llm/")).refused(404, "BLOB_UPLOAD_UNKNOWN");
  }

  @Test
  void onlySoManyUploadsAreUnderWayAtOnce() {
    String first = begin();
    begin();
    begin();

    bench.call("POST", "/inspection/blobs/uploads/").refused(429, "TOOMANYREQUESTS");
    bench
        .call("POST", "/inspection/blobs/uploads/?digest=" + DIGEST)
        .body(CONTENT)
        .refused(429, "TOOMANYREQUESTS");

    bench.call("PUT", first + "?digest=" + DIGEST).body(CONTENT).answer(201);
    begin();
  }

  @Test
  void idleUploadsAreForgottenAndMakeRoom() {
    String idle = begin();
    begin();
    bench.pass(Duration.ofMinutes(40));
    String busy = begin();
    bench.pass(Duration.ofMinutes(40));

    begin();
    begin();

    bench.get(idle).refused(404, "BLOB_UPLOAD_UNKNOWN");
    bench.get(busy).answer(204);
  }

  @Test
  void twoRequestsDoNotWriteToOneUploadAtOnce() throws InterruptedException {
    String session = begin();
    var reading = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    InputStream slow = Streams.waiting(reading, goOn);
    Thread first = Thread.ofVirtual().start(() -> bench.call("PATCH", session).body(slow).answer());
    reading.await();

    bench.call("PATCH", session).body(CONTENT).refused(409, "BLOB_UPLOAD_INVALID");
    bench.call("DELETE", session).refused(409, "BLOB_UPLOAD_INVALID");

    goOn.countDown();
    first.join();
    patch(session, "0-9", "0123456789").answer(202);
  }

  @Test
  void aBlobIsMountedFromARepositoryThatTheSenderMayRead() {
    bench.pushBlob(OTHER, CONTENT);
    String mount = "/inspection/blobs/uploads/?mount=" + DIGEST + "&from=llm";

    OciResponse mounted = bench.call("POST", mount).answer(201);

    assertThat(location(mounted)).isEqualTo("/inspection/blobs/" + DIGEST);
    assertPushed();
  }

  @Test
  void whatCannotBeMountedIsUploaded() {
    bench.pushBlob(OTHER, CONTENT);
    Access blind = new Rights(true, Set.of("inspection"), Set.of("inspection"));
    String mount = "/inspection/blobs/uploads/?mount=" + DIGEST;

    bench.call("POST", mount + "&from=llm").as(blind).answer(202);
    bench.call("POST", mount + "&from=inspection").answer(202);
    bench.call("POST", mount).answer(202);

    bench.get("/inspection/blobs/" + DIGEST).refused(404, "BLOB_UNKNOWN");
  }

  @Test
  void theEmptyBlobIsABlob() {
    Digest empty = Digest.of(new byte[0]);

    bench.call("PUT", begin() + "?digest=" + empty).answer(201);

    OciResponse response = bench.get("/inspection/blobs/" + empty).answer(200);
    assertThat(content(response)).isEmpty();
    assertThat(header(response, "Content-Length")).isEqualTo("0");
  }
}
