package dev.hatchery.server.rollouts;

import dev.hatchery.core.FleetFit;
import dev.hatchery.rollout.Rollout;

/**
 * A rollout, and whom it was planned for.
 *
 * @param fit of all devices that were asked for, those included that it leaves out
 */
record Planned(Rollout rollout, FleetFit fit) {}
