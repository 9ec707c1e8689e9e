package dev.hatchery.wire.api;

import java.util.List;
import java.util.OptionalLong;

/**
 * A part of a list.
 *
 * @param next where the next part begins ({@code ?after=}); absent at the end
 */
public record Page<T>(List<T> items, OptionalLong next) {
  public Page {
    items = List.copyOf(items);
  }

  /** A list that is whole. */
  public static <T> Page<T> all(List<T> items) {
    return new Page<>(items, OptionalLong.empty());
  }
}
