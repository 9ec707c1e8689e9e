package dev.hatchery.server.db;

import dev.hatchery.core.Bytes;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How values become SQL parameters: instants as milliseconds since 1970, booleans as 0 and 1,
 * absent ones as NULL, enums by name, numbers and byte arrays as they are, and all else by its text
 * form.
 */
final class Params {
  private Params() {}

  static @Nullable Object[] of(Object... values) {
    var params = new @Nullable Object[values.length];
    for (int i = 0; i < values.length; i++) params[i] = one(values[i]);
    return params;
  }

  private static @Nullable Object one(Object value) {
    return switch (value) {
      case Optional<?> maybe -> maybe.isPresent() ? one(maybe.get()) : null;
      case Instant at -> at.toEpochMilli();
      case Boolean yes -> yes ? 1L : 0L;
      case Integer n -> n.longValue();
      case Long n -> n;
      case Bytes bytes -> bytes.toArray();
      case byte[] bytes -> bytes;
      case Enum<?> constant -> constant.name();
      default -> value.toString();
    };
  }
}
