package dev.hatchery.agent.telemetry;

import dev.hatchery.core.Bins;
import dev.hatchery.core.Name;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Adds up how a service's answers fall, over as many windows as it takes to compare them (gates
 * reference, section 8: a thousand answers).
 *
 * <p>Not thread-safe: one slot, one thread.
 */
final class BinWatch {
  static final long ENOUGH = 1000;
  private static final int MAX_BINS = 512;

  private final Map<Name, Map<String, Long>> sums = new TreeMap<>();

  /** The service is another one from now on, or its counters began at zero. */
  void reset() {
    sums.clear();
  }

  /** Adds what the window saw, and gives back and begins anew what is enough by now. */
  Map<Name, Bins> add(Map<Name, Map<String, Long>> before, Map<Name, Map<String, Long>> now) {
    Map<Name, Bins> enough = new TreeMap<>();
    now.forEach(
        (name, counts) -> {
          Map<String, Long> sum = sums.computeIfAbsent(name, _ -> new HashMap<>());
          Map<String, Long> known = before.getOrDefault(name, Map.of());
          counts.forEach((bin, n) -> add(sum, bin, n - known.getOrDefault(bin, 0L)));
          if (sum.values().stream().mapToLong(Long::longValue).sum() < ENOUGH) return;
          enough.put(name, Bins.of(labelled(sum)));
          sums.remove(name);
        });
    return enough;
  }

  private static void add(Map<String, Long> sum, String bin, long more) {
    if (more > 0 && (sum.size() < MAX_BINS || sum.containsKey(bin)))
      sum.merge(bin, more, Long::sum);
  }

  // A label may be anything; a report's may not.
  private static Map<String, Long> labelled(Map<String, Long> sum) {
    Map<String, Long> plain = new HashMap<>();
    sum.forEach(
        (bin, n) -> {
          String label = bin.replaceAll("\\p{Cntrl}", "?");
          plain.merge(label.length() > 40 ? label.substring(0, 40) : label, n, Long::sum);
        });
    return plain;
  }
}
