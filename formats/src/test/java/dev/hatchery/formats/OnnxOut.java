package dev.hatchery.formats;

/** Writes ONNX's messages; field numbers are those of onnx.proto. */
final class OnnxOut {
  static final int F32 = 1;
  static final int U8 = 2;
  static final int I8 = 3;
  static final int I32 = 6;
  static final int I64 = 7;
  static final int STRING = 8;
  static final int F16 = 10;
  static final int U4 = 21;
  static final int I4 = 22;

  private OnnxOut() {}

  static byte[] model(ProtoOut graph) {
    return new ProtoOut()
        .number(1, 10)
        .text(2, "writer")
        .text(3, "1.5")
        .message(7, graph)
        .message(8, new ProtoOut().text(1, "").number(2, 21))
        .message(8, new ProtoOut().text(1, "com.microsoft").number(2, 1))
        .message(14, new ProtoOut().text(1, "labels").text(2, "ok,dent"))
        .toBytes();
  }

  /** A graph of nodes and initializers, in the order in which they are given. */
  static ProtoOut graph(Part... parts) {
    var graph = new ProtoOut();
    for (Part part : parts) graph.message(part.field, part.message);
    return graph.text(2, "main");
  }

  /** A node, or an initializer. */
  record Part(int field, ProtoOut message) {}

  static Part initializer(ProtoOut tensor) {
    return new Part(5, tensor);
  }

  static Part raw(String name, int type, byte[] bytes, long... shape) {
    return initializer(tensor(name, type, shape).bytes(9, bytes));
  }

  static ProtoOut tensor(String name, int type, long... shape) {
    return new ProtoOut().packed(1, shape).number(2, type).text(8, name);
  }

  static Part external(String name, int type, String location, String at, long... shape) {
    ProtoOut tensor =
        tensor(name, type, shape)
            .message(13, entry("location", location))
            .message(13, entry("offset", at));
    return initializer(tensor.number(14, 1));
  }

  static ProtoOut entry(String key, String value) {
    return new ProtoOut().text(1, key).text(2, value);
  }

  static Part node(String operator, String inputs, String output, ProtoOut... attributes) {
    var node = new ProtoOut();
    for (String input : inputs.split(",", -1)) node.text(1, input);
    node.text(2, output).text(3, "node_" + output).text(4, operator);
    for (ProtoOut attribute : attributes) node.message(5, attribute);
    return new Part(1, node);
  }

  static ProtoOut attribute(String name, long value) {
    return new ProtoOut().text(1, name).number(3, value).number(20, 2);
  }

  static ProtoOut attribute(String name, ProtoOut tensor) {
    return new ProtoOut().text(1, name).message(5, tensor).number(20, 4);
  }

  static ProtoOut graphAttribute(String name, ProtoOut graph) {
    return new ProtoOut().text(1, name).message(6, graph).number(20, 5);
  }
}
