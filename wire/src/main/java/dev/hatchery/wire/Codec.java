package dev.hatchery.wire;

import dev.hatchery.core.DataSize;
import dev.hatchery.core.Refusal;
import dev.hatchery.wire.json.Json;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import java.util.function.Function;

/**
 * One type's form on the wire. Reading refuses what it does not know; it throws nothing but {@link
 * Refusal}.
 */
public record Codec<T>(Function<T, Node> writer, Function<Node, T> reader) {
  /** A form of ours: fields that nobody asked for are refused. */
  public static <T> Codec<T> of(Function<T, Node> writer, Function<Fields, T> decoder) {
    return new Codec<>(writer, node -> Fields.read(node, decoder));
  }

  /** A form that may grow: an older reader passes over the fields of a newer writer. */
  public static <T> Codec<T> open(Function<T, Node> writer, Function<Fields, T> decoder) {
    return new Codec<>(writer, node -> Fields.readOpen(node, decoder));
  }

  public Node write(T value) {
    return writer.apply(value);
  }

  public T read(Node node) {
    return reader.apply(node);
  }

  /** The value's one compact JSON form. */
  public byte[] bytes(T value) {
    return Json.write(write(value));
  }

  /** Parses JSON of at most {@code max}; {@code source} names it in errors. */
  public T parse(byte[] json, DataSize max, String source) {
    return read(Json.parse(json, max, source));
  }
}
