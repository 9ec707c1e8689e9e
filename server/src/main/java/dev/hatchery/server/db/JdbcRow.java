package dev.hatchery.server.db;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** The row that a result set stands at. */
record JdbcRow(ResultSet results) implements Row {
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
