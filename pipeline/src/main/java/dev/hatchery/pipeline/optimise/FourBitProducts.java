package dev.hatchery.pipeline.optimise;

import dev.hatchery.pipeline.graph.Element;
import dev.hatchery.pipeline.graph.Model;
import dev.hatchery.pipeline.graph.Node;
import dev.hatchery.pipeline.graph.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Stores the weights of matrix products in four bits, with a scale for each block of a column
 * (reference, section 2, e: the operator that ONNX Runtime would make of it anyway). An eighth of
 * the size; only for large matrices.
 */
final class FourBitProducts {
  static final String DOMAIN = "com.microsoft";
  private static final int LEAST = -8;
  private static final int MOST = 7;

  private final Model model;
  private final int block;

  FourBitProducts(Model model, int block) {
    this.model = model;
    this.block = block;
  }

  void apply(List<Layer> layers) {
    layers.forEach(this::apply);
    if (!layers.isEmpty()) model.requireOpset(DOMAIN, 1);
    model.sweep();
  }

  private void apply(Layer layer) {
    Node node = layer.node();
    Weight weight = layer.weight();
    var packed = new Packed(columns(layer), block);
    String name = weight.name();
    long blocks = packed.blocks;
    Weight values =
        Weight.of(
            model.fresh(name + "_Q4"),
            Element.UINT8,
            List.of((long) packed.columns, blocks, (long) block / 2),
            packed.bytes);
    Weight scales =
        Weight.of(model.fresh(name + "_scales"), List.of(packed.columns * blocks), packed.scales);
    model.put(values);
    model.put(scales);

    List<Node> nodes = new ArrayList<>();
    Optional<String> bias = Optional.of(node.input(2)).filter(b -> !b.isEmpty());
    String product = bias.isEmpty() ? node.output() : model.fresh(node.output() + "_product");
    nodes.add(
        Node.of("MatMulNBits", product, node.input(0), values.name(), scales.name())
            .domain(DOMAIN)
            .with("K", packed.rows)
            .with("N", packed.columns)
            .with("bits", 4)
            .with("block_size", block));
    bias.ifPresent(b -> nodes.add(Node.of("Add", node.output(), product, b)));
    model.replace(node, nodes);
  }

  // The weight as columns, one after the other: what one output is made of lies together.
  private static float[][] columns(Layer layer) {
    float[] values = layer.weight().floats().orElseThrow();
    int n = layer.channels();
    int k = values.length / n;
    float[][] columns = new float[n][k];
    boolean rowsAreOutputs = layer.axis() == 0;
    for (int c = 0; c < n; c++) {
      for (int i = 0; i < k; i++) columns[c][i] = values[rowsAreOutputs ? c * k + i : i * n + c];
    }
    return columns;
  }

  /** Codes with the first of a pair low, and a scale for each block of each column. */
  static final class Packed {
    final int rows;
    final int columns;
    final int blocks;
    final byte[] bytes;
    final float[] scales;

    Packed(float[][] values, int block) {
      rows = values[0].length;
      columns = values.length;
      blocks = Math.ceilDiv(rows, block);
      bytes = new byte[columns * blocks * block / 2];
      scales = new float[columns * blocks];
      for (int c = 0; c < columns; c++) pack(values[c], c, block);
    }

    private void pack(float[] column, int c, int block) {
      for (int b = 0; b < blocks; b++) {
        int from = b * block;
        int to = Math.min(rows, from + block);
        float scale = scale(column, from, to);
        int at = c * blocks + b;
        scales[at] = scale;
        // What lies behind the column's end stands for zero.
        for (int i = 0; i < block; i++) {
          int code = from + i < to ? code(column[from + i], scale) : -LEAST;
          bytes[(at * block + i) / 2] |= (byte) (i % 2 == 0 ? code : code << 4);
        }
      }
    }
  }

  // The value that is farthest from zero is met exactly, as -8: there is one more step below.
  private static float scale(float[] values, int from, int to) {
    float least = 0;
    float most = 0;
    for (int i = from; i < to; i++) {
      least = Math.min(least, values[i]);
      most = Math.max(most, values[i]);
    }
    return (Math.abs(most) > Math.abs(least) ? most : least) / LEAST;
  }

  private static int code(float value, float scale) {
    if (scale == 0) return -LEAST;
    return (int) Math.clamp(Math.rint(value / scale), LEAST, MOST) - LEAST;
  }
}
