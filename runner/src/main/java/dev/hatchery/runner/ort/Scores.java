package dev.hatchery.runner.ort;

import java.util.ArrayList;
import java.util.List;

/**
 * What a model says to one batch: a row of class probabilities per entry, and the classes' names.
 */
public final class Scores {
  private final List<String> labels;
  private final float[] values;

  /** Takes the values as its own; they are whole rows of finite numbers. */
  Scores(List<String> labels, float[] values) {
    this.labels = labels;
    this.values = values;
  }

  public int rows() {
    return values.length / labels.size();
  }

  /** Probabilities of one entry, in the order of {@link #labels}. */
  public List<Float> row(int row) {
    List<Float> probabilities = new ArrayList<>(labels.size());
    for (int c = 0; c < labels.size(); c++) {
      probabilities.add(values[row * labels.size() + c]);
    }
    return probabilities;
  }

  /** The names of the classes. */
  public List<String> labels() {
    return labels;
  }

  /** The most probable class of one entry; the first one where two are equal. */
  public String label(int row) {
    int best = 0;
    for (int c = 1; c < labels.size(); c++) {
      if (values[row * labels.size() + c] > values[row * labels.size() + best]) {
        best = c;
      }
    }
    return labels.get(best);
  }
}
