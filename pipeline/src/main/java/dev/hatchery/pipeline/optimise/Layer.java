package dev.hatchery.pipeline.optimise;

import dev.hatchery.pipeline.graph.Element;
import dev.hatchery.pipeline.graph.Model;
import dev.hatchery.pipeline.graph.Node;
import dev.hatchery.pipeline.graph.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A node that multiplies by a constant: where most of a model's bytes and time are.
 *
 * @param axis of the weight: which index is the output's channel
 */
record Layer(Node node, Weight weight, Kind kind, int axis) {
  /** What it does. */
  enum Kind {
    CONVOLUTION,
    TRANSPOSED_CONVOLUTION,
    PRODUCT,
    GEMM
  }

  /**
   * All layers of a model.
   *
   * @param passedOver nodes of these operators that are none, with the reason
   */
  record Found(List<Layer> layers, List<String> passedOver) {}

  static Found in(Model model) {
    List<Layer> layers = new ArrayList<>();
    List<String> passedOver = new ArrayList<>();
    for (Node node : model.nodes()) {
      Optional<Kind> kind = kind(node);
      if (kind.isEmpty()) continue;
      String why = whyNot(model, node, kind.get());
      if (why.isEmpty()) {
        layers.add(of(node, model.weight(node.input(1)).orElseThrow(), kind.get()));
      } else {
        passedOver.add(node.name() + ": " + why);
      }
    }
    return new Found(List.copyOf(layers), List.copyOf(passedOver));
  }

  private static Optional<Kind> kind(Node node) {
    if (!node.isStandard()) return Optional.empty();
    return switch (node.operator()) {
      case "Conv" -> Optional.of(Kind.CONVOLUTION);
      case "ConvTranspose" -> Optional.of(Kind.TRANSPOSED_CONVOLUTION);
      case "MatMul" -> Optional.of(Kind.PRODUCT);
      case "Gemm" -> Optional.of(Kind.GEMM);
      default -> Optional.empty();
    };
  }

  // Empty where it is one (optimisation reference, section 2, rules).
  private static String whyNot(Model model, Node node, Kind kind) {
    if (node.output().isEmpty()) return "nothing comes out of it";
    Optional<Weight> weight = model.weight(node.input(1));
    if (weight.isEmpty()) return "its weight is no constant";
    if (!weight.get().is(Element.FLOAT)) return "its weight is not of 32-bit floats";
    if (model.weight(node.input(0)).isPresent()) return "both of its inputs are constants";
    int rank = weight.get().rank();
    boolean matrix = kind == Kind.PRODUCT || kind == Kind.GEMM;
    if (matrix && rank != 2) return "its weight has " + rank + " dimensions, not 2";
    if (!matrix && rank < 3) return "its weight has " + rank + " dimensions, not 3 or more";
    if (kind == Kind.TRANSPOSED_CONVOLUTION && node.integer("group", 1) != 1) {
      return "it is a transposed convolution of groups";
    }
    if (kind == Kind.GEMM && node.integer("transA", 0) != 0) return "its input is transposed";
    boolean scaled = node.number("alpha", 1) != 1 || node.number("beta", 1) != 1;
    if (kind == Kind.GEMM && scaled) return "its alpha or beta is not 1";
    return weight.get().count() == 0 ? "its weight is empty" : "";
  }

  private static Layer of(Node node, Weight weight, Kind kind) {
    int axis =
        switch (kind) {
          case CONVOLUTION -> 0;
          case TRANSPOSED_CONVOLUTION, PRODUCT -> 1;
          case GEMM -> node.integer("transB", 0) == 1 ? 0 : 1;
        };
    return new Layer(node, weight, kind, axis);
  }

  String name() {
    return node.name();
  }

  boolean isMatrix() {
    return kind == Kind.PRODUCT || kind == Kind.GEMM;
  }

  int channels() {
    return weight.dimension(axis);
  }

  /** What is added to each channel, where that is a constant of one float for each. */
  Optional<Weight> bias(Model model) {
    return model
        .weight(node.input(2))
        .filter(b -> b.is(Element.FLOAT) && b.shape().equals(List.of((long) channels())));
  }
}
