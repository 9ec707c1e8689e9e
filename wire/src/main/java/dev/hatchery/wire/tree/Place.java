package dev.hatchery.wire.tree;

/**
 * Where a node stands.
 *
 * @param source a file's name or what was read, for example {@code request body}
 * @param line from 1; 0 when unknown
 * @param path for example {@code stages[1].count}; empty at the top
 */
public record Place(String source, int line, String path) {
  /** For trees made in memory. */
  public static final Place NOWHERE = new Place("", 0, "");

  Place field(String name, int line) {
    return new Place(source, line, path.isEmpty() ? name : path + "." + name);
  }

  Place item(int index, int line) {
    return new Place(source, line, path + "[" + index + "]");
  }

  /** {@code rollout.yaml:12 stages[1].count}. */
  @Override
  public String toString() {
    String head = line > 0 ? source + ":" + line : source;
    return (head + " " + path).strip();
  }
}
