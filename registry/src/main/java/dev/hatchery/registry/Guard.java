package dev.hatchery.registry;

import dev.hatchery.client.oci.Reference;
import dev.hatchery.core.Name;

/** Asks a request's {@link Access}, and says no in the spec's form (RFC 6750, section 3). */
final class Guard {
  private final String realm;

  /** Quotes would end the parameter. */
  Guard(String realm) {
    this.realm = realm.replace("\\", "").replace("\"", "");
  }

  void requireKnown(Access access) {
    if (!access.known()) throw unauthorized("");
  }

  void requirePull(Access access, Name repo, Reference reference) {
    boolean may =
        switch (reference) {
          case Reference.Tag tag -> access.mayPull(repo, tag.value());
          case Reference.ByDigest content -> access.mayPull(repo, content.digest());
        };
    require(may, access, repo, "pull");
  }

  void requireList(Access access, Name repo) {
    require(access.mayList(repo), access, repo, "pull");
  }

  void requirePush(Access access, Name repo) {
    require(access.mayPush(repo), access, repo, "pull,push");
  }

  private void require(boolean may, Access access, Name repo, String action) {
    if (may) return;
    throw access.known()
        ? OciFailure.of(OciError.DENIED)
        : unauthorized(",scope=\"repository:" + repo + ":" + action + "\"");
  }

  private OciFailure unauthorized(String scope) {
    return OciFailure.of(OciError.UNAUTHORIZED)
        .with("WWW-Authenticate", "Bearer realm=\"" + realm + "\",service=\"hatchery\"" + scope);
  }
}
