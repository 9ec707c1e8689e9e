package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What is new since the last decision. The caller passes reports with numbers above the rollout's
 * {@link Rollout#evidenceUpTo()} only, each once; evidence whose {@code upTo} is not above it has
 * been counted already and is not counted again.
 *
 * @param upTo the number of the last report in here; kept in the state, so that nothing counts
 *     twice
 * @param baselines own baselines under the release before, for devices that are about to be ordered
 *     to switch, see {@link Engine#awaiting}
 * @param listeningSince since when the server has taken reports without a break: a device is not
 *     silent because nobody listened
 * @param preparing the patches that the devices will need
 * @param restraints what operators have put in the way of new orders
 */
public record Evidence(
    long upTo,
    List<Observation> observations,
    Map<DeviceId, Baseline> baselines,
    Instant listeningSince,
    Preparing preparing,
    Restraints restraints) {
  public Evidence {
    observations = List.copyOf(observations);
    baselines = Map.copyOf(baselines);
  }

  /** Where nothing is in the way. */
  public Evidence(
      long upTo,
      List<Observation> observations,
      Map<DeviceId, Baseline> baselines,
      Instant listeningSince,
      Preparing preparing) {
    this(upTo, observations, baselines, listeningSince, preparing, Restraints.NONE);
  }

  /** From a server that has nothing to prepare. */
  public Evidence(
      long upTo,
      List<Observation> observations,
      Map<DeviceId, Baseline> baselines,
      Instant listeningSince) {
    this(upTo, observations, baselines, listeningSince, Preparing.NOTHING);
  }

  /** From a server that has listened all the time; where it has not, devices look silent. */
  public Evidence(long upTo, List<Observation> observations, Map<DeviceId, Baseline> baselines) {
    this(upTo, observations, baselines, Instant.EPOCH);
  }
}
