package dev.hatchery.pipeline.optimise;

import dev.hatchery.pipeline.graph.Model;
import dev.hatchery.pipeline.graph.Weight;
import java.util.Arrays;
import java.util.List;

/**
 * Sets the smallest weights to zero (reference, section 2, g). The runtime has no sparse kernels:
 * it makes files that compress better, and nothing faster.
 */
final class Pruning {
  private static final int GROUP = 4;
  private static final int KEPT = 2;

  private Pruning() {}

  /**
   * The smallest share of each layer's weights, by magnitude.
   *
   * @param share from 0 to below 1
   */
  static void smallest(Model model, List<Layer> layers, double share) {
    for (Layer layer : layers) {
      float[] values = layer.weight().floats().orElseThrow();
      int zeros = (int) (values.length * share);
      if (zeros == 0) continue;
      float[] magnitudes = magnitudes(values);
      Arrays.sort(magnitudes);
      float bound = magnitudes[zeros - 1];
      // Of those that are as large as the bound only as many as are asked for, the first ones.
      int ties = zeros;
      for (float m : magnitudes) if (m < bound) ties--;
      for (int i = 0; i < values.length; i++) {
        float m = Math.abs(values[i]);
        if (m < bound || (m == bound && ties-- > 0)) values[i] = 0;
      }
      replace(model, layer, values);
    }
  }

  /** Of each four weights that follow each other in one output's sum, the two smaller ones. */
  static void twoOfFour(Model model, List<Layer> layers) {
    for (Layer layer : layers) {
      float[] values = layer.weight().floats().orElseThrow();
      int n = layer.channels();
      int k = values.length / n;
      boolean together = layer.axis() == 0;
      for (int c = 0; c < n; c++) {
        for (int from = 0; from + GROUP <= k; from += GROUP) {
          int[] at = new int[GROUP];
          for (int i = 0; i < GROUP; i++) {
            at[i] = together ? c * k + from + i : (from + i) * n + c;
          }
          clearSmallest(values, at);
        }
      }
      replace(model, layer, values);
    }
  }

  private static void clearSmallest(float[] values, int[] at) {
    for (int cleared = 0; cleared < GROUP - KEPT; cleared++) {
      int smallest = -1;
      for (int i = 0; i < GROUP; i++) {
        boolean gone = at[i] < 0;
        if (gone) continue;
        if (smallest < 0 || Math.abs(values[at[i]]) < Math.abs(values[at[smallest]])) smallest = i;
      }
      values[at[smallest]] = 0;
      at[smallest] = -1;
    }
  }

  private static float[] magnitudes(float[] values) {
    float[] magnitudes = new float[values.length];
    for (int i = 0; i < values.length; i++) magnitudes[i] = Math.abs(values[i]);
    return magnitudes;
  }

  private static void replace(Model model, Layer layer, float[] values) {
    String name = layer.weight().name();
    model.put(Weight.of(name, layer.weight().shape(), values));
  }
}
