package dev.hatchery.runner.ort;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the smallest models that show a thing: {@code image} [N,2] through a square root and one
 * dense layer to {@code probs} [N,2]. With equal inputs the bias decides, so that a test knows the
 * answer; a negative input becomes NaN, so that a test can make an inference fail.
 */
public final class TinyOnnx {
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final List<byte[]> moreInputs = new ArrayList<>();
  private float[] bias = {0, 0};
  private List<Object> inputShape = List.of("N", 2);
  private int elementType = 1;
  private String operator = "Sqrt";

  /** Answers the first label unless the input says otherwise. */
  public static TinyOnnx first(String label, String other) {
    return new TinyOnnx().labels(label + "," + other).bias(1, 0);
  }

  public TinyOnnx labels(String labels) {
    return metadata(ModelCard.LABELS, labels);
  }

  /** The model's input is then {@code (value - mean) * scale}. */
  public TinyOnnx normalised(float mean, float scale) {
    return metadata(ModelCard.MEAN, "" + mean).metadata(ModelCard.SCALE, "" + scale);
  }

  TinyOnnx metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  TinyOnnx bias(float... values) {
    bias = values;
    return this;
  }

  TinyOnnx inputShape(Object... dimensions) {
    inputShape = List.of(dimensions);
    return this;
  }

  TinyOnnx elementType(int type) {
    elementType = type;
    return this;
  }

  TinyOnnx operator(String name) {
    operator = name;
    return this;
  }

  TinyOnnx secondInput() {
    moreInputs.add(value("second", List.of("N", 2), 1));
    return this;
  }

  /** The model file. */
  public byte[] bytes() {
    List<byte[]> graph = new ArrayList<>();
    graph.add(field(1, node(operator, "image", "roots")));
    graph.add(field(1, gemm()));
    graph.add(field(1, node("Softmax", "logits", "probs")));
    graph.add(text(2, "tiny"));
    graph.add(field(5, tensor("weights", new int[] {2, 2}, 4, 0, 0, 4)));
    graph.add(field(5, tensor("bias", new int[] {2}, bias)));
    graph.add(field(11, value("image", inputShape, elementType)));
    moreInputs.forEach(input -> graph.add(field(11, input)));
    graph.add(field(12, value("probs", List.of("N", 2), 1)));
    List<byte[]> model = new ArrayList<>();
    model.add(number(1, 8));
    model.add(field(7, join(graph)));
    model.add(field(8, join(List.of(text(1, ""), number(2, 13)))));
    metadata.forEach((k, v) -> model.add(field(14, join(List.of(text(1, k), text(2, v))))));
    return join(model);
  }

  private static byte[] node(String operator, String input, String output) {
    return join(List.of(text(1, input), text(2, output), text(4, operator)));
  }

  private static byte[] gemm() {
    return join(
        List.of(
            text(1, "roots"),
            text(1, "weights"),
            text(1, "bias"),
            text(2, "logits"),
            text(4, "Gemm")));
  }

  private static byte[] tensor(String name, int[] dimensions, float... values) {
    var data = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    List<byte[]> parts = new ArrayList<>();
    for (int dimension : dimensions) {
      parts.add(number(1, dimension));
    }
    parts.addAll(List.of(number(2, 1), text(8, name), field(9, data.array())));
    return join(parts);
  }

  private static byte[] value(String name, List<Object> dimensions, int elementType) {
    List<byte[]> shape = new ArrayList<>();
    for (Object dimension : dimensions) {
      shape.add(field(1, dimension instanceof Integer n ? number(1, n) : text(2, "" + dimension)));
    }
    byte[] tensor = join(List.of(number(1, elementType), field(2, join(shape))));
    return join(List.of(text(1, name), field(2, field(1, tensor))));
  }

  private static byte[] number(int field, int value) {
    return join(List.of(varint(field << 3), varint(value)));
  }

  private static byte[] text(int field, String value) {
    return field(field, value.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] field(int field, byte[] value) {
    return join(List.of(varint((field << 3) | 2), varint(value.length), value));
  }

  private static byte[] varint(int value) {
    var out = new ByteArrayOutputStream();
    int rest = value;
    for (; rest > 0x7F; rest >>>= 7) {
      out.write((rest & 0x7F) | 0x80);
    }
    out.write(rest);
    return out.toByteArray();
  }

  private static byte[] join(List<byte[]> parts) {
    var out = new ByteArrayOutputStream();
    parts.forEach(out::writeBytes);
    return out.toByteArray();
  }
}
