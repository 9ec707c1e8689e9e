package dev.hatchery.server.db;

import java.util.List;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/** Rows through Jdbi. */
class JdbiRows implements Rows {
  final Handle handle;

  JdbiRows(Handle handle) {
    this.handle = handle;
  }

  @Override
  public <T> List<T> list(String sql, Function<Row, T> reader, Object... params) {
    try (var query = handle.select(sql, Params.of(params))) {
      return query.map((results, _) -> reader.apply(new JdbcRow(results))).list();
    }
  }
}
