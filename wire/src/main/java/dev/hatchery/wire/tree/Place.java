package dev.hatchery.wire.tree;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a node stands: a file's name or what was read, for example {@code request body}; the line
 * from 1, 0 when unknown; and a path, for example {@code stages[1].count}, empty at the top. Only
 * messages show it, so it is not put into words before.
 */
public final class Place {
  /** For trees made in memory. */
  public static final Place NOWHERE = new Place("", 0, null, "", 0);

  private static final int NO_ITEM = -1;

  private final String source;
  private final int line;
  private final @Nullable Place above;
  private final String name;
  private final int index;

  private Place(String source, int line, @Nullable Place above, String name, int index) {
    this.source = source;
    this.line = line;
    this.above = above;
    this.name = name;
    this.index = index;
  }

  /** The beginning of what was read. */
  public static Place top(String source, int line) {
    return new Place(source, line, null, "", NO_ITEM);
  }

  Place field(String name, int line) {
    return new Place(source, line, this, name, NO_ITEM);
  }

  Place item(int index, int line) {
    return new Place(source, line, this, "", index);
  }

  private String path() {
    if (above == null) return "";
    String before = above.path();
    if (index != NO_ITEM) return before + "[" + index + "]";
    return before.isEmpty() ? name : before + "." + name;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Place that
        && line == that.line
        && source.equals(that.source)
        && path().equals(that.path());
  }

  @Override
  public int hashCode() {
    return Objects.hash(source, line, path());
  }

  /** {@code rollout.yaml:12 stages[1].count}. */
  @Override
  public String toString() {
    String head = line > 0 ? source + ":" + line : source;
    return (head + " " + path()).strip();
  }
}
