package dev.hatchery.lab.rehearsal;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.RolloutSpec.Timing;
import dev.hatchery.rollout.Baseline;
import dev.hatchery.rollout.Duty;
import dev.hatchery.rollout.Engine;
import dev.hatchery.rollout.Rollout;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The pasts of those who are about to be ordered. One that is too short grows while its device
 * waits under the release before, as it would.
 */
final class Pasts {
  private static final Duration AFRESH = Duration.ofMinutes(10);

  /** A high quantile needs so many values whatever the plan says. */
  private static final long QUANTILE = 1000;

  private final Cast cast;
  private final Timing timing;
  private List<DeviceId> awaited = List.of();
  private Map<DeviceId, Baseline> baselines = Map.of();
  private Map<DeviceId, Duty> duties = Map.of();
  private List<DeviceId> mayStandIn = List.of();
  private int lookedWith = -1;
  private int replaced;
  private Instant lookedAt = Instant.MIN;
  private boolean growing;

  Pasts(Cast cast, Timing timing) {
    this.cast = cast;
    this.timing = timing;
  }

  /** Looks again where somebody was ordered, or where a past may have become long enough. */
  void look(Rollout rollout, int ordered, Instant now) {
    boolean stale = growing && !now.isBefore(lookedAt.plus(AFRESH));
    boolean moved = lookedWith != ordered || replaced != rollout.cohorts().replaced().size();
    if (!moved && !stale) return;
    if (moved) {
      awaited = Engine.awaiting(rollout);
      mayStandIn = Engine.sleepers(rollout);
    }
    lookedWith = ordered;
    replaced = rollout.cohorts().replaced().size();
    lookedAt = now;
    growing = false;
    Map<DeviceId, Baseline> next = new HashMap<>();
    Map<DeviceId, Duty> sleepers = new HashMap<>();
    for (DeviceId id : awaited) {
      Cast.Role role = cast.role(id);
      if (cast.compares()) next.put(id, past(role, now));
    }
    for (DeviceId id : mayStandIn) {
      cast.role(id).record().duty().ifPresent(duty -> sleepers.put(id, duty));
    }
    for (DeviceId id : Engine.heldBack(rollout)) next.put(id, past(cast.role(id), now));
    baselines = Map.copyOf(next);
    duties = Map.copyOf(sleepers);
  }

  /** Who is about to be ordered, or may stand in for one of those. */
  List<DeviceId> awaited() {
    return mayStandIn;
  }

  Map<DeviceId, Baseline> baselines() {
    return baselines;
  }

  Map<DeviceId, Duty> duties() {
    return duties;
  }

  private Baseline past(Cast.Role role, Instant now) {
    Baseline known = role.record().past();
    boolean enough =
        known.requests() >= Math.max(timing.baselineRequests(), QUANTILE)
            && known.span().compareTo(timing.baselineAge()) >= 0;
    if (enough || role.away()) return known;
    growing = true;
    Duration elapsed = Duration.between(cast.recording().at(), now);
    Duration awake = Duration.ofMillis(Math.round(elapsed.toMillis() * role.awakeShare()));
    return role.workload().grown(known, awake, elapsed);
  }
}
