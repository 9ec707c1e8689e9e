package dev.hatchery.pipeline.optimise;

import dev.hatchery.pipeline.graph.Element;
import dev.hatchery.pipeline.graph.Model;
import dev.hatchery.pipeline.graph.Node;
import dev.hatchery.pipeline.graph.Weight;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Computes layers in whole numbers, with ranges that calibration found (reference, section 2, c):
 * what goes into a layer and what comes out is quantised and dequantised again, and the runtime
 * makes one operator of the whole.
 */
final class StaticLayers {
  // They only move values about, or choose among them: what comes out has the scale of what went
  // in.
  private static final Set<String> CARRIERS =
      Set.of("MaxPool", "Flatten", "Reshape", "Transpose", "Squeeze", "Unsqueeze");
  private static final Set<String> RECTIFIERS = Set.of("Relu", "Clip");
  // Probabilities in 256 steps cost more than they save.
  private static final Set<String> NOT_BEFORE = Set.of("Softmax", "LogSoftmax");

  private final Model model;
  private final List<Layer> layers;
  private final Set<Node> quantised = new LinkedHashSet<>();
  private final Set<String> outputs = new LinkedHashSet<>();
  private final Set<String> values = new LinkedHashSet<>();

  StaticLayers(Model model, List<Layer> layers) {
    this.model = model;
    this.layers =
        layers.stream().filter(l -> l.kind() != Layer.Kind.TRANSPOSED_CONVOLUTION).toList();
    plan();
  }

  /** The activations whose ranges have to be known. */
  Set<String> values() {
    return Set.copyOf(values);
  }

  private void plan() {
    for (Layer layer : layers) {
      quantised.add(layer.node());
      values.add(layer.node().input(0));
      result(layer.node()).ifPresent(outputs::add);
    }
    values.addAll(outputs);
    // From the last to the first, so that a chain of carriers is followed to its beginning.
    for (Node node : model.nodes().reversed()) {
      if (isCarrier(node) && values.contains(node.output()) && isActivation(node.input(0))) {
        quantised.add(node);
        values.add(node.input(0));
      }
    }
  }

  private static boolean isCarrier(Node node) {
    return node.isStandard() && CARRIERS.contains(node.operator()) && node.outputs().size() == 1;
  }

  private boolean isActivation(String value) {
    return model.weight(value).isEmpty();
  }

  // What a layer gives, after the rectifier that the runtime makes a part of it; nothing where
  // somebody needs it as it is.
  private Optional<String> result(Node layer) {
    String value = layer.output();
    List<Node> readers = model.readers(value);
    if (readers.size() == 1
        && readers.getFirst().isStandard()
        && RECTIFIERS.contains(readers.getFirst().operator())
        && !model.isSeenOutside(value)) {
      value = readers.getFirst().output();
      readers = model.readers(value);
    }
    boolean asItIs =
        model.isSeenOutside(value)
            || readers.stream().anyMatch(n -> n.isStandard() && NOT_BEFORE.contains(n.operator()));
    return asItIs ? Optional.empty() : Optional.of(value);
  }

  // ---- the rewrite

  void apply(Ranges ranges) {
    Map<String, Affine> affine = affine(ranges);
    weights(affine);
    affine.forEach(this::activation);
    model.sweep();
  }

  private Map<String, Affine> affine(Ranges ranges) {
    Map<String, Affine> affine = new HashMap<>();
    for (String value : values) {
      Ranges.Range range = ranges.of(value);
      affine.put(value, Affine.activations(range.least(), range.most()));
    }
    for (Node node : model.nodes()) {
      if (quantised.contains(node) && isCarrier(node)) {
        affine.put(node.output(), Objects.requireNonNull(affine.get(node.input(0))));
      }
    }
    Map<String, Affine> inOrder = new LinkedHashMap<>();
    values.forEach(value -> inOrder.put(value, Objects.requireNonNull(affine.get(value))));
    return inOrder;
  }

  private void weights(Map<String, Affine> affine) {
    var bytes = new EightBitWeights(model);
    for (Layer layer : layers) {
      Optional<Weight> bias = layer.bias(model);
      Channels channels = Channels.of(layer.weight(), layer.axis());
      layer.node().input(1, bytes.dequantised(layer));
      float in = Objects.requireNonNull(affine.get(layer.node().input(0))).scale();
      bias.ifPresent(b -> layer.node().input(2, bias(b, in, channels)));
    }
  }

  // Whole numbers of the scale that the products have, so that they are added as they are.
  private String bias(Weight bias, float in, Channels weights) {
    float[] reals = bias.floats().orElseThrow();
    float[] scales = new float[reals.length];
    int[] whole = new int[reals.length];
    for (int c = 0; c < reals.length; c++) {
      scales[c] = in * weights.scale(c);
      whole[c] =
          (int) Math.clamp(Math.rint(reals[c] / scales[c]), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    List<Long> shape = bias.shape();
    Weight values = Weight.of(model.fresh(bias.name() + "_quantized"), shape, whole);
    Weight scale = Weight.of(model.fresh(bias.name() + "_quantized_scale"), shape, scales);
    Weight zero =
        Weight.of(model.fresh(bias.name() + "_quantized_zero_point"), shape, new int[whole.length]);
    for (Weight weight : List.of(values, scale, zero)) model.put(weight);
    String output = model.fresh(bias.name() + "_dequantized");
    model.first(
        Node.of("DequantizeLinear", output, values.name(), scale.name(), zero.name())
            .with("axis", 0));
    return output;
  }

  private void activation(String value, Affine affine) {
    Weight scale =
        Weight.of(model.fresh(value + "_scale"), List.of(), new float[] {affine.scale()});
    Weight zero =
        Weight.of(
            model.fresh(value + "_zero_point"),
            Element.INT8,
            List.of(),
            new byte[] {(byte) affine.zero()});
    model.put(scale);
    model.put(zero);
    String whole = model.fresh(value + "_QuantizeLinear_Output");
    String real = model.fresh(value + "_DequantizeLinear_Output");
    List<Node> readers = new ArrayList<>(model.readers(value));
    // Behind a layer everybody reads what the layer really gives; elsewhere only layers do.
    if (!outputs.contains(value)) readers.removeIf(reader -> !quantised.contains(reader));
    for (Node reader : readers) redirect(reader, value, real);
    Node to = Node.of("QuantizeLinear", whole, value, scale.name(), zero.name());
    Node from = Node.of("DequantizeLinear", real, whole, scale.name(), zero.name());
    Optional<Node> writer = model.writer(value);
    if (writer.isPresent()) {
      model.after(writer.get(), to);
    } else {
      model.first(to);
    }
    model.after(to, from);
  }

  private static void redirect(Node reader, String value, String real) {
    List<String> inputs = reader.inputs();
    for (int i = 0; i < inputs.size(); i++) if (inputs.get(i).equals(value)) reader.input(i, real);
  }
}
