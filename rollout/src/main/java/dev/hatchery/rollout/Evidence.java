package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
 * @param duties when devices that are about to be ordered, or may stand in for those, are awake,
 *     for those that sleep, see {@link Engine#sleepers}
 * @param preparing the patches that the devices will need
 * @param queries what endpoints answered to the gates' queries, by metric; absent is not asked yet
 * @param restraints what operators have put in the way of new orders
 * @param takenOver of the devices that were told to switch or to go back, those that something
 *     newer has given an order for the same slot: the newest order wins, so they will never prove
 *     this rollout's
 */
public record Evidence(
    long upTo,
    List<Observation> observations,
    Map<DeviceId, Baseline> baselines,
    Map<DeviceId, Duty> duties,
    Instant listeningSince,
    Preparing preparing,
    Restraints restraints,
    Map<String, QueryAnswer> queries,
    Set<DeviceId> takenOver) {
  public Evidence {
    observations = List.copyOf(observations);
    baselines = Map.copyOf(baselines);
    duties = Map.copyOf(duties);
    queries = Map.copyOf(queries);
    takenOver = Set.copyOf(takenOver);
  }

  /** Where nothing was asked of other systems, and nothing else gives orders. */
  public Evidence(
      long upTo,
      List<Observation> observations,
      Map<DeviceId, Baseline> baselines,
      Map<DeviceId, Duty> duties,
      Instant listeningSince,
      Preparing preparing,
      Restraints restraints) {
    this(
        upTo,
        observations,
        baselines,
        duties,
        listeningSince,
        preparing,
        restraints,
        Map.of(),
        Set.of());
  }

  /** Where no device sleeps, nothing is to be prepared and nothing in the way. */
  public Evidence(
      long upTo,
      List<Observation> observations,
      Map<DeviceId, Baseline> baselines,
      Instant listeningSince) {
    this(
        upTo,
        observations,
        baselines,
        Map.of(),
        listeningSince,
        Preparing.NOTHING,
        Restraints.NONE);
  }

  /** From a server that has listened all the time; where it has not, devices look silent. */
  public Evidence(long upTo, List<Observation> observations, Map<DeviceId, Baseline> baselines) {
    this(upTo, observations, baselines, Instant.EPOCH);
  }
}
