package dev.hatchery.rollout;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Devices that are as like others as there are: for each in turn the first, by the seed's order, of
 * its own cell; where none is left, one that has most strata in common with it.
 */
final class Counterparts {
  private final Strata strata;
  private final Map<Strata.Cell, Deque<Integer>> free = new LinkedHashMap<>();

  /** Devices to choose from, in the seed's order. */
  Counterparts(Strata strata, List<Integer> devices) {
    this.strata = strata;
    for (int device : devices) {
      free.computeIfAbsent(strata.cell(device), c -> new ArrayDeque<>()).add(device);
    }
  }

  /** As many as are wanted, or as there are, spread evenly over those they are to be like. */
  List<Integer> of(List<Integer> those, int wanted) {
    List<Integer> found = new ArrayList<>();
    int spread = Math.max(wanted, those.size());
    for (int i = 0; i < wanted; i++) {
      int one = those.get((int) ((long) i * spread / wanted) % those.size());
      Optional<Integer> like = like(strata.cell(one));
      if (like.isEmpty()) return found;
      found.add(like.get());
    }
    return found;
  }

  private Optional<Integer> like(Strata.Cell cell) {
    Strata.Cell nearest = cell;
    int most = -1;
    if (!free.containsKey(cell)) {
      for (Strata.Cell other : free.keySet()) {
        int common = cell.inCommon(other);
        if (common <= most) continue;
        nearest = other;
        most = common;
      }
    }
    Deque<Integer> devices = free.get(nearest);
    if (devices == null) return Optional.empty();
    Integer first = devices.removeFirst();
    if (devices.isEmpty()) free.remove(nearest);
    return Optional.of(first);
  }
}
