package dev.hatchery.server.db;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jdbi.v3.core.Handle;

/** The database of a server: one writer, a few readers. */
final class ThreadedDb implements Db {
  private static final int READERS = 4;
  private static final Duration READER_WAIT = Duration.ofSeconds(5);

  private final Writer writer;
  private final BlockingQueue<Handle> readers = new ArrayBlockingQueue<>(READERS);

  private ThreadedDb(Writer writer) {
    this.writer = writer;
  }

  /** See {@link Db#open}. */
  static Db open(Path file, IntConsumer batchSizes) {
    var sqlite = new Sqlite(file);
    sqlite.migrate();
    var db = new ThreadedDb(new Writer(sqlite.connect(false), batchSizes));
    for (int i = 0; i < READERS; i++) db.readers.add(sqlite.connect(true));
    return db;
  }

  @Override
  public <T> T write(Function<Tx, T> work) {
    try {
      return submit(work).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) throw cause;
      if (e.getCause() instanceof Error cause) throw cause;
      throw e;
    }
  }

  @Override
  public <T> CompletableFuture<T> submit(Function<Tx, T> work) {
    return writer.submit(work);
  }

  @Override
  public <T> T read(Function<Rows, T> work) {
    Handle handle = borrow();
    try {
      handle.execute("BEGIN");
      try {
        return work.apply(new JdbiRows(handle));
      } finally {
        handle.execute("COMMIT");
      }
    } finally {
      readers.add(handle);
    }
  }

  private Handle borrow() {
    try {
      Handle handle = readers.poll(READER_WAIT.toMillis(), TimeUnit.MILLISECONDS);
      if (handle != null) return handle;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw Refusal.of(Code.RATE_LIMITED, "too many requests are reading the database")
        .fix("try again in a moment");
  }

  @Override
  public void close() {
    writer.close();
    for (int i = 0; i < READERS; i++) {
      try {
        Handle handle = readers.poll(1, TimeUnit.SECONDS);
        if (handle != null) handle.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
