package dev.hatchery.lab.fleet;

import dev.hatchery.core.Bytes;
import dev.hatchery.server.http.Caller;
import dev.hatchery.server.http.Exchange;
import dev.hatchery.server.http.Method;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/**
 * One request on the simulated network, as bytes.
 *
 * @param parts of the path, as the route that takes it names them
 */
record Request(
    Caller caller,
    Method method,
    String path,
    Map<String, String> queries,
    Map<String, String> headers,
    Bytes content,
    Map<String, String> parts)
    implements Exchange {
  static Request of(
      Caller caller,
      Method method,
      String path,
      Map<String, String> queries,
      Map<String, String> headers,
      byte[] body) {
    return new Request(caller, method, path, queries, headers, Bytes.of(body), Map.of());
  }

  Request with(Map<String, String> found) {
    return new Request(caller, method, path, queries, headers, content, found);
  }

  Request withBody(byte[] body) {
    return new Request(caller, method, path, queries, headers, Bytes.of(body), parts);
  }

  @Override
  public String rawPath() {
    return path;
  }

  @Override
  public String part(String name) {
    String part = parts.get(name);
    if (part == null) throw new AssertionError("no part " + name + " in " + path);
    return part;
  }

  @Override
  public Optional<String> query(String name) {
    return Optional.ofNullable(queries.get(name));
  }

  @Override
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  @Override
  public byte[] body() {
    return content.toArray();
  }

  @Override
  public InputStream bodyStream() {
    return new ByteArrayInputStream(content.toArray());
  }

  @Override
  public String remote() {
    return "127.0.0.1";
  }

  @Override
  public String requestId() {
    return "simulated";
  }
}
