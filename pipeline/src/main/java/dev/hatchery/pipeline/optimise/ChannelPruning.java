package dev.hatchery.pipeline.optimise;

import dev.hatchery.pipeline.graph.Model;
import dev.hatchery.pipeline.graph.Node;
import dev.hatchery.pipeline.graph.Weight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Removes the output channels of a layer whose weights are smallest in sum, and from the layer that
 * reads them what multiplied them (reference, section 2, g). The one kind of pruning that makes a
 * model faster. Only where one layer alone reads what another gives, through operators that keep
 * channels apart.
 */
final class ChannelPruning {
  private static final Set<String> KEEPS_CHANNELS =
      Set.of(
          "Relu",
          "Clip",
          "LeakyRelu",
          "Sigmoid",
          "Tanh",
          "HardSwish",
          "MaxPool",
          "AveragePool",
          "GlobalAveragePool");

  private final Model model;
  private final double share;
  private final List<String> left = new ArrayList<>();

  ChannelPruning(Model model, double share) {
    this.model = model;
    this.share = share;
  }

  /** Why layers were left alone. */
  List<String> left() {
    return left;
  }

  /** How many layers were made narrower. */
  int apply(List<Layer> layers) {
    Map<Node, Layer> byNode = new HashMap<>();
    Layer.in(model).layers().forEach(layer -> byNode.put(layer.node(), layer));
    int changed = 0;
    for (Layer chosen : layers) {
      // As it is by now: what it reads may have become narrower.
      Layer layer = byNode.getOrDefault(chosen.node(), chosen);
      Optional<Reader> reader = reader(layer, byNode);
      if (reader.isEmpty()) continue;
      int[] kept = kept(layer);
      if (kept.length == layer.channels()) {
        left.add(layer.name() + ": so small a share is less than one of its channels");
        continue;
      }
      narrow(byNode, layer, reader.get(), kept);
      changed++;
    }
    if (changed > 0) model.forgetShapes();
    model.sweep();
    return changed;
  }

  /**
   * The layer that reads another one's channels.
   *
   * @param times how many of its inputs each channel is
   */
  private record Reader(Layer layer, int times) {}

  private Optional<Reader> reader(Layer layer, Map<Node, Layer> byNode) {
    String why = unfit(layer);
    if (!why.isEmpty()) return leave(layer, why);
    String value = layer.node().output();
    boolean flat = layer.isMatrix();
    while (true) {
      List<Node> readers = model.readers(value);
      if (readers.size() != 1 || model.isSeenOutside(value)) {
        return leave(layer, "not one layer alone reads its channels");
      }
      Node next = readers.getFirst();
      Layer reading = byNode.get(next);
      if (reading != null && next.input(0).equals(value)) return reads(layer, reading, flat);
      if (next.is("Flatten") && next.integer("axis", 1) == 1) {
        flat = true;
      } else if (!next.isStandard() || !KEEPS_CHANNELS.contains(next.operator())) {
        return leave(layer, next.operator() + " reads its channels");
      }
      value = next.output();
    }
  }

  private String unfit(Layer layer) {
    if (layer.node().integer("group", 1) != 1) return "it is a convolution of groups";
    boolean biased = !layer.node().input(2).isEmpty();
    if (biased && layer.bias(model).isEmpty()) return "its bias is not one float for each channel";
    return isShared(layer) ? "another node uses its weight or bias" : "";
  }

  private boolean isShared(Layer layer) {
    return layer.node().inputs().subList(1, layer.node().inputs().size()).stream()
        .anyMatch(name -> model.readers(name).size() > 1 || model.isSeenOutside(name));
  }

  private Optional<Reader> reads(Layer layer, Layer reading, boolean flat) {
    if (reading.node().integer("group", 1) != 1 || isShared(reading)) {
      return leave(layer, reading.name() + " reads its channels in groups, or shares its weight");
    }
    int inputs = reading.weight().dimension(1 - reading.axis());
    if (flat != reading.isMatrix() || inputs % layer.channels() != 0) {
      return leave(layer, reading.name() + " does not read it channel by channel");
    }
    return Optional.of(new Reader(reading, inputs / layer.channels()));
  }

  private Optional<Reader> leave(Layer layer, String why) {
    left.add(layer.name() + ": " + why);
    return Optional.empty();
  }

  // Those with the largest sums of magnitudes, in their old order; of equal ones the first.
  private int[] kept(Layer layer) {
    float[] values = layer.weight().floats().orElseThrow();
    double[] sums = new double[layer.channels()];
    int inner = inner(layer.weight(), layer.axis());
    for (int i = 0; i < values.length; i++) {
      sums[i / inner % sums.length] += Math.abs(values[i]);
    }
    int stay = Math.max(1, sums.length - (int) (sums.length * share));
    return IntStream.range(0, sums.length)
        .boxed()
        .sorted(Comparator.comparingDouble(c -> -sums[c]))
        .limit(stay)
        .sorted()
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private void narrow(Map<Node, Layer> byNode, Layer layer, Reader reader, int[] kept) {
    Weight weight = sliced(layer.weight(), layer.axis(), kept);
    model.put(weight);
    byNode.put(layer.node(), new Layer(layer.node(), weight, layer.kind(), layer.axis()));
    layer.bias(model).ifPresent(bias -> model.put(sliced(bias, 0, kept)));
    Layer next = reader.layer();
    int[] inputs =
        Arrays.stream(kept)
            .flatMap(c -> IntStream.range(c * reader.times(), (c + 1) * reader.times()))
            .toArray();
    Weight read = sliced(next.weight(), 1 - next.axis(), inputs);
    model.put(read);
    byNode.put(next.node(), new Layer(next.node(), read, next.kind(), next.axis()));
  }

  private static int inner(Weight weight, int axis) {
    int inner = 1;
    for (int d = axis + 1; d < weight.rank(); d++) inner *= weight.dimension(d);
    return inner;
  }

  /** The same weight with these indices of one axis alone. */
  private static Weight sliced(Weight weight, int axis, int[] kept) {
    float[] values = weight.floats().orElseThrow();
    int inner = inner(weight, axis);
    int size = weight.dimension(axis);
    int outer = values.length / inner / size;
    float[] sliced = new float[outer * kept.length * inner];
    int to = 0;
    for (int o = 0; o < outer; o++) {
      for (int index : kept) {
        System.arraycopy(values, (o * size + index) * inner, sliced, to, inner);
        to += inner;
      }
    }
    List<Long> shape = new ArrayList<>(weight.shape());
    shape.set(axis, (long) kept.length);
    return Weight.of(weight.name(), shape, sliced);
  }
}
