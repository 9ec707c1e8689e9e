package dev.hatchery.pipeline.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Small models, out of a seed. */
public final class Built {
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("built");
  private final SplittableRandom chance;

  private Built(long seed) {
    chance = new SplittableRandom(seed);
  }

  /** Two convolutions, pools and a matrix, as small classifiers of images are. */
  public static byte[] convolutions(int opset) {
    var b = new Built(1);
    b.input("image", 1, 16, 16);
    b.convolution("image", "conv1", 8, 1);
    b.node("Relu", "relu1", "conv1");
    b.pool("relu1", "pool1");
    b.convolution("pool1", "conv2", 16, 8);
    b.node("Relu", "relu2", "conv2");
    b.pool("relu2", "pool2");
    b.node("Flatten", "features", "pool2").addAttribute(integer("axis", 1));
    b.gemm("features", "logits", 256, 4);
    b.node("Softmax", "probs", "logits").addAttribute(integer("axis", 1));
    b.output("probs", 4);
    return b.bytes(opset);
  }

  /** Two products with something that is no line between them, as parts of transformers are. */
  public static byte[] products(int k, int hidden, int n) {
    var b = new Built(2);
    b.input("x", k);
    b.weight("w1", List.of((long) k, (long) hidden), 0.05);
    b.node("MatMul", "h", "x", "w1");
    b.node("Relu", "r", "h");
    b.weight("w2", List.of((long) hidden, (long) n), 0.05);
    b.node("MatMul", "y", "r", "w2");
    b.output("y", n);
    return b.bytes(21);
  }

  /** What the runtime itself makes of these floats: whole numbers, as floats again. */
  public static byte[] quantised(float[] values, List<Long> shape, float[] scales, int axis) {
    var b = new Built(3);
    List<Long> per = List.of((long) scales.length);
    b.graph.addInitializer(Weight.of("w", shape, values).proto());
    b.graph.addInitializer(Weight.of("s", per, scales).proto());
    b.graph.addInitializer(Weight.of("z", Element.INT8, per, new byte[scales.length]).proto());
    b.input("x", 1);
    b.node("QuantizeLinear", "q", "w", "s", "z").addAttribute(integer("axis", axis));
    b.node("Cast", "y", "q").addAttribute(integer("to", Element.FLOAT.number()));
    b.graph.addOutput(port("y", shape.stream().skip(1).mapToInt(Long::intValue).toArray()));
    return b.bytes(13);
  }

  private void convolution(String in, String name, int out, int channels) {
    weight(name + ".weight", List.of((long) out, (long) channels, 3L, 3L), 0.3);
    weight(name + ".bias", List.of((long) out), 0.1);
    node("Conv", name, in, name + ".weight", name + ".bias")
        .addAttribute(integers("pads", 1, 1, 1, 1));
  }

  private void gemm(String in, String name, int k, int n) {
    weight(name + ".weight", List.of((long) n, (long) k), 0.1);
    weight(name + ".bias", List.of((long) n), 0.1);
    node("Gemm", name, in, name + ".weight", name + ".bias").addAttribute(integer("transB", 1));
  }

  private void pool(String in, String name) {
    node("MaxPool", name, in)
        .addAttribute(integers("kernel_shape", 2, 2))
        .addAttribute(integers("strides", 2, 2));
  }

  private NodeProto.Builder node(String operator, String output, String... inputs) {
    return graph
        .addNodeBuilder()
        .setOpType(operator)
        .setName(output)
        .addOutput(output)
        .addAllInput(List.of(inputs));
  }

  private void weight(String name, List<Long> shape, double spread) {
    float[] values = new float[(int) (long) shape.stream().reduce(1L, Math::multiplyExact)];
    for (int i = 0; i < values.length; i++) values[i] = (float) (chance.nextGaussian() * spread);
    graph.addInitializer(Weight.of(name, shape, values).proto());
  }

  private static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  private static AttributeProto integers(String name, long... values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.INTS)
        .addAllInts(Arrays.stream(values).boxed().toList())
        .build();
  }

  private void input(String name, int... sizes) {
    graph.addInput(port(name, sizes));
  }

  private void output(String name, int... sizes) {
    graph.addOutput(port(name, sizes));
  }

  private static ValueInfoProto port(String name, int... sizes) {
    var shape = TensorShapeProto.newBuilder().addDim(Dimension.newBuilder().setDimParam("N"));
    for (int size : sizes) shape.addDim(Dimension.newBuilder().setDimValue(size));
    var tensor = TypeProto.Tensor.newBuilder().setElemType(Element.FLOAT.number()).setShape(shape);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  private byte[] bytes(int opset) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .setProducerName("built")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(opset))
        .setGraph(graph)
        .build()
        .toByteArray();
  }
}
