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
  private int lookedWith = -1;
  private Instant lookedAt = Instant.MIN;
  private boolean growing;

  Pasts(Cast cast, Timing timing) {
    this.cast = cast;
    this.timing = timing;
  }

  /** Looks again where somebody was ordered, or where a past may have become long enough. */
  void look(Rollout rollout, int ordered, Instant now) {
    boolean stale = growing && !now.isBefore(lookedAt.plus(AFRESH));
    if (lookedWith == ordered && !stale) return;
    if (lookedWith != ordered) awaited = Engine.awaiting(rollout);
    lookedWith = ordered;
    lookedAt = now;
    growing = false;
    Map<DeviceId, Baseline> next = new HashMap<>();
    Map<DeviceId, Duty> sleepers = new HashMap<>();
    for (DeviceId id : awaited) {
      Cast.Role role = cast.role(id);
      if (cast.compares()) next.put(id, past(role, now));
      role.record().duty().ifPresent(duty -> sleepers.put(id, duty));
    }
    for (DeviceId id : Engine.heldBack(rollout)) next.put(id, past(cast.role(id), now));
    baselines = Map.copyOf(next);
    duties = Map.copyOf(sleepers);
  }

  List<DeviceId> awaited() {
    return awaited;
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
