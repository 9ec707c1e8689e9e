package dev.hatchery.examples.inspection.onnx;

import dev.hatchery.examples.inspection.network.Network;
import dev.hatchery.examples.inspection.network.Parameter;
import dev.hatchery.examples.inspection.network.Shape;
import java.util.SortedMap;

/**
 * Writes a network as ONNX: IR 8, opset 13, input {@code image} [N,1,32,32], output {@code probs}
 * [N,4]. Field numbers are those of onnx.proto3. The same network and metadata give the same bytes.
 */
public final class OnnxWriter {
  private static final int IR_VERSION = 8;
  private static final int OPSET = 13;
  private static final int FLOAT = 1;
  private static final int ATTRIBUTE_INT = 2;
  private static final int ATTRIBUTE_INTS = 7;

  private OnnxWriter() {}

  /**
   * The model file; {@code metadata} goes into metadata_props, where the runner looks for labels
   * and normalisation.
   */
  public static byte[] write(Network network, SortedMap<String, String> metadata) {
    var model =
        new Message()
            .number(1, IR_VERSION)
            .text(2, "hatchery-inspection")
            .message(7, graph(network))
            .message(8, new Message().text(1, "").number(2, OPSET));
    metadata.forEach((key, value) -> model.message(14, new Message().text(1, key).text(2, value)));
    return model.toByteArray();
  }

  private static Message graph(Network network) {
    var graph =
        new Message()
            .message(1, convolution("image", "conv1"))
            .message(1, node("Relu", "relu1", "conv1"))
            .message(1, pool("relu1", "pool1", 2))
            .message(1, convolution("pool1", "conv2"))
            .message(1, node("Relu", "relu2", "conv2"))
            .message(1, pool("relu2", "pool2", 4))
            .message(1, node("Flatten", "features", "pool2").message(5, axis()))
            .message(1, node("Gemm", "logits", "features", "dense.weight", "dense.bias"))
            .message(1, node("Softmax", "probs", "logits").message(5, axis()))
            .text(2, "inspection");
    for (Parameter parameter : network.parameters()) {
      graph.message(5, tensor(parameter));
    }
    return graph
        .message(11, value("image", 1, Shape.SIDE, Shape.SIDE))
        .message(12, value("probs", Shape.CLASSES));
  }

  private static Message convolution(String input, String name) {
    return node("Conv", name, input, name + ".weight", name + ".bias")
        .message(5, ints("kernel_shape", 3, 3))
        .message(5, ints("pads", 1, 1, 1, 1));
  }

  private static Message pool(String input, String name, int side) {
    return node("MaxPool", name, input)
        .message(5, ints("kernel_shape", side, side))
        .message(5, ints("strides", side, side));
  }

  /** A node is named after its only output. */
  private static Message node(String operator, String output, String... inputs) {
    var node = new Message();
    for (String input : inputs) {
      node.text(1, input);
    }
    return node.text(2, output).text(3, output).text(4, operator);
  }

  private static Message axis() {
    return new Message().text(1, "axis").number(3, 1).number(20, ATTRIBUTE_INT);
  }

  private static Message ints(String name, int... values) {
    var attribute = new Message().text(1, name);
    for (int value : values) {
      attribute.number(8, value);
    }
    return attribute.number(20, ATTRIBUTE_INTS);
  }

  private static Message tensor(Parameter parameter) {
    var tensor = new Message();
    parameter.dimensions().forEach(dimension -> tensor.number(1, dimension));
    return tensor.number(2, FLOAT).text(8, parameter.name()).floats(9, parameter.values());
  }

  /** A float tensor whose first dimension is the batch size N. */
  private static Message value(String name, int... dimensions) {
    var shape = new Message().message(1, new Message().text(2, "N"));
    for (int dimension : dimensions) {
      shape.message(1, new Message().number(1, dimension));
    }
    var type = new Message().message(1, new Message().number(1, FLOAT).message(2, shape));
    return new Message().text(1, name).message(2, type);
  }
}
