package dev.hatchery.registry;

import java.io.InputStream;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * A request below {@code /v2}.
 *
 * @param path as it came, not percent-decoded, from the slash after {@code /v2}: {@code
 *     /inspection/tags/list}; {@code /} or empty for {@code /v2/} itself
 * @param query decoded, one value for each name
 * @param headers one value for each name; names in any case
 * @param body an empty stream when there is none; read, not closed
 */
public record OciRequest(
    String method,
    String path,
    Map<String, String> query,
    Map<String, String> headers,
    InputStream body,
    Access access) {
  public OciRequest {
    query = Map.copyOf(query);
    Map<String, String> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    anyCase.putAll(headers);
    headers = Collections.unmodifiableMap(anyCase);
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(query.get(name));
  }

  /** Empty when unsaid: the body then ends where its stream ends. */
  OptionalLong contentLength() {
    String said = headers.getOrDefault("Content-Length", "").strip();
    return said.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(said)) : OptionalLong.empty();
  }
}
