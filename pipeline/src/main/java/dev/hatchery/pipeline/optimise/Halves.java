package dev.hatchery.pipeline.optimise;

import dev.hatchery.pipeline.graph.Element;
import dev.hatchery.pipeline.graph.Model;
import dev.hatchery.pipeline.graph.Node;
import dev.hatchery.pipeline.graph.Weight;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Stores weights as 16-bit floats and computes in 32 as before (reference, section 2, f): half the
 * bytes to move; memory and time stay what they were.
 */
final class Halves {
  private static final int FLOAT = 1;
  private static final float LARGEST = 65_504;

  private final Model model;

  Halves(Model model) {
    this.model = model;
  }

  void apply(List<Layer> layers) {
    Map<String, String> stored = new LinkedHashMap<>();
    for (Layer layer : layers) {
      layer
          .node()
          .input(1, stored.computeIfAbsent(layer.weight().name(), _ -> store(layer.weight())));
    }
    model.sweep();
  }

  private String store(Weight weight) {
    Weight half =
        Weight.of(
            model.fresh(weight.name() + "_fp16"),
            Element.FLOAT16,
            weight.shape(),
            halves(weight.floats().orElseThrow()));
    model.put(half);
    String output = model.fresh(weight.name() + "_fp32");
    model.first(Node.of("Cast", output, half.name()).with("to", FLOAT));
    return output;
  }

  // What no half can hold becomes the largest one, not infinity.
  private static byte[] halves(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putShort(Float.floatToFloat16(Math.clamp(value, -LARGEST, LARGEST)));
    }
    return bytes.array();
  }
}
