package dev.hatchery.server.db;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** The row that a result set stands at. */
record JdbcRow(ResultSet results, Columns columns) implements Row {
  /** Where a column is. */
  interface Columns {
    int of(ResultSet results, String name) throws SQLException;
  }

  JdbcRow(ResultSet results) {
    this(results, ResultSet::findColumn);
  }

  @Override
  public Optional<String> maybeText(String column) {
    try {
      return Optional.ofNullable(results.getString(columns.of(results, column)));
    } catch (SQLException e) {
      throw unreadable(column, e);
    }
  }

  @Override
  public Optional<byte[]> maybeBlob(String column) {
    try {
      return Optional.ofNullable(results.getBytes(columns.of(results, column)));
    } catch (SQLException e) {
      throw unreadable(column, e);
    }
  }

  @Override
  public long integer(String column) {
    try {
      return results.getLong(columns.of(results, column));
    } catch (SQLException e) {
      throw unreadable(column, e);
    }
  }

  private static IllegalStateException unreadable(String column, SQLException e) {
    return new IllegalStateException("column " + column, e);
  }
}
