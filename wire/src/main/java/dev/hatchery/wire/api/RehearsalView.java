package dev.hatchery.wire.api;

import dev.hatchery.core.Digest;
import dev.hatchery.core.FleetFit;
import dev.hatchery.core.Limits;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Restraint;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a rehearsal of a rollout has to know beside its devices.
 *
 * @param rollout what it would be called
 * @param previous what the channel's head names now; absent for a channel's first release
 * @param seed by which its cohorts would be drawn
 * @param at the server's time
 * @param idle how often a device reports that no rollout concerns
 * @param deltaWait how long the first stage waits for patches that are not made yet
 * @param fit how the release fits the devices that the spec asks for
 * @param restraints holds and freezes that are not over
 * @param refused why it could not be started now; empty when it could
 */
public record RehearsalView(
    String rollout,
    ReleaseId release,
    Digest target,
    Optional<Previous> previous,
    long seed,
    Instant at,
    Duration idle,
    Duration deltaWait,
    FleetFit fit,
    Limits limits,
    List<Restraint> restraints,
    String refused) {
  /** What the devices go back to. */
  public record Previous(ReleaseId release, Digest manifest) {}

  public RehearsalView {
    restraints = List.copyOf(restraints);
  }
}
