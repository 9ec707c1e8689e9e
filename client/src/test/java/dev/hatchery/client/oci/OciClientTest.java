package dev.hatchery.client.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.client.oci.FaultyRegistry.Asked;
import dev.hatchery.client.oci.FaultyRegistry.Script;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a registry or the network may do wrong. The good path is tested against the real registry.
 */
final class OciClientTest {
  private static final Name REPO = new Name("inspection");
  private static final byte[] CONTENT = bytes("0123456789");
  private static final Digest DIGEST = Digest.of(CONTENT);
  private static final Patience SHORT =
      new Patience(Duration.ofMillis(500), Duration.ofMillis(500), DataSize.kib(64));

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) each.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private FaultyRegistry registry(Script script) {
    FaultyRegistry registry = new FaultyRegistry(script);
    open.add(registry);
    return registry;
  }

  private OciClient client(URI base, Patience patience) {
    OciClient client =
        new OciClient(base, Optional.of(new Secret("t0ken")), Optional.empty(), patience);
    open.add(client);
    return client;
  }

  private OciClient client(Script script) {
    return client(registry(script).uri(), Patience.usual());
  }

  private static Refusal assertRefused(Code code, ThrowingCallable work) {
    var seen = new ArrayList<Refusal>();
    assertThatThrownBy(work)
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> {
              assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(code);
              assertThat(refusal.getMessage()).doesNotContain("t0ken");
              seen.add(refusal);
            });
    return seen.getFirst();
  }

  @Test
  void aRegistryThatIsNotThereIsUnreachable() {
    FaultyRegistry gone = new FaultyRegistry(reply -> reply.send(200));
    gone.close();

    Refusal refusal =
        assertRefused(
            Code.UNREACHABLE, () -> client(gone.uri(), Patience.usual()).blobExists(REPO, DIGEST));

    assertThat(refusal.problem().where()).contains(gone.uri().toString());
    assertThat(refusal.problem().fix()).isNotEmpty();
  }

  @Test
  void aRegistryThatNeverAnswersIsSlow() {
    var never = new CountDownLatch(1);
    FaultyRegistry registry =
        registry(
            reply -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                reply.send(500);
              }
            });

    assertRefused(Code.SLOW, () -> client(registry.uri(), SHORT).tags(REPO));
  }

  @Test
  void aBodyThatStallsIsSlowAndLeavesNothing(@TempDir Path folder) {
    var never = new CountDownLatch(1);
    FaultyRegistry registry =
        registry(
            reply -> {
              reply.sendPart(200, CONTENT.length, bytes("0123"));
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });

    assertRefused(
        Code.SLOW,
        () ->
            client(registry.uri(), SHORT)
                .pullBlob(REPO, DIGEST, CONTENT.length, folder.resolve("blob")));

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aLargeTransferMayTakeLongerThanASmallOne() {
    assertThat(SHORT.forBytes(0)).isEqualTo(Duration.ofMillis(500));
    assertThat(SHORT.forBytes(64 * 1024 * 100)).isEqualTo(Duration.ofMillis(100_500));
  }

  @Test
  void aBodyThatBreaksOffIsTruncatedAndLeavesNothing(@TempDir Path folder) {
    OciClient client = client(reply -> reply.sendPart(200, CONTENT.length, bytes("0123")));

    assertRefused(
        Code.TRUNCATED,
        () -> client.pullBlob(REPO, DIGEST, CONTENT.length, folder.resolve("blob")));

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aBlobOfOtherBytesIsRefusedAndTheFileBeforeItStays(@TempDir Path folder) throws Exception {
    Path target = Files.writeString(folder.resolve("blob"), "before");
    OciClient wrong = client(reply -> reply.send(200, bytes("9876543210")));
    OciClient shorter = client(reply -> reply.send(200, bytes("0123")));
    OciClient longer = client(reply -> reply.send(200, bytes("0123456789a")));

    assertRefused(Code.HASH, () -> wrong.pullBlob(REPO, DIGEST, CONTENT.length, target));
    assertRefused(Code.TRUNCATED, () -> shorter.pullBlob(REPO, DIGEST, CONTENT.length, target));
    assertRefused(Code.SIZE, () -> longer.pullBlob(REPO, DIGEST, CONTENT.length, target));
    assertRefused(Code.HASH, () -> wrong.pullBlob(REPO, DIGEST, DataSize.kib(1)));
    assertThat(target).hasContent("before");
    assertThat(folder).isDirectoryNotContaining("glob:**.part");

    client(reply -> reply.send(200, CONTENT)).pullBlob(REPO, DIGEST, CONTENT.length, target);
    assertThat(target).hasContent("0123456789");
  }

  @Test
  void aFolderThatIsNotThereIsOurOwnFault(@TempDir Path folder) {
    OciClient client = client(reply -> reply.send(200, CONTENT));

    assertRefused(
        Code.STORAGE,
        () -> client.pullBlob(REPO, DIGEST, CONTENT.length, folder.resolve("no/such/blob")));
  }

  @Test
  void anEndlessAnswerIsCutOff() {
    OciClient client =
        client(
            reply -> {
              reply.exchange().sendResponseHeaders(200, 0);
              byte[] block = new byte[1 << 16];
              for (int i = 0; i < 1 << 16; i++) reply.exchange().getResponseBody().write(block);
            });

    assertRefused(Code.TOO_LARGE, () -> client.pullManifest(REPO, Reference.tag("1.0.0")));
    assertRefused(Code.TOO_LARGE, () -> client.pullBlob(REPO, DIGEST, DataSize.kib(256)));
    assertRefused(Code.TOO_LARGE, () -> client.tags(REPO));
  }

  @ParameterizedTest
  @CsvSource({
    "401, UNAUTHORIZED, UNAUTHENTICATED",
    "403, DENIED, FORBIDDEN",
    "404, NAME_UNKNOWN, NOT_FOUND",
    "409, DENIED, IMMUTABLE",
    "412, PRECONDITION, IMMUTABLE",
    "413, SIZE_INVALID, TOO_LARGE",
    "429, TOOMANYREQUESTS, RATE_LIMITED",
    "400, DIGEST_INVALID, HASH",
    "400, SIZE_INVALID, SIZE",
    "400, MANIFEST_BLOB_UNKNOWN, NOT_FOUND",
    "400, MANIFEST_INVALID, BAD_INPUT",
    "418, NOVELTY, BAD_INPUT",
    "507, UNKNOWN, NO_SPACE",
    "500, UNKNOWN, UNREACHABLE",
    "503, UNAVAILABLE, UNREACHABLE"
  })
  void anErrorOfTheSpecIsARefusalThatSaysWhatTheRegistrySaid(int status, String said, Code code) {
    OciClient client =
        client(
            reply ->
                reply.send(
                    status,
                    bytes(
                        "{\"errors\":[{\"code\":\""
                            + said
                            + "\",\"message\":\"in its words\",\"detail\":null}]}")));

    Refusal refusal = assertRefused(code, () -> client.tags(REPO));

    assertThat(refusal.problem().got()).isEqualTo(status + " " + said + " in its words");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>", "{}", "{\"errors\":{}}", "{\"errors\":[7]}", "\u0000"})
  void anErrorOfAnyOtherFormStillHasItsStatus(String body) {
    OciClient client = client(reply -> reply.send(403, bytes(body)));

    assertThat(assertRefused(Code.FORBIDDEN, () -> client.tags(REPO)).problem().got())
        .isEqualTo("403");
  }

  @Test
  void aBlobThatIsThereIsNotSentAgain() {
    FaultyRegistry registry = registry(reply -> reply.send(200));

    client(registry.uri(), Patience.usual()).pushBlob(REPO, CONTENT);

    assertThat(registry.asked)
        .extracting(Asked::line)
        .containsExactly("HEAD /v2/inspection/blobs/" + DIGEST);
  }

  @Test
  void theUploadGoesWhereTheRegistrySaysWithWhatItSays() {
    FaultyRegistry registry =
        registry(
            reply -> {
              switch (reply.exchange().getRequestMethod()) {
                case "HEAD" -> reply.send(404);
                case "POST" -> reply.header("Location", "/elsewhere/7?state=a%2Fb").send(202);
                default -> reply.send(201);
              }
            });

    client(registry.uri(), Patience.usual()).pushBlob(REPO, CONTENT);

    assertThat(registry.asked)
        .extracting(Asked::line)
        .contains(
            "POST /v2/inspection/blobs/uploads/",
            "PUT /elsewhere/7?state=a%2Fb&digest=sha256%3A" + DIGEST.hex());
  }

  @Test
  void theTokenGoesToTheRegistryAndNowhereElse(@TempDir Path folder) {
    FaultyRegistry store = registry(reply -> reply.send(200, CONTENT));
    FaultyRegistry registry =
        registry(reply -> reply.header("Location", store.uri() + "/bucket/x").send(307));

    client(registry.uri(), Patience.usual())
        .pullBlob(REPO, DIGEST, CONTENT.length, folder.resolve("blob"));

    assertThat(registry.asked).extracting(Asked::authorization).containsExactly("Bearer t0ken");
    assertThat(store.asked).containsExactly(new Asked("GET /bucket/x", ""));
  }

  @Test
  void redirectsEnd() {
    FaultyRegistry registry = registry(reply -> reply.header("Location", "/v2/again").send(302));

    assertRefused(
        Code.UNREACHABLE,
        () -> client(registry.uri(), Patience.usual()).pullBlob(REPO, DIGEST, DataSize.kib(1)));

    assertThat(registry.asked).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "http://", ":::", "mailto:x"})
  void anAddressThatIsNoneIsNotFollowed(String location) {
    OciClient client =
        client(
            reply -> {
              if (!location.isEmpty()) reply.header("Location", location);
              reply.send(reply.exchange().getRequestMethod().equals("HEAD") ? 404 : 202);
            });

    assertRefused(Code.UNREACHABLE, () -> client.pushBlob(REPO, CONTENT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://registry.example",
        "http://127.0.0.1.evil.example",
        "http://10.0.0.7:8080",
        "ftp://127.0.0.1",
        "registry.example",
        "/v2"
      })
  void aTokenDoesNotTravelInTheClear(String base) {
    assertRefused(Code.BAD_INPUT, () -> client(URI.create(base), Patience.usual()));
  }

  @Test
  void withoutATokenOrOnLoopbackPlainHttpWillDo() {
    for (String base : List.of("http://localhost:1", "http://127.3.2.1:1", "http://[::1]:1")) {
      client(URI.create(base), Patience.usual());
    }
    new OciClient(
            URI.create("http://registry.example"),
            Optional.empty(),
            Optional.empty(),
            Patience.usual())
        .close();
  }

  @Test
  void anAddressWithAPathKeepsRepositoriesBelowIt() {
    FaultyRegistry registry = registry(reply -> reply.send(200, bytes("{\"tags\":[]}")));

    client(registry.uri().resolve("/team/models/"), Patience.usual()).tags(REPO);

    assertThat(registry.asked)
        .extracting(Asked::line)
        .containsExactly("GET /v2/team/models/inspection/tags/list");
  }

  @Test
  void aManifestThatIsNotTheOneAskedForIsRefused() {
    byte[] manifest = ImageIndex.of(List.of()).bytes();
    OciClient client =
        client(reply -> reply.header("Content-Type", Media.IMAGE_INDEX).send(200, manifest));
    OciClient liar =
        client(
            reply -> reply.header("Docker-Content-Digest", DIGEST.toString()).send(200, manifest));

    assertRefused(Code.HASH, () -> client.pullManifest(REPO, Reference.of(DIGEST)));
    assertRefused(Code.HASH, () -> liar.pullManifest(REPO, Reference.tag("1.0.0")));
    assertThat(client.pullManifest(REPO, Reference.tag("1.0.0")).document())
        .isEqualTo(ImageIndex.of(List.of()));
  }

  @Test
  void tagsAreReadPageByPage() {
    OciClient client =
        client(
            reply -> {
              if (reply.line().endsWith("last=b")) {
                reply.send(200, bytes("{\"name\":\"inspection\",\"tags\":[\"c\"]}"));
              } else {
                reply
                    .header("Link", "</v2/inspection/tags/list?n=2&last=b>; rel=\"next\"")
                    .send(200, bytes("{\"name\":\"inspection\",\"tags\":[\"a\",\"b\"]}"));
              }
            });

    assertThat(client.tags(REPO)).containsExactly("a", "b", "c");
  }

  @Test
  void aListThatDoesNotEndOrLeadsElsewhereIsRefused() {
    OciClient endless =
        client(
            reply ->
                reply
                    .header("Link", "</v2/inspection/tags/list>; rel=\"next\"")
                    .send(200, bytes("{\"tags\":null}")));
    OciClient elsewhere =
        client(
            reply ->
                reply
                    .header("Link", "<http://127.0.0.1:1/v2/x>; rel=next")
                    .send(200, bytes("{\"tags\":[]}")));

    assertRefused(Code.TOO_LARGE, () -> endless.tags(REPO));
    assertRefused(Code.UNREACHABLE, () -> elsewhere.tags(REPO));
  }

  @Test
  void aRegistryWithoutReferrersKeepsThemUnderATag() {
    Map<String, byte[]> manifests = new java.util.concurrent.ConcurrentHashMap<>();
    OciClient client = client(reply -> withoutReferrers(reply, manifests));
    Descriptor subject = Descriptor.of(Media.IMAGE_MANIFEST, CONTENT);
    List<Descriptor> pushed = new ArrayList<>();
    for (String name : List.of("alice", "bob", "alice")) {
      ImageManifest signature = BundleArtifact.signature(subject, bytes(name), name);
      Digest digest = Digest.of(signature.bytes());
      client.pushManifest(REPO, Reference.of(digest), signature.bytes(), signature.mediaType());
      pushed.add(signature.describe(signature.bytes()));
    }

    assertThat(client.referrers(REPO, subject.digest(), Optional.of(Media.SIGSTORE_BUNDLE)))
        .containsExactly(pushed.get(0), pushed.get(1));
    assertThat(client.referrers(REPO, subject.digest(), Optional.of("other"))).isEmpty();
    assertThat(client.referrers(REPO, Digest.of(bytes("x")), Optional.empty())).isEmpty();
    assertThat(manifests).containsKey("sha256-" + subject.digest().hex());
  }

  /** Keeps manifests by reference, and knows nothing of subjects. */
  private static void withoutReferrers(FaultyRegistry.Reply reply, Map<String, byte[]> manifests)
      throws java.io.IOException {
    String path = reply.exchange().getRequestURI().getPath();
    String reference = path.substring(path.lastIndexOf('/') + 1);
    byte[] known = manifests.get(reference);
    if (reply.exchange().getRequestMethod().equals("PUT")) {
      manifests.put(reference, reply.exchange().getRequestBody().readAllBytes());
      reply.send(201);
    } else if (path.contains("/referrers/") || known == null) {
      reply.send(404, bytes("404 page not found"));
    } else {
      reply.header("Content-Type", Media.IMAGE_INDEX).send(200, known);
    }
  }
}
