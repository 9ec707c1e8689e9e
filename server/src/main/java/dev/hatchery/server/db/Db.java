package dev.hatchery.server.db;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.IntConsumer;

/** The database. */
public interface Db extends AutoCloseable {
  /**
   * Opens the file, making it and bringing its schema up to date when needed.
   *
   * @param batchSizes hears how many operations each commit held
   */
  static Db open(Path file, IntConsumer batchSizes) {
    return ThreadedDb.open(file, batchSizes);
  }

  /** Runs an operation and waits until it is on disk. */
  <T> T write(Function<Tx, T> work);

  /** Completes when the operation is on disk. */
  <T> CompletableFuture<T> submit(Function<Tx, T> work);

  /** Reads from one snapshot. */
  <T> T read(Function<Rows, T> work);

  @Override
  void close();
}
