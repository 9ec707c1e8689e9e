package dev.hatchery.pipeline.data;

import dev.hatchery.runner.ort.Values;
import java.util.Map;

/** Data to run a model on, one entry of a batch at a time. */
public interface Samples {
  /** How many there are. */
  int count();

  /** What goes into the model, by the name of the input; the first dimension is 1. */
  Map<String, Values> sample(int index);
}
