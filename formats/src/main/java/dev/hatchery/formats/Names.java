package dev.hatchery.formats;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Makes names unique; the first keeps its own. */
final class Names {
  private final Set<String> taken = new HashSet<>();
  private final Map<String, Integer> next = new HashMap<>();

  /** True for a name that was not there before. */
  boolean take(String name) {
    return taken.add(name);
  }

  // The counter of a name only rises, so that many equal names take no more than linear time.
  String unique(String name) {
    if (take(name)) return name;
    int n = next.getOrDefault(name, 2);
    while (!take(name + "#" + n)) n++;
    next.put(name, n + 1);
    return name + "#" + n;
  }
}
