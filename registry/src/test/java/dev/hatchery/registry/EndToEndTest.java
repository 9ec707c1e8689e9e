package dev.hatchery.registry;

import static dev.hatchery.registry.Bench.REPO;
import static dev.hatchery.registry.Bench.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.client.oci.BundlePull;
import dev.hatchery.client.oci.BundlePush;
import dev.hatchery.client.oci.Descriptor;
import dev.hatchery.client.oci.ImageIndex;
import dev.hatchery.client.oci.ImageManifest;
import dev.hatchery.client.oci.Media;
import dev.hatchery.client.oci.OciClient;
import dev.hatchery.client.oci.Patience;
import dev.hatchery.client.oci.PushedBundle;
import dev.hatchery.client.oci.Reference;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FileEntry;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Client and registry over real HTTP. */
final class EndToEndTest {
  private static final ReleaseId RELEASE = ReleaseId.parse("inspection@1.0.0");
  private static final DataSize PLENTY = DataSize.mib(16);

  private final Path temp;
  private final Bench bench;
  private final HttpRegistry http;
  private final OciClient client;

  EndToEndTest(@TempDir Path temp) throws IOException {
    this.temp = temp;
    this.bench = new Bench(temp.resolve("registry"));
    this.http = new HttpRegistry(bench.api, Rights.all("inspection", "llm"));
    this.client = client(Optional.of(HttpRegistry.TOKEN));
  }

  private OciClient client(Optional<Secret> token) {
    return new OciClient(http.uri(), token, Optional.empty(), Patience.usual());
  }

  private BundleFolder bundle;

  @BeforeEach
  void write() throws IOException {
    bundle =
        BundleFolder.write(
            Files.createDirectories(temp.resolve("bundle")),
            "inspection@1.0.0",
            "weights",
            "alice",
            "bob");
  }

  @AfterEach
  void close() {
    client.close();
    http.close();
    bench.close();
  }

  @Test
  void aPushedBundleIsReadBackByTheServer() {
    PushedBundle pushed = BundlePush.push(bundle.folder(), client);
    StoredBundle stored = new RegistryReader(bench.store).bundle(RELEASE);

    assertThat(pushed.release()).isEqualTo(RELEASE);
    assertThat(pushed.manifest()).isEqualTo(Digest.of(bundle.json()));
    assertThat(pushed.signatures())
        .containsExactly(BundleFolder.signature("alice"), BundleFolder.signature("bob"));
    assertThat(stored.digest()).isEqualTo(pushed.manifest());
    assertThat(stored.ociManifest()).isEqualTo(pushed.ociManifest());
    assertThat(stored.manifestBytes().toArray()).isEqualTo(bundle.json());
    assertThat(stored.manifest()).isEqualTo(bundle.manifest());
    assertThat(stored.signatures()).containsExactlyInAnyOrderElementsOf(pushed.signatures());
    Map<String, Digest> files = new TreeMap<>();
    for (FileEntry file : bundle.manifest().files()) files.put(file.path(), file.sha256());
    assertThat(stored.files()).isEqualTo(files);
    assertThat(
            new RegistryReader(bench.store).signature(REPO, BundleFolder.signature("alice")).utf8())
        .isEqualTo("{\"by\":\"alice\"}");
  }

  @Test
  void theArtifactIsAModelPackWithOneRawLayerPerFile() {
    PushedBundle pushed = BundlePush.push(bundle.folder(), client);

    ImageManifest artifact =
        (ImageManifest) client.pullManifest(REPO, Reference.tag("1.0.0")).document();

    assertThat(artifact.artifactType()).contains("application/vnd.cncf.model.manifest.v1+json");
    assertThat(artifact.config().mediaType())
        .isEqualTo("application/vnd.hatchery.manifest.v1+json");
    assertThat(artifact.config().digest()).isEqualTo(pushed.manifest());
    Map<String, String> types = new TreeMap<>();
    for (Descriptor layer : artifact.layers()) {
      String path = layer.annotations().get("org.cncf.model.filepath");
      assertThat(layer.annotations()).containsEntry("org.opencontainers.image.title", path);
      types.put(String.valueOf(path), layer.mediaType());
    }
    assertThat(types)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "model.onnx", "application/vnd.cncf.model.weight.v1.raw",
                "config/labels.json", "application/vnd.cncf.model.weight.config.v1.raw",
                "golden.json", "application/vnd.cncf.model.dataset.v1.raw",
                "sbom.cdx.json", "application/vnd.cncf.model.doc.v1.raw"));
  }

  @Test
  void aPulledBundleIsTheFolderThatWasPushed() throws IOException {
    PushedBundle pushed = BundlePush.push(bundle.folder(), client);
    Path target = temp.resolve("pulled");

    PushedBundle pulled = BundlePull.pull(client, REPO, Reference.tag("1.0.0"), target, PLENTY);

    assertThat(pulled.manifest()).isEqualTo(pushed.manifest());
    assertThat(pulled.ociManifest()).isEqualTo(pushed.ociManifest());
    assertThat(pulled.signatures()).containsExactlyInAnyOrderElementsOf(pushed.signatures());
    assertThat(tree(target)).isEqualTo(tree(bundle.folder()));
  }

  private static Map<String, String> tree(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path path : walk.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(path).toString(), Files.readString(path));
      }
    }
    return files;
  }

  @Test
  void pushingAgainSendsNoFileTwice() {
    PushedBundle first = BundlePush.push(bundle.folder(), client);
    long before = http.received.get();

    PushedBundle second = BundlePush.push(bundle.folder(), client);

    assertThat(second).isEqualTo(first);
    long manifests = http.received.get() - before;
    assertThat(manifests).isLessThan(before);
    assertThat(bench.store.catalog().tags(REPO)).containsExactly("1.0.0");
  }

  @Test
  void aSignatureMayBeAddedToABundleThatIsThere() throws IOException {
    BundlePush.push(bundle.folder(), client);
    BundleFolder.sign(bundle.folder(), "carol");

    BundlePush.push(bundle.folder(), client);

    assertThat(new RegistryReader(bench.store).bundle(RELEASE).signatures())
        .hasSize(3)
        .contains(BundleFolder.signature("carol"));
    assertThat(client.referrers(REPO, bundleDigest(), Optional.of(Media.SIGSTORE_BUNDLE)))
        .hasSize(3);
    assertThat(client.referrers(REPO, bundleDigest(), Optional.of("application/other"))).isEmpty();
  }

  private Digest bundleDigest() {
    return bench.store.catalog().tag(REPO, "1.0.0").orElseThrow();
  }

  @Test
  void otherContentUnderAReleasedVersionIsRefused() throws IOException {
    BundlePush.push(bundle.folder(), client);
    Path other = Files.createDirectories(temp.resolve("other"));
    BundleFolder.write(other, "inspection@1.0.0", "other weights");

    assertThatThrownBy(() -> BundlePush.push(other, client))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(Code.IMMUTABLE);
              assertThat(refusal.problem().got()).contains("409 DENIED");
              assertThat(refusal.problem().fix()).contains("new version");
            });
    assertThat(new RegistryReader(bench.store).bundle(RELEASE).digest())
        .isEqualTo(Digest.of(bundle.json()));
  }

  @Test
  void aFileThatIsNotTheManifestsIsRefusedAndNoTagAppears() throws IOException {
    Files.writeString(bundle.folder().resolve("files/model.onnx"), "wEights");
    assertRefused(Code.HASH, () -> BundlePush.push(bundle.folder(), client));

    Files.writeString(bundle.folder().resolve("files/model.onnx"), "longer weights");
    assertRefused(Code.SIZE, () -> BundlePush.push(bundle.folder(), client));

    Files.delete(bundle.folder().resolve("files/model.onnx"));
    assertRefused(Code.MISSING_FILE, () -> BundlePush.push(bundle.folder(), client));

    assertRefused(Code.MISSING_FILE, () -> BundlePush.push(temp.resolve("nowhere"), client));
    assertThat(bench.store.catalog().tags(REPO)).isEmpty();
  }

  @Test
  void aLinkInTheBundleIsNotFollowed() throws IOException {
    Path secret = Files.writeString(temp.resolve("secret"), "weights");
    Path model = bundle.folder().resolve("files/model.onnx");
    Files.delete(model);
    Files.createSymbolicLink(model, secret);

    assertRefused(Code.MISSING_FILE, () -> BundlePush.push(bundle.folder(), client));
  }

  @Test
  void whoHasNoTokenOrNoRightIsToldWhich() throws IOException {
    try (OciClient nobody = client(Optional.empty());
        OciClient stranger = client(Optional.of(new Secret("wrong")))) {
      assertRefused(Code.UNAUTHENTICATED, () -> BundlePush.push(bundle.folder(), nobody));
      assertRefused(Code.UNAUTHENTICATED, () -> stranger.tags(REPO));
    }
    Name foreign = new Name("foreign");
    assertRefused(Code.FORBIDDEN, () -> client.pushBlob(foreign, bytes("x")));
    assertRefused(Code.FORBIDDEN, () -> client.tags(foreign));
  }

  @Test
  void whatIsNotThereIsNotFound() {
    Digest absent = Digest.of(bytes("absent"));
    assertThat(client.blobExists(REPO, absent)).isFalse();
    assertThat(client.manifestExists(REPO, Reference.of(absent))).isFalse();
    assertRefused(Code.NOT_FOUND, () -> client.pullManifest(REPO, Reference.tag("1.0.0")));
    assertRefused(Code.NOT_FOUND, () -> client.pullBlob(REPO, absent, PLENTY));
    assertRefused(Code.NOT_FOUND, () -> client.pullBlob(REPO, absent, 1, temp.resolve("x")));
    assertRefused(
        Code.NOT_FOUND,
        () -> BundlePull.pull(client, REPO, Reference.tag("1.0.0"), temp.resolve("y"), PLENTY));
    assertThat(temp.resolve("x")).doesNotExist();
    assertThat(temp.resolve("y")).doesNotExist();
    assertRefused(Code.NOT_FOUND, () -> new RegistryReader(bench.store).bundle(RELEASE));
  }

  @Test
  void allTagsAreListedOverManyPages() throws IOException {
    Path folder = temp.resolve("many");
    byte[] manifest;
    try (Bench before = new Bench(folder)) {
      manifest = before.artifact(REPO, "model", Optional.empty());
      before.pushManifest(REPO, "1.0.0", manifest);
    }
    Descriptor entry = Descriptor.of(Media.IMAGE_MANIFEST, manifest);
    List<String> tags = new ArrayList<>();
    List<Descriptor> entries = new ArrayList<>();
    for (int i = 0; i < 1500; i++) {
      String tag = "nightly-%04d".formatted(i);
      tags.add(tag);
      entries.add(entry.with(Map.of(Media.REF_NAME, "inspection:" + tag)));
    }
    Files.write(folder.resolve("index.json"), ImageIndex.of(entries).bytes());

    try (Bench many = new Bench(folder, RegistryLimits.usual(), Rights.all("inspection"));
        HttpRegistry registry = new HttpRegistry(many.api, Rights.all("inspection"));
        OciClient reader =
            new OciClient(
                registry.uri(),
                Optional.of(HttpRegistry.TOKEN),
                Optional.empty(),
                Patience.usual())) {
      assertThat(reader.tags(REPO)).containsExactlyElementsOf(tags);
    }
  }

  @Test
  void anArtifactThatIsNoBundleIsNoRelease() {
    bench.pushArtifact(REPO, "1.0.0", "something else");

    assertRefused(Code.BAD_INPUT, () -> new RegistryReader(bench.store).bundle(RELEASE));
  }

  @Test
  void aBundleUnderAnotherNameOrVersionIsNotThatRelease() {
    BundlePush.push(bundle.folder(), client);
    byte[] artifact = client.pullManifest(REPO, Reference.tag("1.0.0")).bytes().toArray();
    client.pushManifest(REPO, Reference.tag("2.0.0"), artifact, Media.IMAGE_MANIFEST);

    assertRefused(
        Code.BAD_INPUT,
        () -> new RegistryReader(bench.store).bundle(ReleaseId.parse("inspection@2.0.0")));
  }

  @Test
  void anArtifactWhoseLayersAreNotTheManifestsFilesIsNoRelease() {
    BundlePush.push(bundle.folder(), client);
    ImageManifest good =
        (ImageManifest) client.pullManifest(REPO, Reference.tag("1.0.0")).document();
    List<Descriptor> layers = good.layers();

    assertThat(refusal(good, layers.subList(1, layers.size()))).isEqualTo(Code.MISSING_FILE);
    assertThat(refusal(good, append(layers, layers.getFirst()))).isEqualTo(Code.EXTRA_FILE);
    Descriptor escaping = layers.getFirst().with(Map.of(Media.FILEPATH, "../../etc/passwd"));
    assertThat(refusal(good, append(layers, escaping))).isEqualTo(Code.EXTRA_FILE);
    List<Descriptor> swapped = append(layers.subList(1, layers.size()), swapped(layers));
    assertThat(refusal(good, swapped)).isEqualTo(Code.HASH);
  }

  private Code refusal(ImageManifest good, List<Descriptor> layers) {
    ImageManifest bad =
        new ImageManifest(
            good.mediaType(),
            good.declaredType(),
            good.config(),
            layers,
            Optional.empty(),
            Map.of());
    Digest digest = bench.pushManifest(REPO, "bad", bad.bytes());
    try {
      StoredBundle bundle = new RegistryReader(bench.store).bundle(REPO, digest);
      throw new AssertionError("taken: " + bundle);
    } catch (Refusal refusal) {
      return refusal.code();
    }
  }

  private static List<Descriptor> append(List<Descriptor> layers, Descriptor more) {
    List<Descriptor> all = new ArrayList<>(layers);
    all.add(more);
    return all;
  }

  /** The last layer's bytes under the first one's name. */
  private static Descriptor swapped(List<Descriptor> layers) {
    return layers.getLast().with(layers.getFirst().annotations());
  }

  @Test
  void aTooLargeBundleIsNotPulled() {
    BundlePush.push(bundle.folder(), client);
    Path target = temp.resolve("pulled");

    assertRefused(
        Code.TOO_LARGE,
        () -> BundlePull.pull(client, REPO, Reference.tag("1.0.0"), target, new DataSize(20)));

    assertThat(target).doesNotExist();
    assertThat(temp.resolve(".pulled.part")).doesNotExist();
  }

  @Test
  void aFolderThatIsThereIsNotPulledInto() {
    assertRefused(
        Code.CONFLICT,
        () -> BundlePull.pull(client, REPO, Reference.tag("1.0.0"), bundle.folder(), PLENTY));
  }

  @Test
  void aTitleThatIsAPathDoesNotLeaveTheFolder() throws IOException {
    PushedBundle pushed = BundlePush.push(bundle.folder(), client);
    byte[] signature = bytes("{\"by\":\"mallory\"}");
    client.pushBlob(REPO, signature);
    ImageManifest hostile =
        new ImageManifest(
            Media.IMAGE_MANIFEST,
            Optional.of(Media.SIGSTORE_BUNDLE),
            Descriptor.of(Media.EMPTY, bytes("{}")),
            List.of(
                Descriptor.of(Media.SIGSTORE_BUNDLE, signature)
                    .with(Map.of(Media.TITLE, "../../../evil.sigstore.json"))),
            Optional.of(Descriptor.of(Media.IMAGE_MANIFEST, pushed.ociManifest(), 1)),
            Map.of());
    client.pushManifest(
        REPO, Reference.of(Digest.of(hostile.bytes())), hostile.bytes(), Media.IMAGE_MANIFEST);
    Path target = temp.resolve("pulled");

    BundlePull.pull(client, REPO, Reference.tag("1.0.0"), target, PLENTY);

    assertThat(tree(target).keySet())
        .containsAll(
            Set.of(
                "signatures/alice.sigstore.json",
                "signatures/" + Digest.of(signature).hex() + ".sigstore.json"));
    assertThat(temp.resolve("evil.sigstore.json")).doesNotExist();
  }

  private static void assertRefused(Code code, ThrowingCallable work) {
    assertThatThrownBy(work)
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(code));
  }
}
