package dev.hatchery.wire.tree;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An object's fields in the order they stand. Most objects have a handful, and whoever decodes one
 * asks for them in about this order, so they lie in a row and are looked for from where the last
 * one was; the many of a large map are found by a table.
 *
 * <p>It can be added to until it is {@linkplain #closed}.
 */
final class FieldMap extends AbstractMap<String, Node> {
  private static final int FEW = 16;

  private String[] names = new String[8];
  private Node[] values = new Node[8];
  private int size;
  private @Nullable Map<String, Integer> table;
  private boolean closed;

  static FieldMap copyOf(Map<String, Node> fields) {
    if (fields instanceof FieldMap map && map.closed) return map;
    FieldMap copy = new FieldMap();
    fields.forEach(copy::set);
    return copy.closed();
  }

  /** From now on it stays as it is. */
  FieldMap closed() {
    closed = true;
    return this;
  }

  /** Adds a field, or replaces what it held. */
  void set(String name, Node value) {
    if (closed) throw new IllegalStateException("this object is finished");
    int at = indexOf(name, 0);
    if (at >= 0) {
      values[at] = value;
      return;
    }
    if (size == names.length) {
      names = Arrays.copyOf(names, size * 2);
      values = Arrays.copyOf(values, size * 2);
    }
    names[size] = name;
    values[size] = value;
    if (table != null) table.put(name, size);
    size++;
    if (size > FEW && table == null) tabulate();
  }

  private void tabulate() {
    Map<String, Integer> all = new HashMap<>();
    for (int i = 0; i < size; i++) all.put(names[i], i);
    table = all;
  }

  /**
   * Where a field stands; -1 when it is not there.
   *
   * @param likely where it may well be
   */
  int indexOf(String name, int likely) {
    if (table != null) return table.getOrDefault(name, -1);
    for (int i = likely; i < size; i++) if (names[i].equals(name)) return i;
    for (int i = Math.min(likely, size) - 1; i >= 0; i--) if (names[i].equals(name)) return i;
    return -1;
  }

  String nameAt(int index) {
    return names[index];
  }

  Node valueAt(int index) {
    return values[index];
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return name instanceof String text && indexOf(text, 0) >= 0;
  }

  @Override
  public @Nullable Node get(@Nullable Object name) {
    int at = name instanceof String text ? indexOf(text, 0) : -1;
    return at < 0 ? null : values[at];
  }

  @Override
  public void forEach(BiConsumer<? super String, ? super Node> action) {
    for (int i = 0; i < size; i++) action.accept(names[i], values[i]);
  }

  @Override
  public Set<Entry<String, Node>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return size;
      }

      @Override
      public Iterator<Entry<String, Node>> iterator() {
        return new Entries();
      }
    };
  }

  private final class Entries implements Iterator<Entry<String, Node>> {
    private int next;

    @Override
    public boolean hasNext() {
      return next < size;
    }

    @Override
    public Entry<String, Node> next() {
      if (next >= size) throw new NoSuchElementException();
      var entry = Map.entry(names[next], values[next]);
      next++;
      return entry;
    }
  }
}
