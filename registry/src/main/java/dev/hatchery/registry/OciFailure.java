package dev.hatchery.registry;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An answer that says no, in the spec's form; thrown to end a request early. */
final class OciFailure extends RuntimeException {
  private record Said(OciError error, int status) {}

  // For an immutable tag the spec has no word; 409 tells it from a right that is lacking.
  private static final Map<Code, Said> SAID =
      Map.of(
          Code.HASH, new Said(OciError.DIGEST_INVALID, 400),
          Code.SIZE, new Said(OciError.SIZE_INVALID, 400),
          Code.TOO_LARGE, new Said(OciError.SIZE_INVALID, 413),
          Code.TRUNCATED, new Said(OciError.BLOB_UPLOAD_INVALID, 400),
          Code.IMMUTABLE, new Said(OciError.DENIED, 409),
          Code.FORBIDDEN, new Said(OciError.DENIED, 403),
          Code.RATE_LIMITED, new Said(OciError.TOOMANYREQUESTS, 429),
          Code.NO_SPACE, new Said(OciError.UNKNOWN, 507));

  private final int status;
  private final Node body;
  private final Map<String, String> headers;

  private OciFailure(int status, Node body, Map<String, String> headers) {
    // No stack trace: this is an answer, and strangers cause it.
    super("status " + status, null, false, false);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }

  static OciFailure of(OciError error) {
    return of(error, error.status(), "");
  }

  /** The spec's description, then what it is about. */
  static OciFailure of(OciError error, int status, String more) {
    Node entry = entry(error, more).done();
    return new OciFailure(status, errors(List.of(entry)), Map.of());
  }

  /** One MANIFEST_BLOB_UNKNOWN for each digest. */
  static OciFailure missing(List<Digest> digests) {
    List<Node> entries =
        digests.stream()
            .map(
                d ->
                    entry(OciError.MANIFEST_BLOB_UNKNOWN, d.toString())
                        .put("detail", Tree.object().put("digest", d).done())
                        .done())
            .toList();
    return new OciFailure(OciError.MANIFEST_BLOB_UNKNOWN.status(), errors(entries), Map.of());
  }

  /** What the store refused, in the spec's words. */
  static OciFailure of(Refusal refusal) {
    Said said = SAID.get(refusal.code());
    // What our own disk said is for our log, not for the sender.
    return said == null
        ? of(OciError.UNKNOWN, 500, refusal.problem().title())
        : of(said.error, said.status, told(refusal.problem()));
  }

  OciFailure with(String name, Object value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value.toString());
    return new OciFailure(status, body, more);
  }

  OciResponse response() {
    OciResponse response = OciResponse.of(status, "application/json", Json.write(body));
    for (Map.Entry<String, String> e : headers.entrySet()) {
      response = response.with(e.getKey(), e.getValue());
    }
    return response;
  }

  /** A refusal without its place, which is often a path of ours. */
  static String told(Refusal.Problem p) {
    return new Refusal.Problem(p.code(), p.title(), "", p.expected(), p.got(), p.fix()).line();
  }

  private static Tree entry(OciError error, String more) {
    // What came may hold half a surrogate pair, which JSON cannot carry; encoding makes it a '?'.
    String clean = new String(more.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    return Tree.object()
        .put("code", error.name())
        .put("message", clean.isEmpty() ? error.description() : error.description() + ": " + clean);
  }

  private static Node errors(List<Node> entries) {
    return Tree.object().list("errors", entries, true, e -> e).done();
  }
}
