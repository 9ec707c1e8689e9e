package dev.hatchery.server.db;

import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;

/**
 * SQLite in memory, with the schema of a server, on one connection and for one thread: what is left
 * of a simulated server that dies. Whoever opens {@link #db} on it finds what was committed.
 */
public final class Storage implements AutoCloseable {
  private static final String SCHEMA = "main";

  private final SQLiteConnection connection;

  /** Decides what becomes of a server at the two moments that matter. It ends it by throwing. */
  public interface Fate {
    /** Nothing ever ends. */
    Fate KIND =
        new Fate() {
          @Override
          public void beforeCommit() {}

          @Override
          public void afterCommit() {}
        };

    /** The operation's work is done; what is thrown here undoes it. */
    void beforeCommit();

    /** It is on disk, and nobody has heard of it yet. */
    void afterCommit();
  }

  private Storage(SQLiteConnection connection) {
    this.connection = connection;
  }

  /** A database that begins with these bytes: a server's file, after that server has ended. */
  public static Storage of(byte[] image) {
    var source = new SQLiteDataSource();
    source.setUrl("jdbc:sqlite::memory:");
    // Else the driver prepares and runs a statement of its own after each INSERT.
    source.setGetGeneratedKeys(false);
    try {
      var connection = source.getConnection().unwrap(SQLiteConnection.class);
      connection.deserialize(SCHEMA, withoutLog(image));
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA foreign_keys=ON");
        statement.execute("PRAGMA journal_mode=MEMORY");
        statement.execute("PRAGMA synchronous=OFF");
      }
      return new Storage(connection);
    } catch (SQLException e) {
      throw new IllegalStateException("a database in memory cannot be opened", e);
    }
  }

  // Versions of 2 say that there is a write-ahead log beside the file, which a database in memory
  // cannot have (SQLite file format, offsets 18 and 19).
  private static byte[] withoutLog(byte[] image) {
    byte[] plain = image.clone();
    plain[18] = 1;
    plain[19] = 1;
    return plain;
  }

  /** All that is committed. */
  public byte[] image() {
    try {
      return connection.serialize(SCHEMA);
    } catch (SQLException e) {
      throw new IllegalStateException("a database in memory cannot be copied", e);
    }
  }

  /** A server's way in. Closing it leaves the storage as it is. */
  public Db db(Fate fate) {
    return new SoloDb(connection, fate);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException("a database in memory cannot be closed", e);
    }
  }
}
