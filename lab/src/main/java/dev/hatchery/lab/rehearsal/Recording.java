package dev.hatchery.lab.rehearsal;

import dev.hatchery.core.Code;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Limits;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.Restraint;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.rollout.Engine;
import dev.hatchery.rollout.Rollout;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A plan and the fleet that it is for, as the server has them on record.
 *
 * @param id what the rollout would be called
 * @param seed by which the server would draw its cohorts
 * @param at when this was recorded; a rehearsal begins then
 * @param idle how often a device reports that no rollout concerns
 * @param deltaWait how long the first stage waits for patches that are not made yet
 * @param restraints holds and freezes that are not over; who is pinned is no part of the fleet
 * @param devices that the plan takes
 */
public record Recording(
    String id,
    RolloutSpec spec,
    Digest target,
    Optional<Rollout.Previous> previous,
    long seed,
    Instant at,
    Duration idle,
    Duration deltaWait,
    Limits limits,
    List<Restraint> restraints,
    List<RecordedDevice> devices) {
  /** As large as a rollout may be. */
  public static final int MAX_DEVICES = 100_000;

  public Recording {
    restraints = List.copyOf(restraints);
    devices = List.copyOf(devices);
    if (devices.size() > MAX_DEVICES) {
      throw Refusal.of(Code.TOO_LARGE, "this fleet is too large to rehearse with")
          .expected("at most " + MAX_DEVICES + " devices")
          .got(devices.size())
          .fix("rehearse a part of it, by the selector");
    }
  }

  /** The plan, with the cohorts that the server would draw; refused as the server would. */
  Rollout plan() {
    return Engine.plan(
        id,
        spec,
        target,
        previous,
        devices.stream().map(RecordedDevice::candidate).toList(),
        seed,
        0,
        at);
  }

  /** How long an idle device may say nothing before it counts as away. */
  Duration patience() {
    Duration reports = idle.multipliedBy(Assumed.MISSED_REPORTS);
    Duration silence = spec.timing().silence();
    return reports.compareTo(silence) > 0 ? reports : silence;
  }
}
