package dev.hatchery.pipeline.data;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.pipeline.graph.Port;
import dev.hatchery.runner.ort.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Normally distributed numbers, for whoever has no data: the same for a seed. */
public record Drawn(List<Port> inputs, int count, long seed) implements Samples {
  private static final long VALUES_MAX = 1L << 26;

  /**
   * Numbers for these inputs; what their shapes leave free is 1.
   *
   * @throws Refusal with {@link Code#BAD_INPUT} where an input is not of floats: what a token may
   *     be, chance does not know
   */
  public Drawn {
    inputs = List.copyOf(inputs);
    for (Port input : inputs) {
      if (input.floats() && values(input) <= VALUES_MAX) continue;
      throw Refusal.of(Code.BAD_INPUT, "no inputs can be made up for this model")
          .at(input.name())
          .expected("an input of at most " + VALUES_MAX + " floats")
          .got(input)
          .fix("give data that the model is used on");
    }
  }

  private static List<Long> shape(Port input) {
    return input.shape().stream().map(size -> Math.max(1, size)).toList();
  }

  private static long values(Port input) {
    return shape(input).stream().reduce(1L, Math::multiplyExact);
  }

  @Override
  public Map<String, Values> sample(int index) {
    var chance = new SplittableRandom(seed + 31L * index);
    Map<String, Values> sample = new LinkedHashMap<>();
    for (Port input : inputs) {
      float[] floats = new float[(int) values(input)];
      for (int i = 0; i < floats.length; i++) floats[i] = (float) chance.nextGaussian();
      sample.put(input.name(), Values.of(new ArrayList<>(shape(input)), floats));
    }
    return sample;
  }
}
