package dev.hatchery.registry;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import java.util.Arrays;
import java.util.List;

/** What a path is about (distribution-spec 1.1, Endpoints). Only well-formed names get this far. */
sealed interface Route {
  int MAX_PATH = 1024;

  record Base() implements Route {}

  /** The reference is as it came; each method has its own answer to one that is no tag. */
  record Manifest(Name repo, String reference) implements Route {}

  record Blob(Name repo, Digest digest) implements Route {}

  record Uploads(Name repo) implements Route {}

  record Upload(Name repo, String session) implements Route {}

  record Tags(Name repo) implements Route {}

  record Referrers(Name repo, Digest subject) implements Route {}

  /** Throws NAME_INVALID, DIGEST_INVALID, and UNSUPPORTED with 404 for a path the spec has not. */
  static Route parse(String path) {
    if (path.isEmpty() || path.equals("/")) return new Base();
    if (path.length() > MAX_PATH || path.charAt(0) != '/') throw unknown();
    // The colon of a digest is the only character of the spec's paths that some clients encode.
    String decoded = path.replace("%3A", ":").replace("%3a", ":");
    List<String> parts = Arrays.asList(decoded.substring(1).split("/", -1));
    String last = parts.getLast();
    if (endsWith(parts, "blobs", "uploads", "*")) {
      Name repo = repo(parts, 3);
      return last.isEmpty() ? new Uploads(repo) : new Upload(repo, last);
    }
    if (endsWith(parts, "blobs", "uploads")) return new Uploads(repo(parts, 2));
    if (endsWith(parts, "blobs", "*")) return new Blob(repo(parts, 2), digest(last));
    if (endsWith(parts, "manifests", "*")) return new Manifest(repo(parts, 2), last);
    if (endsWith(parts, "tags", "list")) return new Tags(repo(parts, 2));
    if (endsWith(parts, "referrers", "*")) return new Referrers(repo(parts, 2), digest(last));
    throw unknown();
  }

  private static boolean endsWith(List<String> parts, String... end) {
    int from = parts.size() - end.length;
    if (from < 1) return false;
    for (int i = 0; i < end.length; i++) {
      if (!end[i].equals("*") && !end[i].equals(parts.get(from + i))) return false;
    }
    return true;
  }

  private static Name repo(List<String> parts, int tail) {
    return repo(String.join("/", parts.subList(0, parts.size() - tail)));
  }

  static Name repo(String text) {
    try {
      return new Name(text);
    } catch (Refusal e) {
      throw OciFailure.of(OciError.NAME_INVALID, 400, OciFailure.told(e.problem()));
    }
  }

  static Digest digest(String text) {
    try {
      return Digest.parse(text);
    } catch (Refusal e) {
      throw OciFailure.of(OciError.DIGEST_INVALID, 400, OciFailure.told(e.problem()));
    }
  }

  private static OciFailure unknown() {
    return OciFailure.of(OciError.UNSUPPORTED, 404, "no such path");
  }
}
