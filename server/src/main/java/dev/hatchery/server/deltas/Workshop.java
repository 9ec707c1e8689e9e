package dev.hatchery.server.deltas;

import dev.hatchery.core.DataSize;
import dev.hatchery.server.db.Db;
import dev.hatchery.server.log.Log;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * The one thread that makes patches: at the lowest priority, since devices wait for answers and
 * nobody for a patch. What it was at when the server stopped it begins anew.
 */
final class Workshop implements AutoCloseable {
  private static final Log LOG = Log.of(Workshop.class);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final DeltaStore store;
  private final Bench bench;
  private final Db db;
  private final Runnable before;
  private final Runnable after;
  private final Semaphore news = new Semaphore(0);
  private volatile boolean closing;
  private final Thread thread;

  /**
   * A workshop that has not opened.
   *
   * @param before looks for what is wanted, before each patch
   * @param after hears that one is made or refused
   */
  Workshop(DeltaStore store, Bench bench, Db db, Runnable before, Runnable after) {
    this.store = store;
    this.bench = bench;
    this.db = db;
    this.before = before;
    this.after = after;
    this.thread = low(this::run);
  }

  // Nothing rests on the priority; where the system heeds it, answers go first.
  @SuppressWarnings("ThreadPriorityCheck")
  private static Thread low(Runnable work) {
    return Thread.ofPlatform()
        .name("delta-maker")
        .daemon()
        .priority(Thread.MIN_PRIORITY)
        .unstarted(work);
  }

  void start() {
    thread.start();
  }

  /** There may be something to make. */
  void wake() {
    news.release();
  }

  private void run() {
    try {
      bench.clean();
    } catch (IOException e) {
      LOG.warn("deltas.scratch", "cause", e);
    }
    while (!closing) {
      try {
        round();
        news.acquire();
        news.drainPermits();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void round() {
    try {
      before.run();
      for (var next = store.next(); next.isPresent() && !closing; next = store.next()) {
        make(next.get());
        before.run();
      }
    } catch (RuntimeException e) {
      // Nothing is lost: the rest is pending, and tried again when there is news.
      if (!closing) LOG.error("deltas.failed", e);
    }
  }

  private void make(Delta delta) {
    Delta.State made = bench.make(delta);
    // Whoever interrupts it is the end of the server, and says nothing about the patch.
    if (closing) return;
    db.write(
        tx -> {
          store.settle(tx, delta.pair(), made);
          return made;
        });
    tell(delta, made);
    after.run();
  }

  private static void tell(Delta delta, Delta.State made) {
    Optional<String> base = delta.pair().base().map(d -> d.brief());
    switch (made) {
      case Delta.Pending() -> throw new AssertionError("a bench that makes nothing");
      case Delta.Ready(var patch, long size, Duration took) ->
          LOG.info(
              "delta.made",
              "target",
              delta.pair().target().brief(),
              "base",
              base.orElse("none"),
              "patch",
              patch.brief(),
              "size",
              new DataSize(size),
              "of",
              new DataSize(delta.targetSize()),
              "millis",
              took.toMillis());
      case Delta.Refused(boolean _, String reason) ->
          LOG.info(
              "delta.refused",
              "target",
              delta.pair().target().brief(),
              "base",
              base.orElse("none"),
              "why",
              reason);
    }
  }

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      thread.join(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
