package dev.hatchery.server.db;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.server.log.Log;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jdbi.v3.core.Handle;

/**
 * The one thread that writes. It never waits for company: it takes what has queued up while the
 * last commit was on its way to the disk, so that a lone operation is not delayed and a burst
 * shares one fsync.
 */
final class Writer implements AutoCloseable {
  static final int BATCH_MAX = 500;
  static final Duration BATCH_TIME = Duration.ofMillis(5);
  private static final int QUEUE_MAX = 10_000;
  private static final Log LOG = Log.of(Writer.class);

  private final Handle handle;
  private final IntConsumer batchSizes;
  private final BlockingQueue<Operation<?>> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
  private final Thread thread;
  private volatile boolean closing;

  /** What a caller waits for. */
  private static final class Operation<T> {
    final Function<Tx, T> work;
    final CompletableFuture<T> done = new CompletableFuture<>();
    final List<Runnable> afterCommit = new ArrayList<>();
    Runnable tell = () -> {};

    Operation(Function<Tx, T> work) {
      this.work = work;
    }

    /** Does the work; the caller is told only after the commit. */
    void attempt(Tx tx) {
      T result = work.apply(tx);
      tell = () -> done.complete(result);
    }
  }

  Writer(Handle handle, IntConsumer batchSizes) {
    this.handle = handle;
    this.batchSizes = batchSizes;
    this.thread = Thread.ofPlatform().name("db-writer").start(this::run);
  }

  <T> CompletableFuture<T> submit(Function<Tx, T> work) {
    if (Thread.currentThread().equals(thread)) {
      throw new AssertionError("an operation waits for another: it would wait for ever");
    }
    var operation = new Operation<>(work);
    if (closing) {
      operation.done.completeExceptionally(stopped());
    } else if (!queue.offer(operation)) {
      operation.done.completeExceptionally(
          Refusal.of(Code.RATE_LIMITED, "too many changes are waiting for the disk")
              .fix("try again in a moment"));
    } else if (closing && queue.remove(operation)) {
      operation.done.completeExceptionally(stopped());
    }
    return operation.done;
  }

  private void run() {
    try {
      while (!(closing && queue.isEmpty())) {
        Operation<?> first = queue.poll(50, TimeUnit.MILLISECONDS);
        if (first != null) commit(first);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void commit(Operation<?> first) {
    List<Operation<?>> batch = new ArrayList<>();
    batch.add(first);
    try {
      handle.execute("BEGIN IMMEDIATE");
      attempt(first);
      long end = System.nanoTime() + BATCH_TIME.toNanos();
      for (Operation<?> next = queue.poll(); next != null; next = queue.poll()) {
        batch.add(next);
        attempt(next);
        if (batch.size() >= BATCH_MAX || System.nanoTime() - end >= 0) break;
      }
      handle.execute("COMMIT");
    } catch (RuntimeException | Error e) {
      abandon(batch, e);
      return;
    }
    batchSizes.accept(batch.size());
    batch.forEach(this::finish);
  }

  private void attempt(Operation<?> operation) {
    handle.execute("SAVEPOINT operation");
    try {
      operation.attempt(new WriterTx(handle, operation.afterCommit));
    } catch (RuntimeException | Error e) {
      handle.execute("ROLLBACK TO operation");
      operation.afterCommit.clear();
      operation.tell = () -> operation.done.completeExceptionally(e);
    }
    handle.execute("RELEASE operation");
  }

  private void finish(Operation<?> operation) {
    for (Runnable action : operation.afterCommit) {
      try {
        action.run();
      } catch (RuntimeException e) {
        LOG.error("db.after-commit", e);
      }
    }
    operation.tell.run();
  }

  private void abandon(List<Operation<?>> batch, Throwable cause) {
    LOG.error("db.commit", cause, "operations", batch.size());
    try {
      handle.execute("ROLLBACK");
    } catch (RuntimeException e) {
      LOG.debug(
          "db.rollback",
          "cause",
          String.valueOf(e.getMessage())); // SQLite has rolled back by itself
    }
    Refusal refusal =
        Refusal.of(Code.STORAGE, "the database could not store a change")
            .fix("look at the disk's space and health, and at the server's log")
            .cause(cause);
    batch.forEach(operation -> operation.done.completeExceptionally(refusal));
  }

  private static Refusal stopped() {
    return Refusal.of(Code.RATE_LIMITED, "the server is stopping").fix("try again in a moment");
  }

  /** Finishes what is queued, then ends. */
  @Override
  public void close() {
    closing = true;
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    handle.close();
  }

  private static final class WriterTx extends JdbiRows implements Tx {
    private final List<Runnable> afterCommit;

    WriterTx(Handle handle, List<Runnable> afterCommit) {
      super(handle);
      this.afterCommit = afterCommit;
    }

    @Override
    public int run(String sql, Object... params) {
      return handle.execute(sql, Params.of(params));
    }

    @Override
    public void afterCommit(Runnable action) {
      afterCommit.add(action);
    }
  }
}
