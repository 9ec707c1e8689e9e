package dev.hatchery.formats;

import java.util.IdentityHashMap;
import java.util.Optional;

/**
 * Finds out from the nodes which tensors are quantised and where their scales are. The first node
 * that says it counts. Inputs and attributes are those of ONNX's Operators.md and ONNX Runtime's
 * ContribOperators.md; ONNX Runtime's dynamic quantisation multiplies by the scales only later in
 * the graph, there its names say it: {@code w_quantized}, {@code w_scale}, {@code w_zero_point}.
 */
final class OnnxScalings {
  private static final int LAST = -1;
  private static final String QUANTIZED = "_quantized";

  private final IdentityHashMap<OnnxTensor, OnnxReading> readings = new IdentityHashMap<>();

  private final Budget budget;

  OnnxScalings(Budget budget) {
    this.budget = budget;
  }

  /** A node in its graph. */
  private record Use(OnnxNode node, OnnxScope scope) {
    Optional<OnnxTensor> input(int index) {
      return scope.find(node.input(index));
    }

    OnnxReading.Zero zero(int index) {
      return new OnnxReading.Zero(!node.input(index).isEmpty(), input(index));
    }
  }

  /** How the tensor is to be read, where a node says that it is quantised. */
  Optional<OnnxReading> of(OnnxTensor tensor) {
    return Optional.ofNullable(readings.get(tensor));
  }

  void node(OnnxNode node, OnnxScope scope) {
    var use = new Use(node, scope);
    switch (node.operator()) {
      case "DequantizeLinear" -> dequantize(use);
      case "MatMulInteger" -> named(use, 1, 3, LAST);
      case "ConvInteger" -> named(use, 1, 3, 0);
      case "DynamicQuantizeMatMul" -> linked(use, 1, 2, 3, LAST);
      case "MatMulIntegerToFloat" -> linked(use, 1, 3, 5, LAST);
      case "QLinearMatMul" -> linked(use, 3, 4, 5, LAST);
      case "QLinearConv" -> linked(use, 3, 4, 5, 0);
      case "QGemm" -> linked(use, 3, 4, 5, node.number("transB", 0) == 0 ? LAST : 0);
      case "QAttention" -> linked(use, 1, 4, 7, LAST);
      case "DynamicQuantizeLSTM" -> {
        linked(use, 1, 8, 9, LAST);
        linked(use, 2, 10, 11, LAST);
      }
      case "MatMulNBits" -> matMulNBits(use);
      case "GatherBlockQuantized" -> gatherBlocks(use);
      case "Gather", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Identity", "Slice" ->
          pick(use);
      default -> {}
    }
  }

  /** A tensor that no node told anything of, by the customs of names. */
  void leftOver(OnnxTensor tensor, OnnxScope scope) {
    if (!readings.containsKey(tensor)) named(tensor, scope, Optional.empty(), LAST);
  }

  private void pick(Use use) {
    if (use.node.output().isEmpty()) return;
    Span output = use.node.output().get();
    use.input(0).ifPresent(t -> use.scope.pick(budget.name(output), t));
  }

  private void linked(Use use, int weight, int scale, int zero, int axis) {
    use.input(weight).ifPresent(w -> scaled(w, use.input(scale), use.zero(zero), axis, 0));
  }

  // What comes out of Gather or Transpose has other dimensions: there only one scale for all fits.
  private void dequantize(Use use) {
    long block = use.node.number("block_size", 0);
    long axis = use.node.number("axis", 1);
    use.input(0).ifPresent(w -> scaled(w, use.input(1), use.zero(2), axis, block));
    use.scope
        .findPicked(use.node.input(0))
        .filter(_ -> use.input(1).filter(s -> s.count() == 1).isPresent())
        .ifPresent(w -> scaled(w, use.input(1), use.zero(2), axis, 0));
  }

  private void named(Use use, int weight, int zero, int axis) {
    use.input(weight).ifPresent(w -> named(w, use.scope, Optional.of(use.zero(zero)), axis));
  }

  private void named(
      OnnxTensor weight, OnnxScope scope, Optional<OnnxReading.Zero> given, int axis) {
    if (!weight.name().endsWith(QUANTIZED)) return;
    String stem = weight.name().substring(0, weight.name().length() - QUANTIZED.length());
    Optional<OnnxTensor> byName = scope.find(stem + "_zero_point");
    OnnxReading.Zero zero = given.orElseGet(() -> new OnnxReading.Zero(byName.isPresent(), byName));
    Optional<OnnxTensor> scale = scope.find(stem + "_scale");
    scaled(weight, scale, zero, axis, 0);
    if (!readings.containsKey(weight) && scale.isPresent()) {
      scaled(weight, scale, zero, weight.shape().lastIndexOf(scale.get().count()), 0);
    }
  }

  private void scaled(
      OnnxTensor weight, Optional<OnnxTensor> scale, OnnxReading.Zero zero, long axis, long block) {
    scale
        .flatMap(s -> OnnxReading.plain(weight, s, zero, axis, block))
        .ifPresent(r -> readings.putIfAbsent(weight, r));
  }

  private void matMulNBits(Use use) {
    OnnxNode node = use.node;
    long bits = node.number("bits", 4);
    long block = node.number("block_size", 0);
    long columns = node.number("K", 0);
    long rows = node.number("N", 0);
    use.input(1)
        .flatMap(w -> OnnxReading.matrix(w, rows, columns, block, bits))
        .ifPresent(p -> packed(use, 1, p, use.input(2), use.zero(3)));
  }

  private void gatherBlocks(Use use) {
    OnnxNode node = use.node;
    long block = node.number("block_size", 128);
    Optional<OnnxTensor> weight = use.input(0);
    if (weight.isEmpty()) return;
    if (weight.get().type().filter(t -> t == ElementType.U8).isEmpty()) {
      scaled(weight.get(), use.input(2), use.zero(3), node.number("quantize_axis", 1), block);
    } else {
      OnnxReading.rows(weight.get(), block, node.number("bits", 4))
          .ifPresent(p -> packed(use, 0, p, use.input(2), use.zero(3)));
    }
  }

  private void packed(
      Use use,
      int weight,
      OnnxReading.Packed packed,
      Optional<OnnxTensor> scale,
      OnnxReading.Zero zero) {
    OnnxTensor w = use.input(weight).orElseThrow();
    scale
        .flatMap(s -> OnnxReading.packed(w, packed, s, zero))
        .ifPresent(r -> readings.putIfAbsent(w, r));
  }
}
