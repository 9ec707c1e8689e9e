package dev.hatchery.server.console;

import dev.hatchery.core.Bytes;
import dev.hatchery.server.http.Access;
import dev.hatchery.server.http.Answer;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code GET /} and the files it needs. */
public final class ConsoleRoutes {
  // No inline script or style, nothing from elsewhere, in nobody's frame.
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

  private static final Map<String, String> FILES =
      Map.of(
          "index.html", "text/html; charset=utf-8",
          "console.js", "text/javascript; charset=utf-8",
          "console.css", "text/css; charset=utf-8",
          "icon.svg", "image/svg+xml");

  private ConsoleRoutes() {}

  public static List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    FILES.forEach(
        (name, type) -> {
          Answer answer = answer(name, type);
          String etag = answer.headers().getOrDefault("ETag", "");
          String path = name.equals("index.html") ? "/" : "/" + name;
          routes.add(Route.get(path, Access.OPEN, x -> held(x, etag) ? unchanged(etag) : answer));
        });
    return routes;
  }

  private static boolean held(Exchange exchange, String etag) {
    return exchange.header("If-None-Match").equals(Optional.of(etag));
  }

  private static Answer unchanged(String etag) {
    return Answer.of(304).with("ETag", etag);
  }

  private static Answer answer(String name, String type) {
    Bytes content = read("/console/" + name);
    return Answer.text(type, content.toArray())
        .with("Content-Security-Policy", POLICY)
        .with("Referrer-Policy", "no-referrer")
        .with("Cross-Origin-Opener-Policy", "same-origin")
        .with("Cache-Control", "no-cache")
        .with("ETag", '"' + content.digest().hex() + '"');
  }

  private static Bytes read(String resource) {
    try (InputStream in = ConsoleRoutes.class.getResourceAsStream(resource)) {
      if (in == null)
        throw new AssertionError("the console is packed with the program: " + resource);
      return Bytes.of(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
