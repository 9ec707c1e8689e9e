package dev.hatchery.wire.tree;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns a parser's events into a tree and enforces the limits that both languages share: depth,
 * number of nodes, unique names, one document.
 */
public final class TreeBuilder {
  public static final int MAX_DEPTH = 16;

  /** Longer texts are refused (security reference, section 4). */
  public static final int MAX_TEXT = 64 * 1024;

  private final int maxNodes;
  private final String source;
  private final Deque<Frame> open = new ArrayDeque<>();
  private int nodes;
  private @Nullable Node root;

  private static final class Frame {
    final Place place;
    final @Nullable FieldMap fields;
    final List<Node> items;
    @Nullable String name;

    Frame(Place place, boolean object) {
      this.place = place;
      this.items = object ? List.of() : new ArrayList<>();
      this.fields = object ? new FieldMap() : null;
    }
  }

  public TreeBuilder(String source, int maxNodes) {
    this.source = source;
    this.maxNodes = maxNodes;
  }

  public void openObject(int line) {
    push(new Frame(next(line), true));
  }

  public void openArray(int line) {
    push(new Frame(next(line), false));
  }

  /** A field's name; its value must follow. */
  public void name(String name, int line) {
    Frame frame = open.getFirst();
    if (frame.fields == null) throw new AssertionError("a name outside an object");
    requireUnicode(name, frame.place);
    if (frame.fields.containsKey(name)) {
      throw Refusal.of(Code.BAD_INPUT, "a name stands twice in one object")
          .at(frame.place.field(name, line).toString())
          .got(name);
    }
    frame.name = name;
  }

  public void text(String value, int line) {
    Place place = next(line);
    if (value.length() > MAX_TEXT) {
      throw Refusal.of(Code.TOO_LARGE, "a text is too long")
          .at(place.toString())
          .expected("at most " + MAX_TEXT + " characters")
          .got(value.length());
    }
    requireUnicode(value, place);
    add(new Node.Text(value, place));
  }

  public void integer(long value, int line) {
    add(new Node.Int(value, next(line)));
  }

  public void real(double value, int line) {
    Place place = next(line);
    if (!Double.isFinite(value)) {
      throw Refusal.of(Code.BAD_INPUT, "a number is out of range").at(place.toString());
    }
    add(new Node.Real(value, place));
  }

  public void bool(boolean value, int line) {
    add(new Node.Bool(value, next(line)));
  }

  public void nil(int line) {
    add(new Node.Nil(next(line)));
  }

  public void close() {
    Frame frame = open.removeFirst();
    add(
        frame.fields == null
            ? new Node.Arr(frame.items, frame.place)
            : new Node.Obj(frame.fields.closed(), frame.place));
  }

  /** The finished document. */
  public Node root() {
    if (root == null) {
      throw Refusal.of(Code.BAD_INPUT, "there is no document").at(source).expected("one document");
    }
    return root;
  }

  /** Where the value that comes next will stand. */
  public String placeOfNext(int line) {
    return next(line).toString();
  }

  // An escaped half of a surrogate pair is no character: writing it back would not give the same
  // bytes.
  private static void requireUnicode(String text, Place where) {
    if (holdsHalf(text)) {
      throw Refusal.of(Code.BAD_INPUT, "a text holds half a character")
          .at(where.toString())
          .expected("whole Unicode characters");
    }
  }

  private static boolean holdsHalf(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) continue;
      boolean whole =
          Character.isHighSurrogate(c)
              ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
              : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
      if (!whole) return true;
    }
    return false;
  }

  private Place next(int line) {
    if (++nodes > maxNodes) {
      throw Refusal.of(Code.TOO_LARGE, "a document has too many values")
          .at(source)
          .expected("at most " + maxNodes);
    }
    Frame frame = open.peekFirst();
    if (frame == null) {
      if (root != null) {
        throw Refusal.of(Code.BAD_INPUT, "something follows the document").at(source + ":" + line);
      }
      return Place.top(source, line);
    }
    if (frame.fields == null) return frame.place.item(frame.items.size(), line);
    if (frame.name == null) throw new AssertionError("a value without a name");
    return frame.place.field(frame.name, line);
  }

  private void push(Frame frame) {
    open.addFirst(frame);
    if (open.size() > MAX_DEPTH) {
      throw Refusal.of(Code.TOO_LARGE, "a document is nested too deeply")
          .at(frame.place.toString())
          .expected("at most " + MAX_DEPTH + " levels");
    }
  }

  private void add(Node node) {
    Frame frame = open.peekFirst();
    if (frame == null) {
      root = node;
    } else if (frame.fields == null) {
      frame.items.add(node);
    } else if (frame.name != null) {
      frame.fields.set(frame.name, node);
      frame.name = null;
    }
  }
}
