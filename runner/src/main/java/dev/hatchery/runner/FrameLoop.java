package dev.hatchery.runner;

import dev.hatchery.runner.ort.Tensor;
import java.util.function.LongSupplier;

/**
 * Works through a source's frames at a fixed rate. Frame i is due i / fps after the start. A loop
 * that is late takes the newest frame that is due and lets the ones before go by, as a camera does;
 * they still count as inputs, so that whoever reads the metrics sees what was missed.
 */
final class FrameLoop {
  private static final System.Logger LOG = System.getLogger(FrameLoop.class.getName());

  private final InputSource.Frames frames;
  private final double framesPerSecond;
  private final Inference inference;
  private final RunnerMetrics metrics;
  private final Pace pace;

  // Only the loop's own thread touches it.
  private boolean failing;

  /** Time as the loop sees it. */
  interface Pace {
    /** Waits; at once for 0 or less. */
    void sleep(long nanos) throws InterruptedException;

    long nanoTime();

    /** The machine's own. */
    static Pace of(LongSupplier nanoTime) {
      return new Pace() {
        @Override
        public void sleep(long nanos) throws InterruptedException {
          Thread.sleep(java.time.Duration.ofNanos(Math.max(0, nanos)));
        }

        @Override
        public long nanoTime() {
          return nanoTime.getAsLong();
        }
      };
    }
  }

  FrameLoop(
      InputSource.Frames frames,
      double framesPerSecond,
      Inference inference,
      RunnerMetrics metrics,
      Pace pace) {
    this.frames = frames;
    this.framesPerSecond = framesPerSecond;
    this.inference = inference;
    this.metrics = metrics;
    this.pace = pace;
  }

  /** Runs until its thread is interrupted. */
  void run() {
    long start = pace.nanoTime();
    long next = 0;
    try {
      while (!Thread.currentThread().isInterrupted()) {
        long newest = (long) ((pace.nanoTime() - start) * framesPerSecond / 1e9);
        if (newest < next) {
          pace.sleep((long) Math.ceil(next * 1e9 / framesPerSecond) - (pace.nanoTime() - start));
          continue;
        }
        metrics.inputs(newest - next + 1);
        work(newest);
        next = newest + 1;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // A frame that fails is counted where it failed; the next one may do better.
  private void work(long index) throws InterruptedException {
    try {
      Tensor frame = frames.at(index);
      boolean served = inference.frame(frame).isPresent();
      if (served && failing) {
        failing = false;
        LOG.log(System.Logger.Level.INFO, "frames are inferred again, from frame {0} on", index);
      }
    } catch (RuntimeException e) {
      if (!failing) {
        failing = true;
        LOG.log(System.Logger.Level.WARNING, "frame {0} failed, maybe more do: {1}", index, e);
      }
    }
  }
}
