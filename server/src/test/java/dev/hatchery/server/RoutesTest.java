package dev.hatchery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Name;
import dev.hatchery.core.Secret;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Method;
import dev.hatchery.server.http.Route;
import dev.hatchery.wire.api.OperatorRole;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.yaml.Yaml;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What holds for every route: who may use it, and that the document tells of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RoutesTest {
  private static final Path OPENAPI = Path.of("../docs/openapi.yaml");
  private static final List<String> METHODS = List.of("get", "put", "post", "delete", "patch");

  private final HttpClient client = HttpClient.newHttpClient();
  private Fleet fleet;
  private Device device;

  @BeforeAll
  void start(@TempDir Path folder) {
    fleet = Fleet.ready(folder);
    device = fleet.device("edge-1", Map.of());
  }

  @AfterAll
  void stop() {
    client.close();
    fleet.close();
  }

  @Test
  void everyRouteLetsInWhomItTakesAndNobodyElse() throws Exception {
    List<String> wrong = new ArrayList<>();
    Secret updater =
        fleet
            .operator()
            .addOperator(new Name("mender"), OperatorRole.UPDATER)
            .token()
            .orElseThrow();
    for (Route route : fleet.server().routes()) {
      check(route, "nobody", Optional.empty(), route.access() == Access.OPEN ? 0 : 401, wrong);
      check(
          route,
          "a stranger",
          Optional.of(new Secret("hto_guess")),
          route.access() == Access.OPEN ? 0 : 401,
          wrong);
      check(route, "a device", Optional.of(device.freshToken()), forDevice(route.access()), wrong);
      check(route, "an operator", Optional.of(fleet.token()), forOperator(route.access()), wrong);
      check(route, "an updater", Optional.of(updater), forUpdater(route.access()), wrong);
    }
    assertThat(wrong).isEmpty();
    assertThat(fleet.server().routes()).hasSizeGreaterThan(35);
  }

  private static int forDevice(Access access) {
    return switch (access) {
      case OPERATOR, OPERATOR_OR_UPDATER -> 403;
      case OPEN, DEVICE, DEVICE_OR_OPERATOR -> 0;
    };
  }

  private static int forOperator(Access access) {
    return switch (access) {
      case DEVICE -> 403;
      case OPEN, OPERATOR, OPERATOR_OR_UPDATER, DEVICE_OR_OPERATOR -> 0;
    };
  }

  private static int forUpdater(Access access) {
    return switch (access) {
      case DEVICE, OPERATOR, DEVICE_OR_OPERATOR -> 403;
      case OPEN, OPERATOR_OR_UPDATER -> 0;
    };
  }

  // 0 means: neither 401 nor 403, whatever else the route says to nonsense.
  private void check(
      Route route, String who, Optional<Secret> token, int expected, List<String> wrong)
      throws Exception {
    String path =
        route
            .path()
            .replaceAll("\\{version}", "1")
            .replaceAll("\\{\\w+}", "x")
            .replace("<rest>", "x/tags/list");
    var request =
        HttpRequest.newBuilder(URI.create(fleet.address() + path))
            .method(route.method().name(), BodyPublishers.noBody());
    token.ifPresent(t -> request.header("Authorization", "Bearer " + t.reveal()));
    HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
    int got = answer.statusCode();
    boolean provesInBody = List.of("/device/v1/token", "/device/v1/enroll").contains(path);
    boolean letIn = provesInBody || (got != 401 && got != 403);
    boolean right = expected == 0 ? letIn : got == expected;
    if (!right || got >= 500) {
      wrong.add(route.method() + " " + path + " for " + who + ": " + got + ", not " + expected);
    }
  }

  @Test
  void theDocumentTellsOfEveryRouteAndOfNoOther() throws Exception {
    Set<String> documented = new TreeSet<>();
    fields(document(), "paths")
        .forEach(
            (path, item) ->
                fields(item)
                    .forEach(
                        (method, _) -> {
                          if (METHODS.contains(method)) {
                            documented.add(method.toUpperCase(Locale.ROOT) + " " + path);
                          }
                        }));
    Set<String> registered = new TreeSet<>();
    for (Route route : fleet.server().routes()) {
      if (described(route)) registered.add(route.method() + " " + route.path());
    }
    assertThat(documented).isEqualTo(registered);
  }

  @Test
  void everyReferenceOfTheDocumentLeadsSomewhere() throws Exception {
    Node document = document();
    List<String> references = new ArrayList<>();
    collect(document, references);
    assertThat(references).hasSizeGreaterThan(100);
    for (String reference : references) {
      Optional<Node> at = Optional.of(document);
      for (String step : reference.substring(2).split("/", -1)) {
        at = at.map(node -> fields(node).get(step));
      }
      assertThat(at).as(reference).isPresent();
    }
  }

  @Test
  void changesAndOnlyChangesTakeAnIdempotencyKey() throws Exception {
    fields(document(), "paths")
        .forEach(
            (path, item) ->
                fields(item)
                    .forEach(
                        (method, operation) -> {
                          if (!METHODS.contains(method) || !path.startsWith("/api/")) return;
                          boolean takes =
                              new String(
                                      dev.hatchery.wire.json.Json.write(operation),
                                      java.nio.charset.StandardCharsets.UTF_8)
                                  .contains("parameters/IdempotencyKey");
                          assertThat(takes)
                              .as(method + " " + path)
                              .isEqualTo(!Method.valueOf(method.toUpperCase(Locale.ROOT)).safe());
                        }));
  }

  // The registry is described by its own specification; the console's files are no API.
  private static boolean described(Route route) {
    return route.path().matches("/(api|device)/.*|/healthz|/metrics");
  }

  private static Node document() throws Exception {
    return Yaml.parse(Files.readString(OPENAPI), OPENAPI.toString());
  }

  private static void collect(Node node, List<String> references) {
    switch (node) {
      case Node.Obj object ->
          object
              .fields()
              .forEach(
                  (name, value) -> {
                    if (name.equals("$ref")) references.add(Fields.text(value));
                    else collect(value, references);
                  });
      case Node.Arr array -> array.items().forEach(item -> collect(item, references));
      case Node.Text _, Node.Int _, Node.Real _, Node.Bool _, Node.Nil _ -> {}
    }
  }

  private static Map<String, Node> fields(Node node, String name) {
    return fields(Optional.ofNullable(fields(node).get(name)).orElseThrow());
  }

  private static Map<String, Node> fields(Node node) {
    return ((Node.Obj) node).fields();
  }
}
