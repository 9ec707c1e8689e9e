package dev.hatchery.lab.fleet;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The violations of one simulation, counted, and the first of them in words. */
final class Findings {
  private static final int TOLD_AT_MOST = 20;

  private final Timeline time;
  private final Map<Violation, Integer> counts = new EnumMap<>(Violation.class);
  private final List<String> told = new ArrayList<>();

  Findings(Timeline time) {
    this.time = time;
    for (Violation violation : Violation.values()) counts.put(violation, 0);
  }

  void add(Violation violation, String what) {
    counts.merge(violation, 1, Integer::sum);
    if (told.size() < TOLD_AT_MOST) {
      told.add(time.instant() + " " + violation.label() + ": " + what);
    }
  }

  Map<Violation, Integer> counts() {
    return new EnumMap<>(counts);
  }

  List<String> told() {
    return List.copyOf(told);
  }
}
