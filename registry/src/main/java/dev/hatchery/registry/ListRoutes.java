package dev.hatchery.registry;

import dev.hatchery.client.oci.Descriptor;
import dev.hatchery.client.oci.ImageIndex;
import dev.hatchery.client.oci.Media;
import dev.hatchery.client.oci.Reference;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Tree;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The tags of a repository, and the manifests that refer to one. */
final class ListRoutes {
  private static final int PAGE_MAX = 1000;

  private final ContentStore store;
  private final Guard guard;

  ListRoutes(ContentStore store, Guard guard) {
    this.store = store;
    this.guard = guard;
  }

  OciResponse tags(Route.Tags route, OciRequest request) {
    guard.requireList(request.access(), route.repo());
    Catalog catalog = store.catalog();
    if (!catalog.repositories().contains(route.repo())) {
      throw OciFailure.of(OciError.NAME_UNKNOWN, 404, route.repo().value());
    }
    int n = request.parameter("n").map(ListRoutes::count).orElse(PAGE_MAX);
    var after =
        catalog
            .repository(route.repo())
            .tags()
            .tailMap(request.parameter("last").orElse(""), false);
    List<String> page = after.keySet().stream().limit(n).toList();
    OciResponse response =
        OciResponse.of(
            200,
            "application/json",
            Json.write(
                Tree.object()
                    .put("name", route.repo())
                    .list("tags", page, true, Tree::text)
                    .done()));
    // n=0 gets an empty list and no Link (distribution-spec 1.1, Listing tags).
    return page.isEmpty() || page.size() == after.size()
        ? response
        : response.with("Link", next(route, n, page.getLast()));
  }

  private static String next(Route.Tags route, int n, String last) {
    String query = "n=" + n + "&last=" + URLEncoder.encode(last, StandardCharsets.UTF_8);
    return "</v2/" + route.repo() + "/tags/list?" + query + ">; rel=\"next\"";
  }

  private static int count(String n) {
    if (!n.matches("\\d{1,9}")) {
      throw OciFailure.of(OciError.UNSUPPORTED, 400, "n is a whole number of at most 9 digits");
    }
    return Math.min(Integer.parseInt(n), PAGE_MAX);
  }

  // Never 404 for the repository or the subject: that would say there is no such API.
  OciResponse referrers(Route.Referrers route, OciRequest request) {
    guard.requirePull(request.access(), route.repo(), Reference.of(route.subject()));
    Optional<String> type = request.parameter("artifactType").filter(t -> !t.isEmpty());
    List<Descriptor> found =
        store.catalog().referrers(route.repo(), route.subject()).stream()
            .filter(d -> type.isEmpty() || d.artifactType().equals(type))
            .toList();
    OciResponse response =
        OciResponse.of(200, Media.IMAGE_INDEX, ImageIndex.of(found).bytes())
            .with("Cache-Control", "no-cache");
    return type.isPresent() ? response.with("OCI-Filters-Applied", "artifactType") : response;
  }
}
