package dev.hatchery.registry;

import dev.hatchery.client.oci.Reference;
import dev.hatchery.core.Digest;
import java.util.Arrays;
import java.util.Map;

/** Pulling blobs. A blob never changes, so it may be cached for ever and resumed anywhere. */
final class BlobRoutes {
  // Not "public": a shared cache may keep what was asked for without a token, and nothing else
  // (RFC 9111, 3.5).
  static final String FOREVER = "max-age=31536000, immutable";

  private final ContentStore store;
  private final Guard guard;

  BlobRoutes(ContentStore store, Guard guard) {
    this.store = store;
    this.guard = guard;
  }

  OciResponse get(Route.Blob route, OciRequest request) {
    guard.requirePull(request.access(), route.repo(), Reference.of(route.digest()));
    Blob blob =
        store
            .blob(route.digest())
            .filter(b -> store.holds(route.repo(), b.digest()))
            .orElseThrow(
                () -> OciFailure.of(OciError.BLOB_UNKNOWN, 404, route.digest().toString()));
    if (matches(request.header("If-None-Match").orElse(""), blob.digest())) {
      return named(new OciResponse(304, Map.of(), new OciResponse.Body.Empty()), blob);
    }
    return switch (range(request, blob)) {
      case ByteRange.Whole _ -> bytes(200, blob, 0, blob.size());
      case ByteRange.Part part ->
          bytes(206, blob, part.from(), part.length())
              .with(
                  "Content-Range",
                  "bytes "
                      + part.from()
                      + "-"
                      + (part.from() + part.length() - 1)
                      + "/"
                      + blob.size());
      case ByteRange.Unsatisfiable _ ->
          OciFailure.of(OciError.SIZE_INVALID, 416, "the range is beyond " + blob.size() + " bytes")
              .with("Content-Range", "bytes */" + blob.size())
              .response();
    };
  }

  // RFC 9110: a Range is for GET (14.2), and under another If-Range it is not applied (13.1.5).
  private static ByteRange range(OciRequest request, Blob blob) {
    boolean asked =
        request.method().equals("GET")
            && request.header("If-Range").map(etag(blob.digest())::equals).orElse(true);
    return asked
        ? ByteRange.parse(request.header("Range").orElse(""), blob.size())
        : new ByteRange.Whole();
  }

  private static OciResponse bytes(int status, Blob blob, long from, long length) {
    var body = new OciResponse.Body.Slice(blob, from, length);
    return named(new OciResponse(status, Map.of(), body), blob)
        .with("Content-Type", "application/octet-stream")
        .with("Content-Length", length);
  }

  private static OciResponse named(OciResponse response, Blob blob) {
    return response
        .with("Docker-Content-Digest", blob.digest())
        .with("ETag", etag(blob.digest()))
        .with("Cache-Control", FOREVER)
        .with("Accept-Ranges", "bytes");
  }

  static String etag(Digest digest) {
    return "\"" + digest + "\"";
  }

  /** RFC 9110, 13.1.2: any of a list, compared weakly, or {@code *}. */
  static boolean matches(String ifNoneMatch, Digest digest) {
    return Arrays.stream(ifNoneMatch.split(",", -1))
        .map(String::strip)
        .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag)
        .anyMatch(tag -> tag.equals("*") || tag.equals(etag(digest)));
  }
}
