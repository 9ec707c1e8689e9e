package dev.hatchery.server.rollouts;

import dev.hatchery.core.Digest;
import dev.hatchery.core.FleetFit;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.wire.api.VerdictView;
import java.util.List;

/**
 * A rollout as it stands in the database.
 *
 * @param version rises with every change; who changes the state must have seen the newest
 * @param verdicts as they were last stored
 * @param inputs hash over all evidence that was counted, chained
 * @param decidedUpTo how far the evidence went at the last decision that was put on record
 * @param fit how the release fitted the devices that it was planned for
 */
record Stored(
    Rollout rollout,
    long version,
    List<VerdictView> verdicts,
    Digest inputs,
    long decidedUpTo,
    FleetFit fit) {
  Stored {
    verdicts = List.copyOf(verdicts);
  }

  String id() {
    return rollout.id();
  }
}
