package dev.hatchery.server.http;

import dev.hatchery.core.DataSize;

/**
 * One way in.
 *
 * @param path with {@code {name}} for one segment and {@code <name>} for the rest
 * @param bodyMax a larger body is refused; streamed bodies are cut there
 */
public record Route(Method method, String path, Access access, DataSize bodyMax, Handler handler) {
  private static final DataSize NO_BODY = new DataSize(0);

  public static Route get(String path, Access access, Handler handler) {
    return new Route(Method.GET, path, access, NO_BODY, handler);
  }
}
