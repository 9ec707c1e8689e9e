package dev.hatchery.runner;

import dev.hatchery.runner.ort.Tensor;
import java.util.List;

/** A source for tests: every frame is the same. */
public final class EvenFrames implements InputSource {
  @Override
  public String name() {
    return "even";
  }

  @Override
  public Frames open(long seed) {
    return index -> new Tensor(List.of(4, 2), new float[] {1, 1, 1, 1, 1, 1, 1, 1});
  }
}
