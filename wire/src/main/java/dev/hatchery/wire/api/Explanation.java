package dev.hatchery.wire.api;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Name;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a device will get its bytes, and why: its fetch plan from what the server knows.
 *
 * @param slots by slot, lines in plain words, the cheapest way first
 */
public record Explanation(DeviceId device, Map<Name, List<String>> slots) {
  public Explanation {
    Map<Name, List<String>> copy = new TreeMap<>();
    slots.forEach((slot, lines) -> copy.put(slot, List.copyOf(lines)));
    slots = Collections.unmodifiableMap(copy);
  }
}
