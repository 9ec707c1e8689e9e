package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import java.util.List;
import java.util.Map;

/**
 * What is new since the last decision.
 *
 * @param upTo the number of the last report in here; kept in the state, so that nothing counts
 *     twice
 * @param baselines own baselines under the release before, for devices that are about to be ordered
 *     to switch
 */
public record Evidence(
    long upTo, List<Observation> observations, Map<DeviceId, Baseline> baselines) {
  public Evidence {
    observations = List.copyOf(observations);
    baselines = Map.copyOf(baselines);
  }
}
