package dev.hatchery.delta.make;

import dev.hatchery.delta.Lane;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** Small model files. */
final class Models {
  private static final Map<Lane, String> TYPES =
      Map.of(
          Lane.F32, "F32", Lane.F16, "F16", Lane.BF16, "BF16", Lane.I8, "I8", Lane.U8, "U8",
          Lane.I32, "I32");

  private Models() {}

  /** A safetensors file. */
  static final class Safetensors {
    private final Bytes data = new Bytes();
    private final StringJoiner header = new StringJoiner(",", "{", "}");

    Safetensors tensor(String name, Lane lane, int[] lanes, int... shape) {
      int at = data.size();
      data.lanes(lane, lanes);
      String dimensions =
          Arrays.stream(shape).mapToObj(String::valueOf).collect(Collectors.joining(","));
      header.add(
          "\"%s\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%d,%d]}"
              .formatted(name, TYPES.get(lane), dimensions, at, data.size()));
      return this;
    }

    byte[] toBytes() {
      byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
      return new Bytes().u64(json.length).bytes(json).bytes(data.toBytes()).toBytes();
    }
  }

  /** A protobuf message. */
  static final class Proto {
    private final Bytes out = new Bytes();

    Proto number(int field, long value) {
      return varint((long) field << 3).varint(value);
    }

    Proto bytes(int field, byte[] bytes) {
      varint(((long) field << 3) | 2).varint(bytes.length);
      out.bytes(bytes);
      return this;
    }

    Proto text(int field, String text) {
      return bytes(field, text.getBytes(StandardCharsets.UTF_8));
    }

    Proto message(int field, Proto message) {
      return bytes(field, message.out.toBytes());
    }

    private Proto varint(long value) {
      long rest = value;
      for (; (rest & ~0x7fL) != 0; rest >>>= 7) out.u8((int) ((rest & 0x7f) | 0x80));
      out.u8((int) rest);
      return this;
    }
  }

  /** ONNX with one MatMulNBits: weights of half bytes, and a scale for each block of them. */
  static byte[] blocks(int[] weights, int[] scales, int rows, int columns, int block) {
    Proto node = new Proto().text(1, "x").text(1, "w").text(1, "s").text(2, "y");
    node.text(3, "n").text(4, "MatMulNBits");
    attribute(node, "K", columns);
    attribute(node, "N", rows);
    attribute(node, "bits", 4);
    attribute(node, "block_size", block);
    node.text(7, "com.microsoft");
    Proto graph = new Proto().message(1, node).text(2, "main");
    int blocks = columns / block;
    byte[] packed = Bytes.packed(Lane.U4, weights);
    graph.message(5, tensor("w", 2, packed, rows, blocks, block / 2));
    graph.message(5, tensor("s", 1, Bytes.packed(Lane.F32, scales), (long) rows * blocks));
    Proto opset = new Proto().text(1, "").number(2, 21);
    Proto contrib = new Proto().text(1, "com.microsoft").number(2, 1);
    Proto model = new Proto().number(1, 10).message(7, graph).message(8, opset);
    return model.message(8, contrib).out.toBytes();
  }

  private static void attribute(Proto node, String name, long value) {
    node.message(5, new Proto().text(1, name).number(3, value).number(20, 2));
  }

  private static Proto tensor(String name, int type, byte[] raw, long... shape) {
    Proto tensor = new Proto();
    for (long dimension : shape) tensor.number(1, dimension);
    return tensor.number(2, type).text(8, name).bytes(9, raw);
  }
}
