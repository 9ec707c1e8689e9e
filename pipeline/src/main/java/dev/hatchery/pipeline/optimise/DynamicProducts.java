package dev.hatchery.pipeline.optimise;

import dev.hatchery.pipeline.graph.Model;
import dev.hatchery.pipeline.graph.Node;
import dev.hatchery.pipeline.graph.Weight;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Multiplies matrices in whole numbers; what comes in is quantised as it comes, by its own range
 * (reference, section 2, b). Needs no calibration; convolutions are left alone.
 */
final class DynamicProducts {
  private static final int FLOAT = 1;

  private final Model model;
  private final Map<String, Quantised> inputs = new HashMap<>();

  /** The names of an input in whole numbers, its scale and its zero. */
  private record Quantised(String values, String scale, String zero) {}

  DynamicProducts(Model model) {
    this.model = model;
  }

  void apply(List<Layer> layers) {
    layers.forEach(this::apply);
    model.sweep();
  }

  private void apply(Layer layer) {
    Node node = layer.node();
    List<Node> nodes = new ArrayList<>();
    Quantised in = input(node, nodes);
    Channels channels = Channels.of(layer.weight(), layer.axis());
    if (layer.axis() == 0) channels = channels.transposed();
    String name = layer.weight().name();
    Weight values = channels.values(model.fresh(name + "_quantized"));
    Weight scales = channels.scales(model.fresh(name + "_scale"));
    Weight zeros = channels.zeros(model.fresh(name + "_zero_point"));
    for (Weight weight : List.of(values, scales, zeros)) model.put(weight);

    String whole = model.fresh(node.output() + "_int32");
    nodes.add(Node.of("MatMulInteger", whole, in.values, values.name(), in.zero, zeros.name()));
    String real = model.fresh(node.output() + "_float");
    nodes.add(Node.of("Cast", real, whole).with("to", FLOAT));
    String scale = model.fresh(node.output() + "_scale");
    nodes.add(Node.of("Mul", scale, in.scale, scales.name()));
    Optional<String> bias = Optional.of(node.input(2)).filter(b -> !b.isEmpty());
    String product = bias.isEmpty() ? node.output() : model.fresh(node.output() + "_product");
    nodes.add(Node.of("Mul", product, real, scale));
    bias.ifPresent(b -> nodes.add(Node.of("Add", node.output(), product, b)));
    model.replace(node, nodes);
  }

  // Two products of one input quantise it once.
  private Quantised input(Node node, List<Node> nodes) {
    String input = node.input(0);
    Quantised known = inputs.get(input);
    if (known != null) return known;
    var fresh =
        new Quantised(
            model.fresh(input + "_quantized"),
            model.fresh(input + "_scale"),
            model.fresh(input + "_zero_point"));
    nodes.add(
        Node.of("DynamicQuantizeLinear", List.of(fresh.values, fresh.scale, fresh.zero), input));
    inputs.put(input, fresh);
    return fresh;
  }
}
