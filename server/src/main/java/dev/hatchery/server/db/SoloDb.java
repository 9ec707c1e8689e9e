package dev.hatchery.server.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The database for one thread: the same SQL on the same SQLite, each operation a transaction of its
 * own, and no thread but the caller's. Statements are kept prepared, and Jdbi is left out: it costs
 * several times what SQLite does in memory.
 *
 * <p>Not thread-safe.
 */
final class SoloDb implements Db {
  private final Connection connection;
  private final Storage.Fate fate;
  private final Map<String, Deque<Ready>> prepared = new HashMap<>();
  private boolean writing;

  /** A statement, and where the columns of its rows are: the driver looks for a name each time. */
  private record Ready(PreparedStatement statement, Map<String, Integer> columns) {
    int column(ResultSet results, String name) throws SQLException {
      Integer known = columns.get(name);
      if (known != null) return known;
      int found = results.findColumn(name);
      columns.put(name, found);
      return found;
    }
  }

  SoloDb(Connection connection, Storage.Fate fate) {
    this.connection = connection;
    this.fate = fate;
  }

  @Override
  public <T> T write(Function<Tx, T> work) {
    if (writing) throw new AssertionError("an operation waits for another: it would wait for ever");
    List<Runnable> afterCommit = new ArrayList<>();
    T result;
    writing = true;
    run("BEGIN IMMEDIATE");
    try {
      result = work.apply(new SoloTx(afterCommit));
      fate.beforeCommit();
      run("COMMIT");
    } catch (RuntimeException | Error e) {
      run("ROLLBACK");
      throw e;
    } finally {
      writing = false;
    }
    fate.afterCommit();
    afterCommit.forEach(Runnable::run);
    return result;
  }

  @Override
  public <T> CompletableFuture<T> submit(Function<Tx, T> work) {
    try {
      return CompletableFuture.completedFuture(write(work));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public <T> T read(Function<Rows, T> work) {
    // On a connection of its own it would see what was before; here it would see half a change.
    if (writing) throw new AssertionError("a read within a write");
    return work.apply(new SoloRows());
  }

  private int run(String sql, Object... params) {
    Ready ready = take(sql, params);
    try {
      ready.statement.execute();
      return ready.statement.getUpdateCount();
    } catch (SQLException e) {
      throw failed(sql, e);
    } finally {
      giveBack(sql, ready);
    }
  }

  private Ready take(String sql, Object... params) {
    Deque<Ready> idle = prepared.computeIfAbsent(sql, _ -> new ArrayDeque<>());
    try {
      Ready ready =
          idle.isEmpty()
              ? new Ready(connection.prepareStatement(sql), new HashMap<>())
              : idle.removeFirst();
      @Nullable Object[] values = Params.of(params);
      for (int i = 0; i < values.length; i++) bind(ready.statement, i + 1, values[i]);
      return ready;
    } catch (SQLException e) {
      throw failed(sql, e);
    }
  }

  private static void bind(PreparedStatement statement, int at, @Nullable Object value)
      throws SQLException {
    switch (value) {
      case Long n -> statement.setLong(at, n);
      case String text -> statement.setString(at, text);
      case byte[] bytes -> statement.setBytes(at, bytes);
      case null, default -> statement.setObject(at, value);
    }
  }

  private void giveBack(String sql, Ready ready) {
    prepared.computeIfAbsent(sql, _ -> new ArrayDeque<>()).addFirst(ready);
  }

  private static IllegalStateException failed(String sql, SQLException e) {
    return new IllegalStateException(sql, e);
  }

  @Override
  public void close() {
    try {
      for (Deque<Ready> idle : prepared.values()) {
        for (Ready ready : idle) ready.statement.close();
      }
    } catch (SQLException e) {
      throw new IllegalStateException("a statement cannot be closed", e);
    }
    prepared.clear();
  }

  private class SoloRows implements Rows {
    @Override
    public <T> List<T> list(String sql, Function<Row, T> reader, Object... params) {
      Ready ready = take(sql, params);
      try (ResultSet results = ready.statement.executeQuery()) {
        List<T> rows = new ArrayList<>();
        Row row = new JdbcRow(results, ready::column);
        while (results.next()) rows.add(reader.apply(row));
        return rows;
      } catch (SQLException e) {
        throw failed(sql, e);
      } finally {
        giveBack(sql, ready);
      }
    }
  }

  private final class SoloTx extends SoloRows implements Tx {
    private final List<Runnable> afterCommit;

    SoloTx(List<Runnable> afterCommit) {
      this.afterCommit = afterCommit;
    }

    @Override
    public int run(String sql, Object... params) {
      return SoloDb.this.run(sql, params);
    }

    @Override
    public void afterCommit(Runnable action) {
      afterCommit.add(action);
    }
  }
}
