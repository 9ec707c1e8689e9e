package dev.hatchery.registry;

import dev.hatchery.core.Refusal;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * The OCI distribution API (distribution-spec 1.1) over a {@link ContentStore}: pull, push, tags
 * and referrers. Deleting is not offered, because a device may go back to any release. Every
 * request ends in an answer; memory does not grow with the size of a blob. Safe for use by many
 * threads.
 */
public final class OciApi implements AutoCloseable {
  private static final Logger LOG = System.getLogger(OciApi.class.getName());

  private final Guard guard;
  private final BlobRoutes blobs;
  private final ManifestRoutes manifests;
  private final ListRoutes lists;
  private final Uploads uploads;
  private final UploadRoutes pushes;

  /**
   * The API of one store; the caller closes the store.
   *
   * @param realm the address that a 401 names for getting a token
   * @param random must be unguessable, as from SecureRandom: it names upload sessions
   */
  public OciApi(
      ContentStore store,
      RegistryLimits limits,
      String realm,
      InstantSource clock,
      RandomGenerator random) {
    this.guard = new Guard(realm);
    this.blobs = new BlobRoutes(store, guard);
    this.manifests = new ManifestRoutes(store, guard, limits);
    this.lists = new ListRoutes(store, guard);
    this.uploads = new Uploads(store, limits, clock, random);
    this.pushes = new UploadRoutes(store, guard, limits, uploads);
  }

  /** Answers a request; throws only for defects of ours. */
  public OciResponse handle(OciRequest request) {
    OciResponse response;
    try {
      response = route(Route.parse(request.path()), request);
    } catch (OciFailure failure) {
      response = failure.response();
    } catch (Refusal refusal) {
      response = OciFailure.of(refusal).response();
      if (response.status() >= 500) LOG.log(Level.ERROR, refusal.getMessage(), refusal);
    }
    response = response.with("Docker-Distribution-API-Version", "registry/2.0");
    return request.method().equals("HEAD") ? response.withoutBody() : response;
  }

  private OciResponse route(Route route, OciRequest request) {
    return switch (route) {
      case Route.Base _ ->
          switch (request.method()) {
            case "GET", "HEAD" -> base(request);
            default -> throw unsupported("GET, HEAD");
          };
      case Route.Blob blob ->
          switch (request.method()) {
            case "GET", "HEAD" -> blobs.get(blob, request);
            default -> throw unsupported("GET, HEAD");
          };
      case Route.Manifest manifest ->
          switch (request.method()) {
            case "GET", "HEAD" -> manifests.get(manifest, request);
            case "PUT" -> manifests.put(manifest, request);
            default -> throw unsupported("GET, HEAD, PUT");
          };
      case Route.Uploads begin ->
          switch (request.method()) {
            case "POST" -> pushes.post(begin, request);
            default -> throw unsupported("POST");
          };
      case Route.Upload upload ->
          switch (request.method()) {
            case "GET" -> pushes.get(upload, request);
            case "PATCH" -> pushes.patch(upload, request);
            case "PUT" -> pushes.put(upload, request);
            case "DELETE" -> pushes.delete(upload, request);
            default -> throw unsupported("GET, PATCH, PUT, DELETE");
          };
      case Route.Tags tags ->
          switch (request.method()) {
            case "GET", "HEAD" -> lists.tags(tags, request);
            default -> throw unsupported("GET, HEAD");
          };
      case Route.Referrers referrers ->
          switch (request.method()) {
            case "GET", "HEAD" -> lists.referrers(referrers, request);
            default -> throw unsupported("GET, HEAD");
          };
    };
  }

  private OciResponse base(OciRequest request) {
    guard.requireKnown(request.access());
    return OciResponse.of(200, "application/json", new byte[] {'{', '}'});
  }

  private static OciFailure unsupported(String allowed) {
    return OciFailure.of(OciError.UNSUPPORTED).with("Allow", allowed);
  }

  /** Forgets the uploads under way. */
  @Override
  public void close() {
    uploads.close();
  }
}
