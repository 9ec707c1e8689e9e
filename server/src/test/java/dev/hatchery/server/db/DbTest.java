package dev.hatchery.server.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Version;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DbTest {
  @TempDir private Path folder;
  private final List<Integer> batches = new ArrayList<>();
  private Db db;

  @BeforeEach
  void open() {
    db = Db.open(folder.resolve("hatchery.db"), batches::add);
  }

  @AfterEach
  void close() {
    db.close();
  }

  @Test
  void whatWasWrittenIsReadFromAnotherConnection() {
    db.write(tx -> insert(tx, 1));
    assertThat(db.read(DbTest::trusts)).containsExactly(1L);
  }

  @Test
  void operationsThatWaitShareOneCommit() {
    var first = hold();
    List<CompletableFuture<Integer>> waiting =
        IntStream.rangeClosed(1, 100).mapToObj(n -> db.submit(tx -> insert(tx, n))).toList();
    first.countDown();
    waiting.forEach(CompletableFuture::join);
    // The one that held the writer takes those that queued up along, or leaves them for the next.
    assertThat(batches).hasSizeLessThanOrEqualTo(30);
    assertThat(batches.stream().mapToInt(Integer::intValue).sum()).isEqualTo(101);
    assertThat(batches).anyMatch(size -> size >= 10);
    assertThat(db.read(DbTest::trusts)).hasSize(100);
  }

  @Test
  void nobodyHearsOfAChangeBeforeItsCommit() {
    var seen = new CompletableFuture<Integer>();
    db.write(
        tx -> {
          insert(tx, 7);
          tx.afterCommit(() -> seen.complete(db.read(DbTest::trusts).size()));
          assertThat(db.read(DbTest::trusts)).isEmpty();
          return 0;
        });
    assertThat(seen).isCompletedWithValue(1);
  }

  @Test
  void anOperationThatFailsTakesNoOtherWithIt() {
    var gate = hold();
    var hooks = new AtomicInteger();
    var good = db.submit(tx -> insert(tx, 1));
    CompletableFuture<Integer> bad =
        db.submit(
            tx -> {
              insert(tx, 2);
              tx.afterCommit(hooks::incrementAndGet);
              throw Refusal.of(Code.CONFLICT, "on purpose");
            });
    var alsoGood = db.submit(tx -> insert(tx, 3));
    gate.countDown();
    CompletableFuture.allOf(good, alsoGood).join();
    assertThatThrownBy(bad::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(Refusal.class);
    assertThat(db.read(DbTest::trusts)).containsExactly(1L, 3L);
    assertThat(hooks).hasValue(0);
  }

  @Test
  void aReadSeesOneSnapshot() {
    db.write(tx -> insert(tx, 1));
    db.read(
        rows -> {
          assertThat(trusts(rows)).hasSize(1);
          db.write(tx -> insert(tx, 2));
          assertThat(trusts(rows)).hasSize(1);
          return 0;
        });
    assertThat(db.read(DbTest::trusts)).hasSize(2);
  }

  @Test
  void readersCannotWrite() {
    assertThatThrownBy(
            () ->
                db.read(
                    rows -> rows.list("DELETE FROM trust RETURNING 1 AS n", r -> r.integer("n"))))
        .hasMessageContaining("readonly");
  }

  @Test
  void aSqliteThatCanCorruptItsFileIsRefused() {
    for (String bad : List.of("3.40.1", "3.51.2", "3.52.0")) {
      assertThatThrownBy(() -> Sqlite.check(Version.parse(bad)))
          .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(Code.STORAGE));
    }
    Sqlite.check(Version.parse("3.51.3"));
    Sqlite.check(Version.parse("3.54.1"));
  }

  @Test
  void aNewerSchemaIsRefused() throws Exception {
    db.close();
    Path file = folder.resolve("hatchery.db");
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO flyway_schema_history SELECT installed_rank + 998, '999', description, type,"
              + " 'V999__later.sql', checksum, installed_by, installed_on, execution_time, success"
              + " FROM flyway_schema_history WHERE version = '1'");
    }
    assertThatThrownBy(() -> Db.open(file, _ -> {}))
        .isInstanceOfSatisfying(
            Refusal.class,
            r -> {
              assertThat(r.code()).isEqualTo(Code.STORAGE);
              assertThat(r.problem().got()).contains("999");
            });
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.execute("DELETE FROM flyway_schema_history WHERE version = '999'");
    }
    db = Db.open(file, _ -> {});
  }

  @Test
  void whatIsQueuedWhenTheDatabaseClosesIsStillWritten() {
    var gate = hold();
    var queued = db.submit(tx -> insert(tx, 5));
    gate.countDown();
    db.close();
    assertThat(queued.join()).isEqualTo(5);
    assertThatThrownBy(() -> db.write(tx -> insert(tx, 6))).isInstanceOf(Refusal.class);
    db = Db.open(folder.resolve("hatchery.db"), _ -> {});
    assertThat(db.read(DbTest::trusts)).containsExactly(5L);
  }

  // Keeps the writer busy until the latch falls, so that others queue up behind it.
  private CountDownLatch hold() {
    var started = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    var _ =
        db.submit(
            _ -> {
              started.countDown();
              await(release);
              return 0;
            });
    await(started);
    return release;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static int insert(Tx tx, int version) {
    tx.run("INSERT INTO trust VALUES (?, ?, ?)", version, new byte[] {1}, 0);
    return version;
  }

  private static List<Long> trusts(Rows rows) {
    return rows.list("SELECT version FROM trust ORDER BY version", row -> row.integer("version"));
  }
}
