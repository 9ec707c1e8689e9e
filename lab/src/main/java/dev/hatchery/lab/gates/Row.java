package dev.hatchery.lab.gates;

import dev.hatchery.lab.gates.Outcome.End;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What one gate did in one scenario. Medians are over all its rollouts.
 *
 * @param requestsPerDevice samples the deciding gate had used when the rollout ended, after
 *     thinning, by device that was told to switch; {@code requests} over all of them
 * @param rawRequestsPerDevice inferences on the target until then
 * @param devicesOnBadRelease the most devices that were told to switch to a bad release in any of
 *     the rollouts; 0 where the release is good
 * @param canaries the most devices in a first stage
 * @param stoppedByStage by a stage's size in percent of the fleet: how many rollouts were aborted
 *     in it or before
 */
public record Row(
    Scenario scenario,
    Kind gate,
    int rollouts,
    int aborted,
    int completed,
    int heldToDeadline,
    double requestsPerDevice,
    double requests,
    double rawRequestsPerDevice,
    double minutes,
    int devicesOnBadRelease,
    int canaries,
    Map<String, Integer> stoppedByStage) {
  public Row {
    stoppedByStage = Collections.unmodifiableMap(new LinkedHashMap<>(stoppedByStage));
  }

  static Row of(Scenario scenario, Kind gate, List<Outcome> outcomes) {
    int most = outcomes.stream().mapToInt(Outcome::devices).max().orElse(0);
    return new Row(
        scenario,
        gate,
        outcomes.size(),
        count(outcomes, End.ABORTED),
        count(outcomes, End.COMPLETED),
        count(outcomes, End.HELD),
        median(outcomes, Outcome::requestsPerDevice),
        median(outcomes, Outcome::requests),
        median(outcomes, Outcome::rawRequestsPerDevice),
        median(outcomes, Outcome::minutes),
        scenario.bad() ? most : 0,
        Math.min(most, Setting.SIZES.getFirst()),
        stopped(outcomes));
  }

  private static int count(List<Outcome> outcomes, End end) {
    return (int) outcomes.stream().filter(o -> o.end() == end).count();
  }

  private static double median(List<Outcome> outcomes, ToDoubleFunction<Outcome> figure) {
    double[] sorted = outcomes.stream().mapToDouble(figure).sorted().toArray();
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }

  private static Map<String, Integer> stopped(List<Outcome> outcomes) {
    Map<String, Integer> stopped = new LinkedHashMap<>();
    for (int stage = 0; stage < Setting.SIZES.size(); stage++) {
      int last = stage;
      int by =
          (int) outcomes.stream().filter(o -> o.end() == End.ABORTED && o.stage() <= last).count();
      stopped.put(Setting.percent(stage), by);
    }
    return stopped;
  }
}
