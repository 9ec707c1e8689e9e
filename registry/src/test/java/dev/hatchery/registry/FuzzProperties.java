package dev.hatchery.registry;

import static dev.hatchery.registry.Bench.REPO;
import static dev.hatchery.registry.Bench.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.client.oci.Descriptor;
import dev.hatchery.client.oci.Media;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is asked, the answer is one of the spec's, and nothing outside the folder changes. Each
 * case is made from its number, which a failure names.
 */
final class FuzzProperties {
  private static final int CASES = 20_000;
  private static final Set<String> CODES =
      Arrays.stream(OciError.values())
          .filter(e -> e != OciError.UNKNOWN)
          .map(Enum::name)
          .collect(Collectors.toSet());
  private static final List<String> METHODS =
      List.of("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "");
  private static final Digest BLOB = Digest.of(bytes("model"));

  private final Path temp;
  private final Bench bench;
  private final byte[] manifest;
  private final List<String> words;

  FuzzProperties(@TempDir Path temp) {
    this.temp = temp;
    this.bench = new Bench(temp.resolve("registry"));
    this.manifest =
        bench.artifact(
            REPO,
            "model",
            Optional.of(Descriptor.of(Media.IMAGE_MANIFEST, bytes("what it is about"))));
    bench.pushManifest(REPO, "1.0.0", manifest);
    this.words =
        List.of(
            "inspection",
            "llm",
            "blobs",
            "uploads",
            "manifests",
            "tags",
            "list",
            "referrers",
            "1.0.0",
            "latest",
            BLOB.toString(),
            Digest.of(manifest).toString(),
            "sha256:",
            "sha256%3A" + BLOB.hex(),
            "..",
            ".",
            "",
            "%2e%2e",
            "%00",
            "\u0000",
            "\ud800",
            "ä",
            "a".repeat(300),
            "index.json",
            "_catalog");
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void everyRequestEndsInAnAnswerOfTheSpec() throws IOException {
    TreeMap<Integer, Integer> seen = new TreeMap<>();
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      // Uploads that a case began and left make room for the next ones.
      if (seed % 16 == 0) bench.pass(Duration.ofHours(2));
      OciResponse response = request(random).answer();
      assertOfTheSpec(response, "seed " + seed);
      seen.merge(response.status(), 1, Integer::sum);
    }
    // The cases reach the parts they are meant for.
    assertThat(seen.keySet()).contains(200, 201, 202, 400, 404, 405);
    assertOnlyTheRegistryIsThere();
  }

  private Bench.Call request(Random random) {
    String path =
        Stream.generate(() -> pick(random, words))
            .limit(random.nextInt(6))
            .collect(Collectors.joining("/", "/", ""));
    if (random.nextInt(3) == 0) path = likely(random);
    if (random.nextInt(8) == 0) path = spoilt(random, path);
    Bench.Call call = bench.call(pick(random, METHODS), path + query(random));
    for (String name : List.of("Range", "Content-Range", "If-None-Match", "If-Range")) {
      if (random.nextInt(6) == 0) call.header(name, spoilt(random, "bytes=0-3"));
    }
    if (random.nextInt(4) == 0) call.header("Content-Length", spoilt(random, "5"));
    return call.body(random.nextBoolean() ? bytes("model") : new byte[random.nextInt(9)]);
  }

  private String likely(Random random) {
    return pick(
        random,
        List.of(
            "/inspection/blobs/" + BLOB,
            "/inspection/blobs/uploads/",
            "/inspection/blobs/uploads/" + Integer.toHexString(random.nextInt()),
            "/inspection/manifests/1.0.0",
            "/inspection/manifests/" + BLOB,
            "/inspection/tags/list",
            "/inspection/referrers/" + BLOB));
  }

  private String query(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> "?digest=" + pick(random, words).replace("?", "").replace("&", "");
      case 1 -> "?digest=" + BLOB;
      case 2 -> "?mount=" + BLOB + "&from=" + pick(random, words);
      case 3 -> "?n=" + spoilt(random, "3").replace("&", "") + "&last=" + random.nextInt();
      case 4 -> "?artifactType=" + random.nextInt();
      default -> "";
    };
  }

  @Test
  void everyManifestIsTakenOrRefusedAsTheSpecSays() throws IOException {
    int taken = 0;
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      byte[] body = mutated(random);
      OciResponse response =
          bench
              .call("PUT", "/inspection/manifests/" + (random.nextBoolean() ? "fuzz" : "1.0.0"))
              .header("Content-Type", pick(random, Media.MANIFESTS))
              .body(body)
              .answer();
      assertOfTheSpec(response, "seed " + seed);
      if (response.status() == 201) taken++;
    }
    assertThat(taken).isBetween(1, CASES / 2);
    assertOnlyTheRegistryIsThere();
    assertThat(bench.store.catalog().tag(REPO, "1.0.0")).contains(Digest.of(manifest));
  }

  private byte[] mutated(Random random) {
    byte[] bytes = manifest.clone();
    int edits = random.nextInt(50) == 0 ? 0 : 1 + random.nextInt(3);
    for (int i = 0; i < edits; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] = (byte) "{}[]\",:0-9\\u".charAt(random.nextInt(11));
        case 2 -> bytes = Arrays.copyOf(bytes, at + 1);
        default -> bytes = doubled(bytes, at);
      }
    }
    return bytes;
  }

  private static byte[] doubled(byte[] bytes, int at) {
    byte[] more = Arrays.copyOf(bytes, bytes.length + bytes.length - at);
    System.arraycopy(bytes, at, more, bytes.length, bytes.length - at);
    return more.length > 8192 ? Arrays.copyOf(more, 8192) : more;
  }

  private static String spoilt(Random random, String text) {
    var chars = new StringBuilder(text);
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(chars.length() + 1);
      chars.insert(
          at, pick(random, List.of("-", "9", ",", "/", "%", "\"", "\u0007", "\ud83d", "=")));
    }
    return chars.toString();
  }

  private static void assertOfTheSpec(OciResponse response, String which) {
    assertThat(response.status()).as(which).isBetween(200, 499);
    response.headers().forEach((name, value) -> assertThat(value).as(which).matches("[ -~]*"));
    byte[] body = Bench.content(response);
    if (response.status() >= 400 && body.length > 0) {
      List<String> codes =
          Fields.readOpen(
              Json.parse(body, DataSize.mib(1), which),
              f -> f.list("errors", FuzzProperties::code));
      assertThat(codes).as(which).isNotEmpty();
      assertThat(CODES).as(which).containsAll(codes);
    }
  }

  private static String code(Node error) {
    return Fields.readOpen(error, f -> f.text("code"));
  }

  private void assertOnlyTheRegistryIsThere() throws IOException {
    try (Stream<Path> all = Files.list(temp)) {
      assertThat(all).containsExactly(temp.resolve("registry"));
    }
    try (Stream<Path> all = Files.walk(temp.resolve("registry"))) {
      assertThat(
              all.filter(Files::isRegularFile)
                  .map(p -> temp.resolve("registry").relativize(p).toString()))
          .allMatch(
              path ->
                  path.matches(
                      "oci-layout|index\\.json|blobs/sha256/[0-9a-f]{64}|hatchery/lock"
                          + "|hatchery/uploads/\\d+|hatchery/holds/(inspection|llm)/[0-9a-f]{64}"));
    }
  }

  private static <T> T pick(Random random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
