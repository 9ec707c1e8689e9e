package dev.hatchery.registry;

import static dev.hatchery.registry.Bench.OTHER;
import static dev.hatchery.registry.Bench.REPO;
import static dev.hatchery.registry.Bench.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.client.oci.Descriptor;
import dev.hatchery.client.oci.Media;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FolderStoreTest {
  private final Path folder;

  FolderStoreTest(@TempDir Path temp) {
    this.folder = temp.resolve("deep/registry");
  }

  private Bench open() {
    return new Bench(folder);
  }

  private static Digest put(ContentStore store, String content) {
    return store.put(new ByteArrayInputStream(bytes(content)), Digest.of(bytes(content))).digest();
  }

  private List<String> names(String below) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(below))) {
      return files.map(p -> String.valueOf(p.getFileName())).sorted().toList();
    }
  }

  @Test
  void theFolderIsAnImageLayoutFromTheStart() throws IOException {
    open().close();

    assertThat(folder.resolve("oci-layout")).hasContent("{\"imageLayoutVersion\":\"1.0.0\"}");
    assertThat(folder.resolve("index.json"))
        .hasContent(
            "{\"schemaVersion\":2,\"mediaType\":\"" + Media.IMAGE_INDEX + "\",\"manifests\":[]}");
    assertThat(folder.resolve("blobs/sha256")).isEmptyDirectory();
  }

  @Test
  void aBlobIsFoundByItsDigestAndReadFromAnyOffset() throws IOException {
    try (Bench bench = open()) {
      Digest digest = put(bench.store, "0123456789");

      Blob blob = bench.store.blob(digest).orElseThrow();
      assertThat(blob.size()).isEqualTo(10);
      assertThat(bench.store.size(digest)).isEqualTo(OptionalLong.of(10));
      assertThat(bench.store.exists(digest)).isTrue();
      try (InputStream in = blob.open(7)) {
        assertThat(in.readAllBytes()).isEqualTo(bytes("789"));
      }
      assertThat(folder.resolve("blobs/sha256/" + digest.hex())).hasContent("0123456789");
      assertThat(bench.store.exists(Digest.of(bytes("absent")))).isFalse();
    }
  }

  @Test
  void bytesWithAnotherDigestBecomeNoBlob() throws IOException {
    try (Bench bench = open()) {
      assertRefused(
          Code.HASH,
          () ->
              bench.store.put(
                  new ByteArrayInputStream(bytes("content")), Digest.of(bytes("other"))));

      assertThat(names("blobs/sha256")).isEmpty();
      assertThat(names("hatchery/uploads")).isEmpty();
    }
  }

  @Test
  void aStreamThatBreaksBecomesNoBlob() throws IOException {
    try (Bench bench = open()) {
      assertRefused(
          Code.TRUNCATED,
          () -> bench.store.put(Streams.broken(bytes("con")), Digest.of(bytes("content"))));

      assertThat(names("blobs/sha256")).isEmpty();
      assertThat(names("hatchery/uploads")).isEmpty();
    }
  }

  @Test
  void aHalfWrittenBlobIsNotSeenAfterACrashAndIsRemoved() throws IOException {
    byte[] content = bytes("content");
    try (Bench bench = open()) {
      // A crash: bytes were written, nobody committed, nobody cleaned up.
      Incoming abandoned = bench.store.receive();
      abandoned.append(new ByteArrayInputStream(content), OptionalLong.empty());
      assertThat(names("hatchery/uploads")).hasSize(1);
      assertThat(bench.store.exists(Digest.of(content))).isFalse();
    }

    try (Bench bench = open()) {
      assertThat(names("hatchery/uploads")).isEmpty();
      assertThat(bench.store.exists(Digest.of(content))).isFalse();
      assertThat(put(bench.store, "content")).isEqualTo(Digest.of(content));
    }
  }

  @Test
  void aHalfWrittenIndexIsNotSeenAfterACrash() throws IOException {
    try (Bench bench = open()) {
      bench.pushArtifact(REPO, "1.0.0", "model");
    }
    Files.writeString(folder.resolve("hatchery/uploads/7"), "{\"schemaVersion\":2,\"manif");

    try (Bench bench = open()) {
      assertThat(bench.store.catalog().tags(REPO)).containsExactly("1.0.0");
      assertThat(names("hatchery/uploads")).isEmpty();
    }
  }

  @Test
  void concurrentPushesOfOneBlobAreOneBlob() throws Exception {
    byte[] content = new byte[300_000];
    Digest digest = Digest.of(content);
    int pushers = 16;
    var together = new CountDownLatch(pushers);
    try (Bench bench = open();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Digest>> pushes = new ArrayList<>();
      for (int i = 0; i < pushers; i++) {
        pushes.add(
            () -> {
              together.countDown();
              together.await();
              Blob blob = bench.store.put(new ByteArrayInputStream(content), digest);
              bench.store.give(REPO, digest);
              assertThat(bench.store.holds(REPO, digest)).isTrue();
              return blob.digest();
            });
      }
      for (var done : threads.invokeAll(pushes)) assertThat(done.get()).isEqualTo(digest);

      assertThat(names("blobs/sha256")).containsExactly(digest.hex());
      assertThat(names("hatchery/holds/inspection")).containsExactly(digest.hex());
      assertThat(names("hatchery/uploads")).isEmpty();
      assertThat(bench.store.read(digest, DataSize.mib(1))).isEqualTo(content);
    }
  }

  @Test
  void concurrentPushesOfManifestsAreAllKept() throws Exception {
    int pushers = 8;
    var together = new CountDownLatch(pushers);
    try (Bench bench = open();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Void>> pushes = new ArrayList<>();
      for (int i = 0; i < pushers; i++) {
        String tag = "1.0." + i;
        byte[] manifest = bench.artifact(REPO, tag, Optional.empty());
        pushes.add(
            () -> {
              together.countDown();
              together.await();
              bench.pushManifest(REPO, tag, manifest);
              return null;
            });
      }
      for (var done : threads.invokeAll(pushes)) done.get();
    }

    try (Bench bench = open()) {
      assertThat(bench.store.catalog().tags(REPO)).hasSize(pushers);
    }
  }

  @Test
  void ofTwoThatReleaseOneVersionOneWins() throws Exception {
    int pushers = 8;
    var together = new CountDownLatch(pushers);
    try (Bench bench = open();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Integer>> pushes = new ArrayList<>();
      for (int i = 0; i < pushers; i++) {
        byte[] manifest = bench.artifact(REPO, "model " + i, Optional.empty());
        pushes.add(
            () -> {
              together.countDown();
              together.await();
              return bench.putManifest(REPO, "1.0.0", manifest).answer().status();
            });
      }
      List<Integer> answers = new ArrayList<>();
      for (var done : threads.invokeAll(pushes)) answers.add(done.get());

      assertThat(answers).containsOnlyOnce(201);
      assertThat(answers.stream().filter(status -> status == 409)).hasSize(pushers - 1);
    }
  }

  @Test
  void everythingIsThereAfterARestart() {
    Descriptor subject;
    byte[] referrer;
    try (Bench bench = open()) {
      byte[] manifest = bench.artifact(REPO, "model", Optional.empty());
      subject = Descriptor.of(Media.IMAGE_MANIFEST, manifest);
      bench.pushManifest(REPO, "1.0.0", manifest);
      bench.pushManifest(REPO, "latest", manifest);
      referrer = bench.artifact(REPO, "signature", Optional.of(subject));
      bench.pushManifest(REPO, Digest.of(referrer).toString(), referrer);
      bench.pushBlob(OTHER, bytes("not yet named by a manifest"));
    }

    try (Bench bench = open()) {
      bench.get("/inspection/manifests/1.0.0").answer(200);
      assertThat(bench.store.catalog().tags(REPO)).containsExactly("1.0.0", "latest");
      assertThat(bench.store.catalog().tag(REPO, "latest")).contains(subject.digest());
      assertThat(bench.store.catalog().referrers(REPO, subject.digest()))
          .containsExactly(
              Descriptor.of(Media.IMAGE_MANIFEST, referrer)
                  .with(Optional.of("application/vnd.example+type"))
                  .with(java.util.Map.of("note", "signature")));
      bench.get("/inspection/blobs/" + Digest.of(bytes("model"))).answer(200);
      bench.get("/llm/blobs/" + Digest.of(bytes("not yet named by a manifest"))).answer(200);
      bench.get("/llm/blobs/" + Digest.of(bytes("model"))).refused(404, "BLOB_UNKNOWN");
      bench
          .putManifest(REPO, "1.0.0", bench.artifact(REPO, "other", Optional.empty()))
          .refused(409, "DENIED");
    }
  }

  @Test
  void theIndexNamesTagsAsRepositoryColonTag() throws IOException {
    try (Bench bench = open()) {
      bench.pushArtifact(REPO, "1.0.0", "model");
    }

    assertThat(folder.resolve("index.json"))
        .content()
        .contains("\"org.opencontainers.image.ref.name\":\"inspection:1.0.0\"");
  }

  @Test
  void anOciManifestThatDoesNotSayItsTypeSurvivesARestart() {
    Digest digest;
    try (Bench bench = open()) {
      String typed =
          new String(bench.artifact(REPO, "model", Optional.empty()), StandardCharsets.UTF_8);
      byte[] untyped = bytes(typed.replace("\"mediaType\":\"" + Media.IMAGE_MANIFEST + "\",", ""));
      assertThat(untyped.length).isLessThan(typed.length());
      digest = bench.pushManifest(REPO, "1.0.0", untyped);
    }

    try (Bench bench = open()) {
      assertThat(bench.store.catalog().tag(REPO, "1.0.0")).contains(digest);
    }
  }

  @Test
  void aLayoutThatAnotherToolWroteIsTakenOver() throws IOException {
    try (Bench bench = open()) {
      bench.pushArtifact(REPO, "1.0.0", "model");
    }
    try (Stream<Path> ours = Files.walk(folder.resolve("hatchery"))) {
      for (Path path : ours.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
    }

    try (Bench bench = open()) {
      bench.get("/inspection/manifests/1.0.0").answer(200);
      bench.get("/inspection/blobs/" + Digest.of(bytes("model"))).answer(200);
    }
  }

  @Test
  void entriesOfOtherToolsStayInTheIndex() throws IOException {
    open().close();
    String foreign =
        "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"sha256:"
            + "0".repeat(64)
            + "\",\"size\":7,\"platform\":{\"os\":\"linux\"},"
            + "\"annotations\":{\"org.opencontainers.image.ref.name\":\"latest\"}}";
    String odd = "{\"not\":\"a descriptor\"}";
    Files.writeString(
        folder.resolve("index.json"),
        "{\"schemaVersion\":2,\"manifests\":[" + foreign + "," + odd + "]}");

    try (Bench bench = open()) {
      bench.pushArtifact(REPO, "1.0.0", "model");
    }

    assertThat(folder.resolve("index.json"))
        .content()
        .contains(foreign)
        .contains(odd)
        .contains("inspection:1.0.0");
  }

  @Test
  void aSpoiltManifestIsNotServedAndNotForgotten() throws IOException {
    Digest spoilt;
    try (Bench bench = open()) {
      spoilt = bench.pushArtifact(REPO, "1.0.0", "model");
      bench.pushArtifact(REPO, "1.0.1", "other");
      Files.writeString(folder.resolve("blobs/sha256/" + spoilt.hex()), "{}");
      bench.get("/inspection/manifests/1.0.0").refused(500, "UNKNOWN");
    }

    try (Bench bench = open()) {
      bench.get("/inspection/manifests/1.0.0").refused(404, "MANIFEST_UNKNOWN");
      bench.get("/inspection/manifests/1.0.1").answer(200);
    }
    assertThat(folder.resolve("index.json")).content().contains(spoilt.toString());
  }

  @Test
  void pushingASpoiltBlobAgainHealsIt() throws IOException {
    try (Bench bench = open()) {
      Digest digest = put(bench.store, "content");
      Files.writeString(folder.resolve("blobs/sha256/" + digest.hex()), "spoilt!");
      assertRefused(Code.STORAGE, () -> bench.store.read(digest, DataSize.kib(1)));

      put(bench.store, "content");

      assertThat(bench.store.read(digest, DataSize.kib(1))).isEqualTo(bytes("content"));
    }
  }

  @Test
  void aLinkInTheBlobFolderIsNoBlob(@TempDir Path elsewhere) throws IOException {
    Path secret = Files.writeString(elsewhere.resolve("secret"), "secret");
    try (Bench bench = open()) {
      Digest digest = Digest.of(bytes("secret"));
      Files.createSymbolicLink(folder.resolve("blobs/sha256/" + digest.hex()), secret);

      assertThat(bench.store.exists(digest)).isFalse();
    }
  }

  @Test
  void onlyOneProcessHasTheFolderOpen() {
    try (Bench bench = open()) {
      assertThat(bench.store.catalog().repositories()).isEmpty();
      assertRefused(Code.CONFLICT, () -> FolderStore.open(folder, Bench.LIMITS));
    }
    open().close();
  }

  @Test
  void aFolderThatIsNoLayoutWeReadIsRefusedAndLetGo() throws IOException {
    open().close();
    Files.writeString(folder.resolve("index.json"), "{ this is not JSON");
    assertRefused(Code.BAD_INPUT, () -> FolderStore.open(folder, Bench.LIMITS));

    Files.writeString(folder.resolve("index.json"), "{\"schemaVersion\":2,\"manifests\":[]}");
    Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"2.0.0\"}");
    assertRefused(Code.BAD_INPUT, () -> FolderStore.open(folder, Bench.LIMITS));

    Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\": \"1.0.0\"}\n");
    open().close();
  }

  @Test
  void aDiskThatFailsIsSaidToFail() throws IOException {
    try (Bench bench = open()) {
      Files.delete(folder.resolve("hatchery/uploads"));

      assertRefused(Code.STORAGE, bench.store::receive);
      bench.call("POST", "/inspection/blobs/uploads/").refused(500, "UNKNOWN");
      assertThat(Bench.text(bench.call("POST", "/inspection/blobs/uploads/").answer(500)))
          .doesNotContain(folder.toString());
    }
  }

  private static void assertRefused(
      Code code, org.assertj.core.api.ThrowableAssert.ThrowingCallable work) {
    assertThatThrownBy(work)
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }
}
