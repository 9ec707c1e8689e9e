package dev.hatchery.registry;

import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Refusal;
import dev.hatchery.registry.Uploads.Session;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Pushing blobs: whole, in chunks, or from another repository. */
final class UploadRoutes {
  private static final Pattern CHUNK = Pattern.compile("(\\d{1,18})-(\\d{1,18})");

  private final ContentStore store;
  private final Guard guard;
  private final RegistryLimits limits;
  private final Uploads uploads;

  UploadRoutes(ContentStore store, Guard guard, RegistryLimits limits, Uploads uploads) {
    this.store = store;
    this.guard = guard;
    this.limits = limits;
    this.uploads = uploads;
  }

  OciResponse post(Route.Uploads route, OciRequest request) {
    Name repo = route.repo();
    guard.requirePush(request.access(), repo);
    Optional<Digest> mount = request.parameter("mount").map(Route::digest);
    if (mount.isPresent() && mount(repo, mount.get(), request)) return created(repo, mount.get());
    Optional<Digest> digest = request.parameter("digest").map(Route::digest);
    if (digest.isPresent()) requireSize(request);
    Session session = uploads.begin(repo);
    if (digest.isEmpty()) return status(202, repo, session);
    try {
      session.incoming().append(request.body(), request.contentLength());
      return finish(repo, session, digest.get());
    } finally {
      uploads.end(session);
    }
  }

  // distribution-spec 1.1, Mounting: what cannot be mounted is uploaded.
  private boolean mount(Name repo, Digest blob, OciRequest request) {
    Optional<Name> from = request.parameter("from").map(Route::repo);
    if (from.isEmpty()
        || !request.access().mayPull(from.get(), blob)
        || !store.holds(from.get(), blob)) return false;
    store.give(repo, blob);
    return true;
  }

  OciResponse get(Route.Upload route, OciRequest request) {
    return onSession(route, request, session -> status(204, route.repo(), session));
  }

  OciResponse patch(Route.Upload route, OciRequest request) {
    return onSession(
        route,
        request,
        session -> {
          append(route.repo(), session, request);
          return status(202, route.repo(), session);
        });
  }

  OciResponse put(Route.Upload route, OciRequest request) {
    return onSession(
        route,
        request,
        session -> {
          Digest digest =
              request
                  .parameter("digest")
                  .map(Route::digest)
                  .orElseThrow(
                      () -> OciFailure.of(OciError.DIGEST_INVALID, 400, "no digest was given"));
          append(route.repo(), session, request);
          try {
            return finish(route.repo(), session, digest);
          } finally {
            uploads.end(session);
          }
        });
  }

  OciResponse delete(Route.Upload route, OciRequest request) {
    return onSession(
        route,
        request,
        session -> {
          uploads.end(session);
          return OciResponse.empty(204);
        });
  }

  private OciResponse onSession(
      Route.Upload route, OciRequest request, Function<Session, OciResponse> work) {
    guard.requirePush(request.access(), route.repo());
    return uploads.with(route.repo(), route.session(), work);
  }

  // A chunk is taken whole or not at all, so a client that lost its answer can ask for the status
  // and
  // go on from there.
  private void append(Name repo, Session session, OciRequest request) {
    requireSize(request);
    Optional<String> range = request.header("Content-Range");
    OptionalLong length =
        range.isPresent()
            ? chunk(range.get(), repo, session, request.contentLength())
            : request.contentLength();
    session.incoming().append(request.body(), length);
  }

  // distribution-spec 1.1, Pushing a blob in chunks: in order, or 416 with where we are.
  private static OptionalLong chunk(
      String range, Name repo, Session session, OptionalLong contentLength) {
    Matcher m = CHUNK.matcher(range.strip());
    boolean inOrder =
        m.matches()
            && Long.parseLong(m.group(1)) == session.incoming().size()
            && Long.parseLong(m.group(2)) >= Long.parseLong(m.group(1));
    if (!inOrder) {
      throw OciFailure.of(OciError.BLOB_UPLOAD_INVALID, 416, "the chunk is out of order")
          .with("Location", location(repo, session))
          .with("Range", range(session));
    }
    long length = Long.parseLong(m.group(2)) - Long.parseLong(m.group(1)) + 1;
    if (contentLength.isPresent() && contentLength.getAsLong() != length) {
      throw OciFailure.of(OciError.SIZE_INVALID, 400, "Content-Range has " + length + " bytes");
    }
    return OptionalLong.of(length);
  }

  // Refuses before a byte is read what cannot fit anyway.
  private void requireSize(OciRequest request) {
    if (request.contentLength().orElse(0) > limits.blob().bytes()) {
      throw OciFailure.of(OciError.SIZE_INVALID, 413, "a blob has at most " + limits.blob());
    }
  }

  private OciResponse finish(Name repo, Session session, Digest digest) {
    try {
      session.incoming().commit(digest);
    } catch (Refusal refusal) {
      throw OciFailure.of(refusal);
    }
    store.give(repo, digest);
    return created(repo, digest);
  }

  private static OciResponse created(Name repo, Digest digest) {
    return OciResponse.empty(201)
        .with("Location", "/v2/" + repo + "/blobs/" + digest)
        .with("Docker-Content-Digest", digest);
  }

  private static OciResponse status(int status, Name repo, Session session) {
    return OciResponse.empty(status)
        .with("Location", location(repo, session))
        .with("Range", range(session))
        .with("Docker-Upload-UUID", session.id());
  }

  private static String location(Name repo, Session session) {
    return "/v2/" + repo + "/blobs/uploads/" + session.id();
  }

  // Inclusive at both ends, so nothing yet and one byte look the same; registries answer 0-0 to
  // both.
  private static String range(Session session) {
    return "0-" + Math.max(0, session.incoming().size() - 1);
  }
}
