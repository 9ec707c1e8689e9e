package dev.hatchery.registry;

import dev.hatchery.client.oci.Descriptor;
import dev.hatchery.client.oci.ImageIndex;
import dev.hatchery.client.oci.ImageManifest;
import dev.hatchery.client.oci.OciDocument;
import dev.hatchery.client.oci.Reference;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** Pulling and pushing manifests. */
final class ManifestRoutes {
  private final ContentStore store;
  private final Guard guard;
  private final RegistryLimits limits;

  ManifestRoutes(ContentStore store, Guard guard, RegistryLimits limits) {
    this.store = store;
    this.guard = guard;
    this.limits = limits;
  }

  OciResponse get(Route.Manifest route, OciRequest request) {
    Reference reference = reference(route, OciError.MANIFEST_UNKNOWN);
    guard.requirePull(request.access(), route.repo(), reference);
    CatalogEntry entry =
        find(route.repo(), reference)
            .orElseThrow(() -> OciFailure.of(OciError.MANIFEST_UNKNOWN, 404, reference.toString()));
    String caching = reference instanceof Reference.Tag ? "no-cache" : BlobRoutes.FOREVER;
    if (BlobRoutes.matches(request.header("If-None-Match").orElse(""), entry.digest())) {
      return named(new OciResponse(304, Map.of(), new OciResponse.Body.Empty()), entry, caching);
    }
    byte[] bytes = store.read(entry.digest(), limits.manifest());
    return named(OciResponse.of(200, entry.descriptor().mediaType(), bytes), entry, caching);
  }

  private static OciResponse named(OciResponse response, CatalogEntry entry, String caching) {
    return response
        .with("Docker-Content-Digest", entry.digest())
        .with("ETag", BlobRoutes.etag(entry.digest()))
        .with("Cache-Control", caching);
  }

  private Optional<CatalogEntry> find(Name repo, Reference reference) {
    Repository repository = store.catalog().repository(repo);
    return switch (reference) {
      case Reference.Tag tag -> repository.tagged(tag.value());
      case Reference.ByDigest by -> Optional.ofNullable(repository.manifests().get(by.digest()));
    };
  }

  OciResponse put(Route.Manifest route, OciRequest request) {
    guard.requirePush(request.access(), route.repo());
    Reference reference = reference(route, OciError.MANIFEST_INVALID);
    byte[] bytes = body(request);
    Digest digest = Digest.of(bytes);
    if (reference instanceof Reference.ByDigest by && !by.digest().equals(digest)) {
      throw OciFailure.of(OciError.DIGEST_INVALID, 400, "the bytes have " + digest);
    }
    OciDocument document = document(bytes, request);
    CatalogEntry entry = entry(document, bytes);
    requireContent(route.repo(), document);
    Optional<String> tag =
        reference instanceof Reference.Tag(String value) ? Optional.of(value) : Optional.empty();
    // Asked before anything is written, and once more when it is: the second decides.
    store.catalog().with(route.repo(), tag, entry, limits);
    store.put(new ByteArrayInputStream(bytes), digest);
    store.publish(route.repo(), tag, entry);

    OciResponse created =
        OciResponse.empty(201)
            .with("Location", "/v2/" + route.repo() + "/manifests/" + digest)
            .with("Docker-Content-Digest", digest);
    return entry.subject().map(s -> created.with("OCI-Subject", s)).orElse(created);
  }

  // A reference that is no tag names nothing when asked for, and spoils a push.
  private static Reference reference(Route.Manifest route, OciError whenNoTag) {
    if (route.reference().indexOf(':') >= 0) return Reference.of(Route.digest(route.reference()));
    try {
      return Reference.parse(route.reference());
    } catch (Refusal e) {
      throw OciFailure.of(whenNoTag, whenNoTag.status(), OciFailure.told(e.problem()));
    }
  }

  private byte[] body(OciRequest request) {
    long max = limits.manifest().bytes();
    long announced = request.contentLength().orElse(0);
    byte[] bytes;
    try {
      bytes = announced > max ? new byte[0] : request.body().readNBytes((int) max + 1);
    } catch (IOException e) {
      throw OciFailure.of(OciError.SIZE_INVALID, 400, "the body broke off");
    }
    if (announced > max || bytes.length > max) {
      throw OciFailure.of(
          OciError.SIZE_INVALID, 413, "a manifest has at most " + limits.manifest());
    }
    if (request.contentLength().isPresent() && announced != bytes.length) {
      throw OciFailure.of(OciError.SIZE_INVALID, 400, "the body has " + bytes.length + " bytes");
    }
    return bytes;
  }

  private static OciDocument document(byte[] bytes, OciRequest request) {
    Optional<String> type =
        request
            .header("Content-Type")
            .map(t -> t.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
            .filter(t -> !t.isEmpty());
    try {
      return OciDocument.parse(bytes, type, "manifest");
    } catch (Refusal e) {
      throw OciFailure.of(OciError.MANIFEST_INVALID, 400, e.problem().line());
    }
  }

  private static CatalogEntry entry(OciDocument document, byte[] bytes) {
    try {
      return CatalogEntry.of(document, bytes);
    } catch (Refusal e) {
      throw OciFailure.of(OciError.MANIFEST_INVALID, 400, e.problem().line());
    }
  }

  // distribution-spec 1.1, Pushing manifests. The subject may come later, or never.
  private void requireContent(Name repo, OciDocument document) {
    Repository repository = store.catalog().repository(repo);
    switch (document) {
      case ImageManifest image -> {
        List<Descriptor> all = new ArrayList<>(image.layers());
        all.add(image.config());
        all.removeIf(ManifestRoutes::livesElsewhere);
        require(all, d -> store.holds(repo, d.digest()), this::size);
      }
      case ImageIndex index ->
          require(
              index.manifests(), d -> repository.manifests().containsKey(d.digest()), this::size);
    }
  }

  private Optional<Long> size(Digest digest) {
    return store.blob(digest).map(Blob::size);
  }

  private static void require(
      List<Descriptor> all, Predicate<Descriptor> present, Function<Digest, Optional<Long>> size) {
    List<Digest> missing =
        all.stream()
            .filter(present.negate())
            .map(Descriptor::digest)
            .distinct()
            .limit(100)
            .toList();
    if (!missing.isEmpty()) throw OciFailure.missing(missing);
    for (Descriptor d : all) {
      size.apply(d.digest())
          .filter(stored -> stored != d.size())
          .ifPresent(
              stored -> {
                throw OciFailure.of(
                    OciError.MANIFEST_INVALID, 400, d.digest() + " has " + stored + " bytes");
              });
    }
  }

  // image-spec 1.1, layer.md, non-distributable layers; and Docker's word for the same.
  private static boolean livesElsewhere(Descriptor layer) {
    return layer.mediaType().startsWith("application/vnd.oci.image.layer.nondistributable.")
        || layer.mediaType().startsWith("application/vnd.docker.image.rootfs.foreign.");
  }
}
