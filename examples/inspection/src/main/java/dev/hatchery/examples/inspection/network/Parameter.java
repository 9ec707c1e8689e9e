package dev.hatchery.examples.inspection.network;

import java.util.List;

/** One tensor of weights: its name, its dimensions and its values in row-major order. */
public final class Parameter {
  private final String name;
  private final List<Integer> dimensions;
  private final float[] values;

  Parameter(String name, Integer... dimensions) {
    this.name = name;
    this.dimensions = List.of(dimensions);
    this.values =
        new float
            [this.dimensions.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact)];
  }

  public String name() {
    return name;
  }

  public List<Integer> dimensions() {
    return dimensions;
  }

  /** A copy: what was trained stays what it is. */
  public float[] values() {
    return values.clone();
  }

  /** The network's own array, for those who train it. */
  float[] live() {
    return values;
  }
}
