package dev.hatchery.rollout;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Traffic;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A device that the rollout has told to switch.
 *
 * @param stage index of the stage that brought it in
 * @param attempt counts its orders: 1 for the first, more for fresh trials and for being told to go
 *     back
 * @param toldBack how many of them were to go back
 * @param commandId of its newest order
 * @param duty when it is awake, where that was declared when it was first ordered
 * @param since since when it stands as it does, by the server's clock; a cooldown runs from here
 * @param lastSeen when the server last heard of it
 * @param bootId the boot it was last heard from; absent until it was heard
 * @param observed how long warm windows have watched it on the target, proved, under its newest
 *     order
 * @param requests in warm windows on the target, under its newest order; {@code errors} likewise
 * @param baseline its own past, as it was when the device was first ordered to switch
 * @param bars by limit, what its trials are held to, fixed when it was first ordered: for errors
 *     the share that may fail, for latency the seconds; absent where its past gives none
 * @param tallies by limit, for example {@code errors:limit}, {@code latency-p95:ratio}; they go on
 *     over fresh trials, so that no evidence is forgotten
 * @param stageTallies the same, since the running stage began
 * @param drifts by drift gate, for example {@code drift.classes:psi}
 * @param localRollbacks how often it has gone back alone
 * @param restarts starts of agent or service seen since it was ordered
 * @param failure why its newest order failed; kept until a fresh trial is confirmed
 * @param firstBad the first moment it gave bad evidence
 * @param trafficBefore what earlier orders in the same direction had cost, so that a fresh order's
 *     count adds to theirs
 * @param traffic what all its orders to switch have cost
 * @param trafficBack what all its orders to go back have cost
 * @param wasConfirmed whether it has ever proved that it runs the target
 * @param concurrent what it says on the target while it is compared with a control
 * @param disturbance the last change of the other pipeline since it was ordered
 */
public record Member(
    DeviceId device,
    int stage,
    int attempt,
    int toldBack,
    String commandId,
    State state,
    Optional<Duty> duty,
    Instant orderedAt,
    Instant since,
    Instant lastSeen,
    Optional<String> bootId,
    Duration observed,
    long requests,
    long errors,
    Baseline baseline,
    Map<String, Double> bars,
    Map<String, Tally> tallies,
    StageTallies stageTallies,
    Map<String, DriftRun> drifts,
    int localRollbacks,
    Optional<Code> failure,
    int restarts,
    Optional<Instant> firstBad,
    Traffic trafficBefore,
    Traffic traffic,
    Traffic trafficBack,
    boolean wasConfirmed,
    Concurrent concurrent,
    Optional<Disturbance> disturbance) {
  /** Where the member stands. */
  public enum State {
    /** Told to run the target, and does not prove (or no longer proves) that it does. */
    ORDERED,
    /** Its newest status proves that it runs the target, under its newest order. */
    CONFIRMED,
    /** It went back alone, or could not switch; a fresh trial follows and may clear it. */
    FAILED,
    /** It failed, and only an operator gives it a fresh trial: no other would end differently. */
    QUARANTINED,
    /**
     * Somebody keeps its slot on what it has, and the stage goes on without it. With attempt 0 it
     * has not been told to switch, and is told when it is let go.
     */
    PINNED,
    ROLLING_BACK,
    /** It has proved that it runs the release before. */
    ROLLED_BACK
  }

  public Member {
    bars = Map.copyOf(bars);
    tallies = Map.copyOf(tallies);
    drifts = Map.copyOf(drifts);
  }

  /** Whether it was ever told to switch. */
  public boolean touched() {
    return attempt > 0;
  }

  /** Pinned, and without anything that speaks for or against the release. */
  public boolean aside() {
    return state == State.PINNED && localRollbacks == 0 && tallies.isEmpty();
  }

  /** What its orders to switch have cost on any network. */
  public long bytesDownloaded() {
    return traffic.total();
  }

  /** What its orders to go back have cost on any network. */
  public long bytesForRollback() {
    return trafficBack.total();
  }
}
