package dev.hatchery.runner;

import dev.hatchery.runner.ort.Tensor;

/**
 * Where a device's inputs come from: a camera, a microphone, or something that behaves like one.
 * Implementations are found by {@link java.util.ServiceLoader} and chosen by name.
 */
public interface InputSource {
  /** What {@code --source} calls it. */
  String name();

  /**
   * Opens the stream of frames.
   *
   * @param seed fixes the stream where the source is generated; a real device ignores it
   */
  Frames open(long seed);

  /** A stream of frames, read by one thread. */
  interface Frames {
    /**
     * The frame that is due.
     *
     * @param index counts from 0 at the frame rate; numbers are left out where the runner was late,
     *     and those frames are gone
     */
    Tensor at(long index);
  }
}
