package dev.hatchery.server.db;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads rows. Parameters replace {@code ?} in order; see {@link Params} for what they may be. */
public interface Rows {
  <T> List<T> list(String sql, Function<Row, T> reader, Object... params);

  /** The first row, if there is one. */
  default <T> Optional<T> one(String sql, Function<Row, T> reader, Object... params) {
    return list(sql, reader, params).stream().findFirst();
  }

  /** The single number of an aggregate. */
  default long number(String sql, Object... params) {
    return one(sql, row -> row.integer("n"), params).orElse(0L);
  }
}
