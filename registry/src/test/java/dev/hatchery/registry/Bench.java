package dev.hatchery.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.client.oci.Descriptor;
import dev.hatchery.client.oci.ImageManifest;
import dev.hatchery.client.oci.Media;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** A registry in a folder, asked without HTTP. */
final class Bench implements AutoCloseable {
  static final Name REPO = new Name("inspection");
  static final Name OTHER = new Name("llm");
  static final RegistryLimits LIMITS =
      new RegistryLimits(DataSize.mib(1), DataSize.kib(64), 3, Duration.ofHours(1), 10, 100);

  final FolderStore store;
  final OciApi api;
  private final Access access;
  private Instant now = Instant.parse("2026-11-01T00:00:00Z");

  Bench(Path folder) {
    this(folder, LIMITS, Rights.all("inspection", "llm"));
  }

  Bench(Path folder, RegistryLimits limits, Access access) {
    this.store = FolderStore.open(folder, limits);
    this.access = access;
    this.api =
        new OciApi(store, limits, "https://hatchery.example/token", () -> now, new Random(1));
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A request in the making. */
  final class Call {
    private final String method;
    private final String path;
    private final Map<String, String> query = new TreeMap<>();
    private final Map<String, String> headers = new HashMap<>();
    private InputStream body = InputStream.nullInputStream();
    private Access as = access;

    private Call(String method, String target) {
      this.method = method;
      String[] parts = target.split("\\?", 2);
      this.path = parts[0];
      if (parts.length == 2) {
        for (String pair : parts[1].split("&", -1)) {
          String[] both = pair.split("=", 2);
          query.put(both[0], both[1]);
        }
      }
    }

    Call header(String name, Object value) {
      headers.put(name, value.toString());
      return this;
    }

    Call body(byte[] bytes) {
      headers.putIfAbsent("content-length", Integer.toString(bytes.length));
      return body(new ByteArrayInputStream(bytes));
    }

    Call body(InputStream stream) {
      body = stream;
      return this;
    }

    Call as(Access other) {
      as = other;
      return this;
    }

    OciResponse answer() {
      return api.handle(new OciRequest(method, path, query, headers, body, as));
    }

    OciResponse answer(int status) {
      OciResponse response = answer();
      assertThat(response.status()).as(text(response)).isEqualTo(status);
      return response;
    }

    /** Expects an error in the spec's form. */
    void refused(int status, String code) {
      assertThat(text(answer(status))).contains("{\"errors\":[{\"code\":\"" + code + "\"");
    }
  }

  Call call(String method, String target) {
    return new Call(method, target);
  }

  Call get(String target) {
    return call("GET", target);
  }

  static byte[] content(OciResponse response) {
    try (InputStream in = response.body().open()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(OciResponse response) {
    return new String(content(response), StandardCharsets.UTF_8);
  }

  static String header(OciResponse response, String name) {
    return response.headers().getOrDefault(name, "");
  }

  /** The path of a Location header, below /v2. */
  static String location(OciResponse response) {
    String location = header(response, "Location");
    assertThat(location).startsWith("/v2/");
    return location.substring("/v2".length());
  }

  Digest pushBlob(Name repo, byte[] bytes) {
    Digest digest = Digest.of(bytes);
    call("POST", "/" + repo + "/blobs/uploads/?digest=" + digest).body(bytes).answer(201);
    return digest;
  }

  /** An artifact whose blobs are in the repository already. */
  byte[] artifact(Name repo, String content, Optional<Descriptor> subject) {
    byte[] config = bytes("{}");
    pushBlob(repo, config);
    List<Descriptor> layers = new ArrayList<>();
    pushBlob(repo, bytes(content));
    layers.add(Descriptor.of("application/octet-stream", bytes(content)));
    return new ImageManifest(
            Media.IMAGE_MANIFEST,
            Optional.of("application/vnd.example+type"),
            Descriptor.of(Media.EMPTY, config),
            layers,
            subject,
            Map.of("note", content))
        .bytes();
  }

  Digest pushManifest(Name repo, String reference, byte[] manifest) {
    putManifest(repo, reference, manifest).answer(201);
    return Digest.of(manifest);
  }

  Call putManifest(Name repo, String reference, byte[] manifest) {
    return call("PUT", "/" + repo + "/manifests/" + reference)
        .header("Content-Type", Media.IMAGE_MANIFEST)
        .body(manifest);
  }

  Digest pushArtifact(Name repo, String tag, String content) {
    return pushManifest(repo, tag, artifact(repo, content, Optional.empty()));
  }

  @Override
  public void close() {
    api.close();
    store.close();
  }
}
