package dev.hatchery.formats;

import dev.hatchery.core.Bytes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes a FlatBuffer from front to back: a table's vtable, the table, then what it points to. */
final class FlatOut {
  /** What a table or vector can point to. */
  sealed interface Node permits Table, Vector, Tables {}

  /** Elements of so many bytes each. */
  record Vector(int count, Bytes bytes) implements Node {}

  record Tables(List<? extends Node> elements) implements Node {}

  static final class Table implements Node {
    private final TreeMap<Integer, byte[]> scalars = new TreeMap<>();
    private final TreeMap<Integer, Node> nodes = new TreeMap<>();

    Table u8(int field, int value) {
      scalars.put(field, new Out().u8(value).toBytes());
      return this;
    }

    Table u32(int field, long value) {
      scalars.put(field, new Out().u32(value).toBytes());
      return this;
    }

    Table u64(int field, long value) {
      scalars.put(field, new Out().u64(value).toBytes());
      return this;
    }

    Table node(int field, Node node) {
      nodes.put(field, node);
      return this;
    }
  }

  private byte[] bytes = new byte[1 << 16];
  private int end;

  static Vector bytes(byte[] bytes) {
    return new Vector(bytes.length, Bytes.of(bytes));
  }

  static Vector text(String text) {
    return bytes(new Out().text(text).toBytes());
  }

  static Vector ints(int... values) {
    var out = new Out();
    for (int value : values) out.u32(value);
    return new Vector(values.length, Bytes.of(out.toBytes()));
  }

  static Vector longs(long... values) {
    var out = new Out();
    for (long value : values) out.u64(value);
    return new Vector(values.length, Bytes.of(out.toBytes()));
  }

  static Vector floats(float... values) {
    return new Vector(values.length, Bytes.of(Out.floats(values)));
  }

  static byte[] file(String identifier, Table root) {
    var out = new FlatOut();
    out.end = 4;
    out.append(new Out().text(identifier).toBytes());
    out.patch(0, out.write(root));
    return Arrays.copyOf(out.bytes, out.end);
  }

  private int write(Node node) {
    return switch (node) {
      case Table table -> writeTable(table);
      case Vector vector -> {
        align(4);
        int at = append(new Out().u32(vector.count).toBytes());
        append(vector.bytes.toArray());
        yield at;
      }
      case Tables tables -> {
        align(4);
        int at = append(new Out().u32(tables.elements.size()).toBytes());
        int first = append(new byte[4 * tables.elements.size()]);
        for (int i = 0; i < tables.elements.size(); i++) {
          int slot = first + 4 * i;
          patch(slot, write(tables.elements.get(i)) - slot);
        }
        yield at;
      }
    };
  }

  private int writeTable(Table table) {
    int last = Math.max(table.scalars.isEmpty() ? -1 : table.scalars.lastKey(), lastNode(table));
    var inline = new Out().u32(0);
    int[] offsets = new int[last + 1];
    table.scalars.forEach(
        (field, value) -> {
          offsets[field] = inline.size();
          inline.bytes(value);
        });
    Map<Integer, Node> slots = new TreeMap<>();
    table.nodes.forEach(
        (field, node) -> {
          inline.align(4);
          offsets[field] = inline.size();
          slots.put(inline.size(), node);
          inline.u32(0);
        });
    align(4);
    var vtable = new Out().u16(4 + 2 * offsets.length).u16(inline.size());
    for (int offset : offsets) vtable.u16(offset);
    int vtableAt = append(vtable.toBytes());
    align(4);
    int at = append(inline.toBytes());
    patch(at, at - vtableAt);
    slots.forEach((slot, child) -> patch(at + slot, write(child) - at - slot));
    return at;
  }

  private static int lastNode(Table table) {
    return table.nodes.isEmpty() ? -1 : table.nodes.lastKey();
  }

  private int append(byte[] more) {
    int at = end;
    while (end + more.length > bytes.length) bytes = Arrays.copyOf(bytes, 2 * bytes.length);
    System.arraycopy(more, 0, bytes, end, more.length);
    end += more.length;
    return at;
  }

  private void align(int n) {
    while (end % n != 0) append(new byte[1]);
  }

  private void patch(int at, int value) {
    System.arraycopy(new Out().u32(value).toBytes(), 0, bytes, at, 4);
  }
}
