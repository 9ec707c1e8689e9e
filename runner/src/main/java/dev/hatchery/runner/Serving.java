package dev.hatchery.runner;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.runner.ort.OnnxModel;
import dev.hatchery.runner.ort.Tensor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The model that answers now, and the one way to replace it. */
final class Serving implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Serving.class.getName());

  /** Inferences before a new model may answer: the first ones allocate and are slow. */
  private static final int WARM_UP = 3;

  private static final Duration DRAIN_MAX = Duration.ofSeconds(10);
  private static final Duration TURN_MAX = Duration.ofSeconds(30);

  private final SlotFolder slot;
  private final InstantSource clock;

  private final AtomicReference<@Nullable LoadedModel> current = new AtomicReference<>();

  // One reload at a time: a later one must not be overtaken by an earlier one's older model.
  private final Semaphore turn = new Semaphore(1, true);

  // The batch size most recently served; what a new model is warmed up with.
  private volatile int batch = 1;

  Serving(SlotFolder slot, InstantSource clock) {
    this.slot = slot;
    this.clock = clock;
  }

  /** What is served now. */
  Optional<LoadedModel> current() {
    return Optional.ofNullable(current.get());
  }

  /**
   * Lends the model that is served now; it stays open until {@code use} returns, whatever is loaded
   * in the meantime. Empty when there is none.
   */
  <T> Optional<T> with(Function<LoadedModel, T> use) {
    for (LoadedModel model = current.get(); model != null; model = current.get()) {
      // False only when a reload came between: then there is a newer one to ask.
      if (model.use()) {
        try {
          return Optional.of(use.apply(model));
        } finally {
          model.release();
        }
      }
    }
    return Optional.empty();
  }

  /** Remembers how large the batches are that this service is sent. */
  void sawBatch(int size) {
    batch = size;
  }

  /**
   * Loads what the slot's {@code current} names, warms it up, and has it answer from now on. When
   * this returns, no request is computed on the model before any more (but for one that has taken
   * longer than {@link #DRAIN_MAX}).
   *
   * @throws Refusal saying why it cannot be served; the model before is untouched then
   */
  LoadedModel reload() throws InterruptedException {
    if (!turn.tryAcquire(TURN_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
      throw Refusal.of(Code.SLOW, "another reload is still at work").fix("try again");
    }
    try {
      LoadedModel fresh = load();
      replace(fresh);
      return fresh;
    } finally {
      turn.release();
    }
  }

  private LoadedModel load() {
    SlotFolder.Current found = slot.current();
    byte[] bytes = found.model();
    OnnxModel model = OnnxModel.load(bytes);
    try {
      warmUp(model);
    } catch (Refusal refusal) {
      model.close();
      throw refusal;
    }
    return new LoadedModel(found.bundle(), Digest.of(bytes), model, clock.instant());
  }

  private void warmUp(OnnxModel model) {
    int entry = model.entryShape().stream().reduce(1, Math::multiplyExact);
    int rows = Math.clamp(Tensor.VALUES_MAX / entry, 1, batch);
    List<Integer> shape = new ArrayList<>(model.entryShape());
    shape.addFirst(rows);
    Tensor zeros = new Tensor(shape, new float[rows * entry]);
    for (int i = 0; i < WARM_UP; i++) {
      model.run(zeros);
    }
  }

  private void replace(LoadedModel fresh) throws InterruptedException {
    LoadedModel old = current.getAndSet(fresh);
    LOG.log(System.Logger.Level.INFO, "{0} is bundle {1}", slot.link(), fresh.bundle());
    if (old == null) {
      return;
    }
    old.release();
    if (!old.awaitClosed(DRAIN_MAX)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "a request on bundle {0} still runs after {1}",
          old.bundle(),
          DRAIN_MAX);
    }
  }

  /** Stops serving; the model is closed when its last request is done. */
  @Override
  public void close() {
    LoadedModel old = current.getAndSet(null);
    if (old != null) {
      old.release();
    }
  }
}
