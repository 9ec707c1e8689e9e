package dev.hatchery.wire.tree;

import java.util.List;
import java.util.Map;

/**
 * One value of a document. Numbers are 64-bit integers or doubles, never larger: a number cannot be
 * a bomb.
 */
public sealed interface Node {
  Place place();

  /** What this is, for error messages. */
  String kind();

  /** Fields in the order they stand. */
  record Obj(Map<String, Node> fields, Place place) implements Node {
    public Obj {
      fields = FieldMap.copyOf(fields);
    }

    @Override
    public String kind() {
      return "an object";
    }
  }

  /** A list. */
  record Arr(List<Node> items, Place place) implements Node {
    public Arr {
      items = List.copyOf(items);
    }

    @Override
    public String kind() {
      return "a list";
    }
  }

  /** Text. */
  record Text(String value, Place place) implements Node {
    @Override
    public String kind() {
      return "text";
    }
  }

  /** A whole number. */
  record Int(long value, Place place) implements Node {
    @Override
    public String kind() {
      return "a whole number";
    }
  }

  /** A finite number with a fraction or exponent. */
  record Real(double value, Place place) implements Node {
    @Override
    public String kind() {
      return "a number";
    }
  }

  /** true or false. */
  record Bool(boolean value, Place place) implements Node {
    @Override
    public String kind() {
      return "true or false";
    }
  }

  /** JSON's null; nothing of ours writes it. */
  record Nil(Place place) implements Node {
    @Override
    public String kind() {
      return "null";
    }
  }
}
