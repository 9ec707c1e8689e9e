package dev.hatchery.formats;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a NodeProto says, as far as it matters here: its first inputs, its first output,
 * whole-number attributes, and a Constant's tensor. Names are read when they are asked for.
 *
 * @param operator op_type, empty where it is none that matters
 */
record OnnxNode(
    String operator,
    List<Span> inputs,
    Optional<Span> output,
    Optional<Span> name,
    Map<String, Long> numbers,
    Optional<Span> value) {
  private static final int INPUTS = 16;
  private static final int OPERATOR = 64;
  private static final int ATTRIBUTE = 16;
  private static final int ATTRIBUTES = 32;

  /** The input's name; empty where it is left out. */
  String input(int index) {
    return index < inputs.size() ? inputs.get(index).text(Limits.NAME) : "";
  }

  String outputName() {
    return output.map(o -> o.text(Limits.NAME)).orElse("");
  }

  long number(String attribute, long otherwise) {
    return numbers.getOrDefault(attribute, otherwise);
  }

  // NodeProto: 1 input, 2 output, 3 name, 4 op_type, 5 attribute.
  static OnnxNode read(Span message) {
    String operator = "";
    List<Span> inputs = new ArrayList<>();
    Optional<Span> output = Optional.empty();
    Optional<Span> name = Optional.empty();
    Map<String, Long> numbers = new HashMap<>();
    Optional<Span> value = Optional.empty();
    var in = new ProtoCursor(message);
    while (in.next()) {
      switch (in.field()) {
        case 1 -> {
          if (inputs.size() < INPUTS) inputs.add(in.bytes());
        }
        case 2 -> output = output.or(() -> Optional.of(in.bytes()));
        case 3 -> name = Optional.of(in.bytes());
        case 4 -> operator = in.bytes().length() > OPERATOR ? "" : in.bytes().text(OPERATOR);
        case 5 -> {
          Attribute attribute = Attribute.read(in.bytes());
          if (attribute.number.isPresent() && numbers.size() < ATTRIBUTES) {
            numbers.put(attribute.name, attribute.number.get());
          }
          if (attribute.name.equals("value")) value = value.or(() -> attribute.tensor);
        }
        default -> {}
      }
    }
    return new OnnxNode(operator, inputs, output, name, numbers, value);
  }

  /** The messages of a node's attributes, for its subgraphs: these are not kept in memory. */
  static void attributes(Span message, AttributeUse use) {
    var in = new ProtoCursor(message);
    while (in.next()) {
      if (in.field() == 5) use.on(in.bytes());
    }
  }

  @FunctionalInterface
  interface AttributeUse {
    void on(Span attribute);
  }

  /** AttributeProto: 1 name, 3 i, 5 t. A long name is none that matters. */
  private record Attribute(String name, Optional<Long> number, Optional<Span> tensor) {
    static Attribute read(Span message) {
      String name = "";
      Optional<Long> number = Optional.empty();
      Optional<Span> tensor = Optional.empty();
      var in = new ProtoCursor(message);
      while (in.next()) {
        switch (in.field()) {
          case 1 -> name = in.bytes().length() > ATTRIBUTE ? "" : in.bytes().text(ATTRIBUTE);
          case 3 -> number = Optional.of(in.number());
          case 5 -> tensor = Optional.of(in.bytes());
          default -> {}
        }
      }
      return new Attribute(name, number, tensor);
    }
  }
}
