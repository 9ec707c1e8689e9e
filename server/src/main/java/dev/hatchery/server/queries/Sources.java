package dev.hatchery.server.queries;

import dev.hatchery.core.Code;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Gate;
import dev.hatchery.core.Name;
import dev.hatchery.core.Nearest;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.yaml.Yaml;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The endpoints that this server may ask, by name: {@code --query-sources FILE}. */
public final class Sources {
  public static final Sources NONE = new Sources(Map.of());
  private static final int MAX = 64;

  private final Map<Name, Source> byName;

  private Sources(Map<Name, Source> byName) {
    this.byName = Collections.unmodifiableMap(new TreeMap<>(byName));
  }

  /** Reads the file; relative paths in it are relative to it. */
  public static Sources read(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw Refusal.of(Code.NOT_FOUND, "the query sources cannot be read")
          .at(file.toString())
          .got(e)
          .fix("name the file with --query-sources")
          .cause(e);
    }
    Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("/"));
    return Fields.read(
        Yaml.parse(text, file.toString()),
        f -> {
          Map<Name, Source> sources = new TreeMap<>();
          f.map("sources", Name::new, node -> node)
              .forEach((name, node) -> sources.put(name, source(name, node, folder)));
          if (sources.isEmpty() || sources.size() > MAX) {
            throw Refusal.of(Code.BAD_SPEC, "there is a wrong number of query sources")
                .expected("1 to " + MAX)
                .got(sources.size());
          }
          return new Sources(sources);
        });
  }

  private static Source source(Name name, Node node, Path folder) {
    return Fields.read(
        node,
        f ->
            new Source(
                name,
                f.parsed("url", Sources::uri),
                f.maybe("tokenFile", Fields::text).map(folder::resolve),
                f.maybeParsed("timeout", Durations::parse).orElse(Source.TIMEOUT)));
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw Refusal.of(Code.BAD_SPEC, "this is not an address").expected("http(s)://host").cause(e);
    }
  }

  /** Refuses a rollout that names an endpoint which this server was not given. */
  public void require(RolloutSpec spec) {
    for (Gate.Query query : Gate.queries(spec.gates())) {
      if (byName.containsKey(query.source())) continue;
      var names = byName.keySet().stream().map(Name::value).toList();
      Refusal refusal =
          Refusal.of(Code.BAD_SPEC, "this query source is not known to the server")
              .at(query.metric())
              .expected(
                  names.isEmpty()
                      ? "none: it was given no --query-sources"
                      : "one of " + String.join(", ", names))
              .got(query.source());
      throw Nearest.to(query.source().value(), names)
          .map(near -> refusal.fix("did you mean " + near + "?"))
          .orElse(refusal);
    }
  }

  @Nullable Source find(Name name) {
    return byName.get(name);
  }
}
