package dev.hatchery.runner;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Refusal;
import dev.hatchery.runner.ort.Scores;
import dev.hatchery.runner.ort.Tensor;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** The one way to an answer; what happens on it is what the metrics tell. */
final class Inference {
  private static final Duration WAIT_MAX = Duration.ofSeconds(10);

  private final Serving serving;
  private final RunnerMetrics metrics;
  private final LongSupplier nanoTime;
  private final Beside shadow;

  // One at a time, in the order they came: two at once would each be slower, and the latency that
  // gates look at would tell of the traffic, not of the model. Also what OnnxModel asks for.
  private final Semaphore turn = new Semaphore(1, true);

  Inference(Serving serving, RunnerMetrics metrics, Beside shadow, LongSupplier nanoTime) {
    this.shadow = shadow;
    this.serving = serving;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
  }

  /**
   * An answer and who gave it.
   *
   * @param model digest of the model file that computed the scores
   */
  record Answer(Scores scores, Digest model) {}

  /**
   * Answers somebody's request; one that the model does not take is the sender's mistake and not
   * counted as an inference. Empty when no model is loaded.
   *
   * @throws Refusal with {@link Code#BAD_INPUT} for a wrong shape, else counted as an error
   */
  Optional<Answer> request(Tensor input) throws InterruptedException {
    return inTurn(
        model -> {
          model.model().requireFit(input);
          return compute(model, input);
        });
  }

  /**
   * Works on a frame of the device's own source; whatever goes wrong is counted as an error, a
   * wrong shape too, because then the model is the wrong one for this device. Empty when no model
   * is loaded.
   */
  Optional<Answer> frame(Tensor input) throws InterruptedException {
    return inTurn(model -> compute(model, input));
  }

  private Optional<Answer> inTurn(Function<LoadedModel, Answer> work) throws InterruptedException {
    if (!turn.tryAcquire(WAIT_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
      throw Refusal.of(Code.RATE_LIMITED, "too many requests are waiting")
          .expected("a free turn within " + WAIT_MAX.toSeconds() + " s");
    }
    try {
      return serving.with(work);
    } finally {
      turn.release();
    }
  }

  private Answer compute(LoadedModel model, Tensor input) {
    metrics.request();
    long start = nanoTime.getAsLong();
    try {
      Scores scores = model.model().run(input);
      metrics.answered(nanoTime.getAsLong() - start);
      serving.sawBatch(input.shape().getFirst());
      shadow.saw(input, Optional.of(scores));
      return new Answer(scores, model.file());
    } catch (RuntimeException e) {
      metrics.error();
      shadow.saw(input, Optional.empty());
      throw e;
    }
  }
}
