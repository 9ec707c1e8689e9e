package dev.hatchery.rollout;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A device that the rollout has told to switch.
 *
 * @param stage index of the stage that brought it in
 * @param attempt 1 for the first order, more for fresh trials after a local rollback
 * @param commandId of its newest order
 * @param lastSeen when the server last heard of it
 * @param observed how long warm windows have watched it on the target
 * @param baseline its own past, as it was when the device was first ordered to switch
 * @param tallies by limit, for example {@code errors:limit}, {@code latency-p95:ratio}
 * @param localRollbacks how often it has gone back alone
 * @param restarts starts of agent or service seen since it was ordered
 * @param firstBad the first moment it gave bad evidence
 */
public record Member(
    DeviceId device,
    int stage,
    int attempt,
    String commandId,
    State state,
    Instant orderedAt,
    Instant lastSeen,
    Duration observed,
    long requests,
    long errors,
    Baseline baseline,
    Map<String, Tally> tallies,
    int localRollbacks,
    Optional<Code> failure,
    int restarts,
    Optional<Instant> firstBad,
    long bytesDownloaded,
    long bytesForRollback) {
  /** Where the member stands. */
  public enum State {
    ORDERED,
    CONFIRMED,
    /** It went back alone; a fresh trial or the operator clears it. */
    FAILED,
    ROLLING_BACK,
    ROLLED_BACK
  }

  public Member {
    tallies = Collections.unmodifiableMap(new TreeMap<>(tallies));
  }
}
