package dev.hatchery.server.db;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Version;
import java.nio.file.Path;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sqlite.SQLiteDataSource;

/** The file, its settings and its schema. */
final class Sqlite {
  // Before 3.51.3 concurrent WAL resets can corrupt the file; 3.52.0 was withdrawn (durability
  // reference, section 8).
  private static final Version OLDEST = Version.parse("3.51.3");
  private static final Version WITHDRAWN = Version.parse("3.52.0");
  private static final List<String> SETTINGS =
      List.of(
          "PRAGMA journal_mode=WAL",
          "PRAGMA synchronous=FULL",
          "PRAGMA foreign_keys=ON",
          "PRAGMA busy_timeout=5000",
          "PRAGMA mmap_size=0");

  private final SQLiteDataSource source = new SQLiteDataSource();
  private final Jdbi jdbi;

  Sqlite(Path file) {
    source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
    jdbi = Jdbi.create(source);
    try (Handle handle = jdbi.open()) {
      check(Version.parse(text(handle, "SELECT sqlite_version()")));
    }
  }

  static void check(Version version) {
    if (version.compareTo(OLDEST) < 0 || version.equals(WITHDRAWN)) {
      throw Refusal.of(Code.STORAGE, "this SQLite can corrupt its file")
          .expected(OLDEST + " or newer, not " + WITHDRAWN)
          .got(version)
          .fix("run the server with the sqlite-jdbc it was built with");
    }
  }

  void migrate() {
    var flyway =
        Flyway.configure()
            .dataSource(source)
            .locations("classpath:dev/hatchery/server/db")
            .loggers("slf4j")
            .load();
    for (MigrationInfo applied : flyway.info().applied()) {
      if (applied.getState() == MigrationState.FUTURE_SUCCESS
          || applied.getState() == MigrationState.FUTURE_FAILED) {
        throw Refusal.of(Code.STORAGE, "this database is of a newer server")
            .got("schema " + applied.getVersion())
            .fix("start the newer server, or restore a backup made before it");
      }
    }
    flyway.migrate();
  }

  Handle connect(boolean readOnly) {
    Handle handle = jdbi.open();
    SETTINGS.forEach(handle::execute);
    if (readOnly) handle.execute("PRAGMA query_only=ON");
    // Believed only when read back: a file system may refuse WAL without an error.
    require(handle, "PRAGMA journal_mode", "wal");
    require(handle, "PRAGMA synchronous", "2");
    require(handle, "PRAGMA foreign_keys", "1");
    return handle;
  }

  private static void require(Handle handle, String pragma, String expected) {
    String got = text(handle, pragma);
    if (!got.equals(expected)) {
      throw Refusal.of(Code.STORAGE, "the database does not take a setting it needs")
          .at(pragma)
          .expected(expected)
          .got(got)
          .fix("keep the data folder on a local file system");
    }
  }

  private static String text(Handle handle, String sql) {
    return handle.select(sql).mapTo(String.class).one();
  }
}
