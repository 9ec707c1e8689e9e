package dev.hatchery.server.http;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import java.util.function.Function;

/**
 * One way in.
 *
 * @param path with {@code {name}} for one segment and {@code <name>} for the rest
 * @param bodyMax a larger body is refused; streamed bodies are cut there
 * @param refused how this route words a refusal
 */
public record Route(
    Method method,
    String path,
    Access access,
    DataSize bodyMax,
    Handler handler,
    Function<Refusal, Answer> refused) {
  private static final DataSize NO_BODY = new DataSize(0);

  public Route(Method method, String path, Access access, DataSize bodyMax, Handler handler) {
    this(method, path, access, bodyMax, handler, Answer::problem);
  }

  public static Route get(String path, Access access, Handler handler) {
    return new Route(Method.GET, path, access, NO_BODY, handler);
  }

  Route as(Method other) {
    return new Route(other, path, access, bodyMax, handler, refused);
  }

  /** The same way in, with something done before or after. */
  public Route around(Function<Handler, Handler> wrap) {
    return new Route(method, path, access, bodyMax, wrap.apply(handler), refused);
  }
}
