package dev.hatchery.wire.tree;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Builds an object field by field; the order of the calls is the order of the bytes. */
public final class Tree {
  private final FieldMap fields = new FieldMap();

  public static Tree object() {
    return new Tree();
  }

  public static Node text(Object value) {
    return new Node.Text(value.toString(), Place.NOWHERE);
  }

  public static Node integer(long value) {
    return new Node.Int(value, Place.NOWHERE);
  }

  public static <T> Node list(Collection<T> items, Function<? super T, Node> write) {
    List<Node> nodes = new ArrayList<>(items.size());
    for (T item : items) nodes.add(write.apply(item));
    return new Node.Arr(nodes, Place.NOWHERE);
  }

  public static <K, V> Node map(Map<K, V> map, Function<? super V, Node> write) {
    Tree tree = object();
    map.forEach((key, value) -> tree.put(key.toString(), write.apply(value)));
    return tree.done();
  }

  public Tree put(String name, Node value) {
    fields.set(name, value);
    return this;
  }

  /** A text field; the value's {@code toString()} is what stands there. */
  public Tree put(String name, Object value) {
    return put(name, text(value));
  }

  public Tree put(String name, long value) {
    return put(name, integer(value));
  }

  public Tree put(String name, double value) {
    return put(name, new Node.Real(value, Place.NOWHERE));
  }

  public Tree put(String name, boolean value) {
    return put(name, new Node.Bool(value, Place.NOWHERE));
  }

  /** Left out when absent: nothing of ours writes null. */
  public Tree maybe(String name, Optional<?> value) {
    value.ifPresent(v -> put(name, v instanceof Node node ? node : text(v)));
    return this;
  }

  public <T> Tree list(
      String name, Collection<T> items, boolean evenIfEmpty, Function<? super T, Node> write) {
    return items.isEmpty() && !evenIfEmpty ? this : put(name, list(items, write));
  }

  public Node done() {
    return new Node.Obj(fields.closed(), Place.NOWHERE);
  }
}
