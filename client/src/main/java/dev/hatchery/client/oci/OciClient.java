package dev.hatchery.client.oci;

import dev.hatchery.client.oci.Exchange.Answer;
import dev.hatchery.client.oci.Exchange.Ask;
import dev.hatchery.core.Bytes;
import dev.hatchery.core.Code;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Secret;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;

/**
 * A registry over HTTP (distribution-spec 1.1). Every failure is a {@link Refusal}: UNREACHABLE,
 * SLOW, TRUNCATED for the network; UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, IMMUTABLE, TOO_LARGE,
 * RATE_LIMITED, NO_SPACE for what the registry said; HASH and SIZE for bytes that are not what they
 * should be. Nothing is retried here; every call may be repeated.
 *
 * <p>The address's path goes before the repository: {@code https://registry.example/team/models}
 * keeps {@code inspection} as {@code team/models/inspection}. A token is never sent in the clear
 * off loopback. Safe for use by many threads.
 */
public final class OciClient implements AutoCloseable {
  private static final Map<String, String> ACCEPT =
      Map.of("Accept", String.join(", ", Media.MANIFESTS));
  private static final Map<String, String> OCTETS =
      Map.of("Content-Type", "application/octet-stream");

  private final URI base;
  private final Exchange exchange;
  private final Listings listings;
  private final AtomicLong parts = new AtomicLong();

  /** A manifest as it came. */
  public record PulledManifest(Digest digest, String mediaType, Bytes bytes) {
    public OciDocument document() {
      return OciDocument.parse(bytes.toArray(), Optional.of(mediaType), digest.toString());
    }
  }

  /**
   * A client of the registry at {@code base}.
   *
   * @param tls for a certificate that the JDK's own trust store does not know
   */
  public OciClient(URI base, Optional<Secret> token, Optional<SSLContext> tls, Patience patience) {
    this.base = checked(base, token.isPresent());
    this.exchange = new Exchange(base, token, tls, patience);
    this.listings = new Listings(exchange);
  }

  private static URI checked(URI base, boolean token) {
    String scheme = base.getScheme() == null ? "" : base.getScheme().toLowerCase(Locale.ROOT);
    if (base.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
      throw Refusal.of(Code.BAD_INPUT, "this is not a registry's address")
          .expected("for example https://registry.example:8443")
          .got(base);
    }
    if (token && scheme.equals("http") && !loopback(base.getHost())) {
      throw Refusal.of(Code.BAD_INPUT, "a token may not travel in the clear")
          .expected("https, or a loopback address")
          .got(base);
    }
    return base;
  }

  private static boolean loopback(String host) {
    return host.equals("localhost")
        || host.equals("[::1]")
        || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
  }

  public boolean blobExists(Name repo, Digest digest) {
    return exists(uri(repo, "/blobs/" + digest), "the look-up of " + digest);
  }

  public boolean manifestExists(Name repo, Reference reference) {
    return exists(uri(repo, "/manifests/" + reference), "the look-up of " + reference);
  }

  private boolean exists(URI uri, String what) {
    Answer answer = exchange.send(new Ask("HEAD", uri, ACCEPT, BodyPublishers.noBody(), 0, what));
    if (answer.status() == 404) return false;
    expect(answer, what, 200);
    return true;
  }

  /** Pushes a blob unless the repository has it. The registry verifies the digest. */
  public void pushBlob(Name repo, byte[] bytes) {
    pushBlob(repo, Digest.of(bytes), BodyPublishers.ofByteArray(bytes), bytes.length);
  }

  /** Pushes a file as a blob unless the repository has it; streams. */
  public void pushBlob(Name repo, Path file, Digest digest) {
    try {
      pushBlob(repo, digest, BodyPublishers.ofFile(file), Files.size(file));
    } catch (FileNotFoundException | NoSuchFileException e) {
      throw Refusal.of(Code.MISSING_FILE, "there is no such file to push")
          .at(file.toString())
          .cause(e);
    } catch (IOException e) {
      throw Refusal.of(Code.STORAGE, "a file to push cannot be read").at(file.toString()).cause(e);
    }
  }

  // POST then PUT (distribution-spec, Pushing blobs): the one way that every registry supports.
  private void pushBlob(Name repo, Digest digest, BodyPublisher body, long size) {
    if (blobExists(repo, digest)) return;
    String what = "the upload of " + digest;
    Answer begun = exchange.send(Ask.of("POST", uri(repo, "/blobs/uploads/"), what));
    expect(begun, what, 202);
    URI session = exchange.target(begun);
    String query = "digest=" + digest.toString().replace(":", "%3A");
    URI put = URI.create(session + (session.getRawQuery() == null ? "?" : "&") + query);
    expect(exchange.send(new Ask("PUT", put, OCTETS, body, size, what)), what, 201);
  }

  /**
   * Pushes a manifest under a tag or its digest, and answers its digest. Its blobs must be there
   * already. Refuses IMMUTABLE when the tag is a release of other content.
   */
  public Digest pushManifest(Name repo, Reference reference, byte[] bytes, String mediaType) {
    String what = "the push of " + repo + ":" + reference;
    Answer answer =
        exchange.send(
            new Ask(
                "PUT",
                uri(repo, "/manifests/" + reference),
                Map.of("Content-Type", mediaType),
                BodyPublishers.ofByteArray(bytes),
                bytes.length,
                what));
    expect(answer, what, 201);
    Digest digest = Digest.of(bytes);
    sameDigest(answer, digest, what);
    // A registry that did not understand the subject lists no referrer (distribution-spec,
    // Pushing manifests with subject); then the client keeps the list under a tag.
    OciDocument document = OciDocument.parse(bytes, Optional.of(mediaType), what);
    if (document.subject().isPresent() && answer.header("OCI-Subject").isEmpty()) {
      listUnderTag(repo, document.subject().get().digest(), document.describe(bytes));
    }
    return digest;
  }

  private void listUnderTag(Name repo, Digest subject, Descriptor referrer) {
    List<Descriptor> before = taggedReferrers(repo, subject);
    if (before.stream().anyMatch(d -> d.digest().equals(referrer.digest()))) return;
    List<Descriptor> after = new ArrayList<>(before);
    after.add(referrer);
    pushManifest(repo, fallback(subject), ImageIndex.of(after).bytes(), Media.IMAGE_INDEX);
  }

  /** Pulls a manifest or index of at most 4 MiB; one named by digest must have that digest. */
  public PulledManifest pullManifest(Name repo, Reference reference) {
    String what = "the pull of " + repo + ":" + reference;
    Answer answer =
        exchange.send(
            new Ask(
                "GET",
                uri(repo, "/manifests/" + reference),
                ACCEPT,
                BodyPublishers.noBody(),
                OciDocument.MAX_SIZE.bytes(),
                what));
    expect(answer, what, 200);
    Digest digest = answer.body().digest();
    sameDigest(answer, digest, what);
    if (reference instanceof Reference.ByDigest(Digest asked) && !asked.equals(digest)) {
      throw mismatch(what, asked, digest);
    }
    String type = answer.header("Content-Type").orElse(Media.IMAGE_MANIFEST);
    return new PulledManifest(digest, type.split(";", 2)[0].strip(), answer.body());
  }

  /** Pulls a blob into memory, verified; for blobs that have a small limit of their own. */
  public byte[] pullBlob(Name repo, Digest digest, DataSize max) {
    String what = "the pull of " + digest;
    Answer answer = get(repo, digest, max.bytes(), () -> new BoundedBody(max, what));
    Digest got = answer.body().digest();
    if (!got.equals(digest)) throw mismatch(what, digest, got);
    return answer.body().toArray();
  }

  /**
   * Pulls a blob to a file; streams. The file appears, whole and verified, or not at all; its
   * folder must exist.
   */
  public void pullBlob(Name repo, Digest digest, long size, Path target) {
    Path part = target.resolveSibling(target.getFileName() + partSuffix());
    try {
      get(repo, digest, size, () -> new BlobSink(digest, size, target, part));
    } catch (Refusal refusal) {
      // The sink does this too, but learns of a transfer that was given up only later.
      deleteQuietly(part);
      throw refusal;
    }
  }

  // No two alike on this machine at one time, so two pulls never write to one file.
  private String partSuffix() {
    return "." + ProcessHandle.current().pid() + "-" + parts.incrementAndGet() + ".part";
  }

  private static void deleteQuietly(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      // Nobody reads a part; the refusal that brought us here matters.
    }
  }

  private Answer get(Name repo, Digest digest, long size, Exchange.Sink sink) {
    String what = "the pull of " + digest;
    URI uri = uri(repo, "/blobs/" + digest);
    Ask ask = new Ask("GET", uri, Map.of(), BodyPublishers.noBody(), size, what);
    Answer answer = exchange.send(ask, sink);
    expect(answer, what, 200);
    return answer;
  }

  /** All tags, in the registry's order. */
  public List<String> tags(Name repo) {
    return listings.tags(uri(repo, "/tags/list"), repo);
  }

  /** The manifests whose subject this is, of one artifact type when one is given. */
  public List<Descriptor> referrers(Name repo, Digest subject, Optional<String> artifactType) {
    String query = artifactType.map(type -> "?artifactType=" + Listings.encode(type)).orElse("");
    List<Descriptor> all =
        listings
            .referrers(uri(repo, "/referrers/" + subject + query), subject)
            .orElseGet(() -> taggedReferrers(repo, subject));
    return all.stream()
        .filter(d -> artifactType.isEmpty() || d.artifactType().equals(artifactType))
        .toList();
  }

  // distribution-spec 1.1, Unavailable referrers API.
  private List<Descriptor> taggedReferrers(Name repo, Digest subject) {
    if (!manifestExists(repo, fallback(subject))) return List.of();
    return pullManifest(repo, fallback(subject)).document() instanceof ImageIndex index
        ? index.manifests()
        : List.of();
  }

  private static Reference fallback(Digest subject) {
    return Reference.tag("sha256-" + subject.hex());
  }

  private URI uri(Name repo, String rest) {
    String prefix = base.getRawPath() == null ? "" : base.getRawPath().replaceAll("^/+|/+$", "");
    String root = base.getScheme() + "://" + base.getRawAuthority() + "/v2/";
    return URI.create(root + (prefix.isEmpty() ? "" : prefix + "/") + repo + rest);
  }

  private static void expect(Answer answer, String what, int status) {
    if (answer.status() != status) throw RegistryFailure.of(answer, what);
  }

  private static void sameDigest(Answer answer, Digest digest, String what) {
    answer
        .header("Docker-Content-Digest")
        .filter(said -> !said.equals(digest.toString()))
        .ifPresent(
            said -> {
              throw Refusal.of(Code.HASH, "the registry names other bytes than ours in " + what)
                  .expected(digest)
                  .got(said);
            });
  }

  private static Refusal mismatch(String what, Digest asked, Digest got) {
    return Refusal.of(Code.HASH, "the registry's bytes are not those of their digest in " + what)
        .expected(asked)
        .got(got);
  }

  @Override
  public void close() {
    exchange.close();
  }
}
