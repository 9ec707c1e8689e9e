package dev.hatchery.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a model stands on: system, kernel, driver, accelerator firmware and the runtimes, HailoRT
 * among them, by the names under which they are shown. A part that is not known is not there.
 */
public record Stack(SortedMap<String, String> parts) {
  /**
   * One part that is not what it was.
   *
   * @param from empty when it was not known
   * @param to empty when it is not known any more
   */
  public record Change(String part, String from, String to) {
    private static final String UNKNOWN = "unknown";

    /** {@code kernel 6.6.31 → 6.12.20}. */
    @Override
    public String toString() {
      return part + " " + shown(from) + " → " + shown(to);
    }

    private static String shown(String value) {
      return value.isEmpty() ? UNKNOWN : value;
    }
  }

  public Stack {
    parts = Collections.unmodifiableSortedMap(new TreeMap<>(parts));
  }

  public static Stack of(DeviceFacts facts) {
    SortedMap<String, String> parts = new TreeMap<>();
    facts.runtimes().forEach((name, version) -> parts.put(name, version.toString()));
    if (!facts.os().isEmpty()) parts.put("os", facts.os());
    if (!facts.kernel().isEmpty()) parts.put("kernel", facts.kernel());
    facts.platform().driver().ifPresent(version -> parts.put("driver", version.toString()));
    facts.platform().firmware().ifPresent(version -> parts.put("firmware", version.toString()));
    return new Stack(parts);
  }

  /** What is different after this, also what has become known or unknown. */
  public List<Change> changesTo(Stack next) {
    List<Change> changes = new ArrayList<>();
    var names = new TreeSet<>(parts.keySet());
    names.addAll(next.parts.keySet());
    for (String name : names) {
      var change = new Change(name, value(parts, name), value(next.parts, name));
      if (!change.from.equals(change.to)) changes.add(change);
    }
    return changes;
  }

  private static String value(Map<String, String> parts, String name) {
    return parts.getOrDefault(name, "");
  }
}
