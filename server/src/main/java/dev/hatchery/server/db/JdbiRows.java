package dev.hatchery.server.db;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
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

  private record JdbcRow(ResultSet results) implements Row {
    @Override
    public Optional<String> maybeText(String column) {
      try {
        return Optional.ofNullable(results.getString(column));
      } catch (SQLException e) {
        throw unreadable(column, e);
      }
    }

    @Override
    public Optional<byte[]> maybeBlob(String column) {
      try {
        return Optional.ofNullable(results.getBytes(column));
      } catch (SQLException e) {
        throw unreadable(column, e);
      }
    }

    @Override
    public long integer(String column) {
      try {
        return results.getLong(column);
      } catch (SQLException e) {
        throw unreadable(column, e);
      }
    }

    private static IllegalStateException unreadable(String column, SQLException e) {
      return new IllegalStateException("column " + column, e);
    }
  }
}
