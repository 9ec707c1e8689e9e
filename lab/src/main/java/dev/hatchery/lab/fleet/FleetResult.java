package dev.hatchery.lab.fleet;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What one or more simulations came to.
 *
 * @param steps messages, timers and crashes
 * @param deviceHours of devices that were switched on
 * @param reports that servers took
 * @param runs simulations that had a last, healthy rollout; {@code completed} within its window
 * @param told the first violations in words
 */
public record FleetResult(
    long steps,
    double deviceHours,
    long reports,
    Map<Violation, Integer> violations,
    int runs,
    int completed,
    List<String> told) {
  public static final FleetResult NOTHING =
      new FleetResult(0, 0, 0, new EnumMap<>(Violation.class), 0, 0, List.of());

  public FleetResult {
    violations = new EnumMap<>(violations);
    for (Violation violation : Violation.values()) violations.putIfAbsent(violation, 0);
    told = List.copyOf(told);
  }

  public FleetResult plus(FleetResult other) {
    Map<Violation, Integer> sum = new EnumMap<>(violations);
    other.violations.forEach((violation, n) -> sum.merge(violation, n, Integer::sum));
    List<String> both = new ArrayList<>(told);
    both.addAll(other.told);
    return new FleetResult(
        steps + other.steps,
        deviceHours + other.deviceHours,
        reports + other.reports,
        sum,
        runs + other.runs,
        completed + other.completed,
        both);
  }

  public boolean clean() {
    return violations.values().stream().allMatch(n -> n == 0);
  }
}
