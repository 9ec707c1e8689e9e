package dev.hatchery.runner;

import dev.hatchery.core.Refusal;
import dev.hatchery.runner.ort.Scores;
import dev.hatchery.runner.ort.Tensor;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The shadow: a second model that sees what the served one saw, after that has answered. Its
 * answers are counted, compared and thrown away.
 *
 * <p>It never makes anybody wait: it works on a thread of its own, and what comes while it is busy
 * passes it by, counted as an input and as nothing else.
 */
final class Beside implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Beside.class.getName());
  private static final Duration STOP_MAX = Duration.ofSeconds(2);

  private final SlotFolder slot;
  private final Serving shadow;
  private final ShadowMetrics metrics;
  private final LongSupplier nanoTime;
  // Of inputs handed over and not yet taken up; one, so that none is older than the one before it.
  private final ArrayBlockingQueue<Seen> next = new ArrayBlockingQueue<>(1);
  private @Nullable Thread worker;

  /** What the served model was asked, and what it said, if it said something. */
  private record Seen(Tensor input, Optional<Scores> served) {}

  /**
   * @param slot of the link {@code shadow}
   * @param shadow serves nobody; it holds the model
   */
  Beside(SlotFolder slot, Serving shadow, ShadowMetrics metrics, LongSupplier nanoTime) {
    this.slot = slot;
    this.shadow = shadow;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
  }

  /** Begins to work; before, nothing is taken up. */
  void start() {
    Thread thread = new Thread(this::run, "shadow");
    thread.setDaemon(true);
    worker = thread;
    thread.start();
  }

  /** What runs beside the served model. */
  Optional<LoadedModel> model() {
    return shadow.current();
  }

  /**
   * Loads what the link names, or lets go of what was loaded where there is no link any more.
   *
   * @throws Refusal saying why it cannot run; there is no shadow then
   */
  void reload() throws InterruptedException {
    if (!slot.hasLink()) {
      shadow.close();
      return;
    }
    try {
      shadow.reload();
    } catch (Refusal refusal) {
      shadow.close();
      throw refusal;
    }
  }

  /** Shows it what the served model has just worked on; returns at once. */
  void saw(Tensor input, Optional<Scores> served) {
    if (shadow.current().isEmpty()) return;
    metrics.input();
    var _ = next.offer(new Seen(input, served));
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Seen seen = next.take();
        var _ =
            shadow.with(
                model -> {
                  work(model, seen);
                  return true;
                });
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void work(LoadedModel model, Seen seen) {
    metrics.request();
    long start = nanoTime.getAsLong();
    try {
      model.model().requireFit(seen.input);
      Scores scores = model.model().run(seen.input);
      metrics.answered(nanoTime.getAsLong() - start);
      seen.served.ifPresent(served -> metrics.compared(agree(scores, served)));
    } catch (RuntimeException e) {
      metrics.error();
      LOG.log(System.Logger.Level.DEBUG, "the shadow failed", e);
    }
  }

  // A batch agrees when each of its entries does.
  private static boolean agree(Scores shadow, Scores served) {
    if (shadow.rows() != served.rows()) return false;
    for (int row = 0; row < served.rows(); row++) {
      if (!shadow.label(row).equals(served.label(row))) return false;
    }
    return true;
  }

  @Override
  public void close() {
    Thread thread = worker;
    if (thread != null) {
      thread.interrupt();
      try {
        thread.join(STOP_MAX.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    shadow.close();
  }
}
