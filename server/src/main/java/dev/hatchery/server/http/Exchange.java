package dev.hatchery.server.http;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** One request, as a handler sees it. */
public interface Exchange {
  Method method();

  /** The path as it came, decoded. */
  String path();

  /** The path as it came, not decoded. */
  String rawPath();

  /** The part of the path that the route calls by this name. */
  String part(String name);

  /** The first query parameter of this name. */
  Optional<String> query(String name);

  /** All query parameters, the first of each name. */
  Map<String, String> queries();

  Optional<String> header(String name);

  /** All headers, the first of each name. */
  Map<String, String> headers();

  /** The whole body; refused when it is larger than the route takes. */
  byte[] body();

  /** The body as it comes in; reading past what the route takes fails. */
  InputStream bodyStream();

  /** The sender's address. */
  String remote();

  Caller caller();

  /** Names this request in logs and problem documents. */
  String requestId();

  /** A part of the path as a value; a part that cannot be one names nothing that exists. */
  default <T> T part(String name, Function<String, T> parser) {
    try {
      return parser.apply(part(name));
    } catch (Refusal e) {
      throw Refusal.of(Code.NOT_FOUND, "there is nothing of this name").got(part(name)).cause(e);
    }
  }

  /** A whole number of the query, within bounds. */
  default long query(String name, long whenAbsent, long min, long max) {
    return query(name).map(text -> number(name, text, min, max)).orElse(whenAbsent);
  }

  private static long number(String name, String text, long min, long max) {
    try {
      long value = Long.parseLong(text);
      if (value >= min && value <= max) return value;
    } catch (NumberFormatException e) {
      // told below, like a number out of range
    }
    throw Refusal.of(Code.BAD_INPUT, "a query parameter is out of range")
        .at("?" + name)
        .expected(min + " to " + max)
        .got(text);
  }
}
