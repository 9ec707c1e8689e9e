package dev.hatchery.pipeline.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Optional;

/** One operator with what goes in and comes out; an input that is left out has an empty name. */
public final class Node {
  /** The operators that ONNX itself defines. */
  public static final String STANDARD = "";

  private final NodeProto.Builder proto;

  Node(NodeProto proto) {
    this.proto = proto.toBuilder();
  }

  /** A node with one output, which it is named after. */
  public static Node of(String operator, String output, String... inputs) {
    return of(operator, List.of(output), inputs);
  }

  /** A node that is named after its first output. */
  public static Node of(String operator, List<String> outputs, String... inputs) {
    return new Node(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(outputs.getFirst())
            .addAllOutput(outputs)
            .addAllInput(List.of(inputs))
            .build());
  }

  NodeProto proto() {
    return proto.build();
  }

  public String operator() {
    return proto.getOpType();
  }

  /** Whether it is this operator of ONNX itself. */
  public boolean is(String operator) {
    return operator().equals(operator) && isStandard();
  }

  /** Whether it is one of ONNX' own operators. */
  public boolean isStandard() {
    return proto.getDomain().isEmpty() || proto.getDomain().equals("ai.onnx");
  }

  /** What people call it: its name, or its first output's where it has none. */
  public String name() {
    return proto.getName().isEmpty() && proto.getOutputCount() > 0
        ? proto.getOutput(0)
        : proto.getName();
  }

  public List<String> inputs() {
    return List.copyOf(proto.getInputList());
  }

  /** The input's name; empty where it has no such input or leaves it out. */
  public String input(int index) {
    return index < proto.getInputCount() ? proto.getInput(index) : "";
  }

  public List<String> outputs() {
    return List.copyOf(proto.getOutputList());
  }

  /** Its first output's name; empty where it has none. */
  public String output() {
    return proto.getOutputCount() == 0 ? "" : proto.getOutput(0);
  }

  /** Reads from something else. */
  public void input(int index, String name) {
    proto.setInput(index, name);
  }

  /** Of another domain than ONNX' own. */
  public Node domain(String domain) {
    proto.setDomain(domain);
    return this;
  }

  /** With a whole number. */
  public Node with(String attribute, long value) {
    proto.addAttribute(
        AttributeProto.newBuilder().setName(attribute).setType(AttributeType.INT).setI(value));
    return this;
  }

  private Optional<AttributeProto> attribute(String name) {
    return proto.getAttributeList().stream().filter(a -> a.getName().equals(name)).findFirst();
  }

  /** A whole number. */
  public long integer(String attribute, long otherwise) {
    return attribute(attribute).map(AttributeProto::getI).orElse(otherwise);
  }

  /** A number. */
  public float number(String attribute, float otherwise) {
    return attribute(attribute).map(AttributeProto::getF).orElse(otherwise);
  }

  @Override
  public String toString() {
    return operator() + " " + name();
  }
}
