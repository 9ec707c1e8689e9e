package dev.hatchery.wire.api;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.FleetFit;
import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Traffic;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A rollout as it stands.
 *
 * @param name of its spec
 * @param previous what it goes back to when it is aborted
 * @param seed that the cohorts were drawn by
 * @param coverage what the canaries can show; absent for rollouts from before there were strata
 * @param stage index of the stage that runs
 * @param heldSince since when a hold keeps the stage
 * @param traffic of all members, under their orders to switch
 * @param bytesForRollback by all members, under their orders to go back
 * @param fullCost what full downloads would have cost the members that have the release by now
 * @param verdicts of every gate, as they were last decided
 * @param members those that were touched; left out in lists
 * @param undone who took its end back
 * @param fit how the release fitted the devices that were asked for, when the rollout was planned;
 *     {@code fleet} counts only those that it takes
 * @param control whom it holds back, where it has a control; left out in lists
 */
public record RolloutView(
    String id,
    Name name,
    Name slot,
    Name channel,
    ReleaseId release,
    Optional<ReleaseId> previous,
    Phase phase,
    List<Stage> stages,
    OptionalLong seed,
    Optional<CoverageView> coverage,
    int stage,
    int fleet,
    int devicesTouched,
    int devicesConfirmed,
    Instant createdAt,
    Instant stageSince,
    Optional<Instant> heldSince,
    Optional<Abort> abort,
    Optional<Instant> finishedAt,
    Traffic traffic,
    long bytesForRollback,
    ExpectedBytes expectedBytes,
    long fullCost,
    List<VerdictView> verdicts,
    List<Member> members,
    Optional<Undone> undone,
    FleetFit fit,
    Optional<ControlView> control) {
  /** As in {@code dev.hatchery.rollout.Phase}. */
  public enum Phase {
    RUNNING,
    PAUSED,
    ROLLING_BACK,
    COMPLETED,
    ROLLED_BACK;

    /** Whether nothing more will happen. */
    public boolean over() {
      return this == COMPLETED || this == ROLLED_BACK;
    }
  }

  /**
   * One stage.
   *
   * @param devices how many have the release when it is full
   */
  public record Stage(Name name, int devices, Duration soak) {}

  /**
   * Why it was aborted.
   *
   * @param gate that tripped
   * @param firstBadAt when the first bad evidence came
   */
  public record Abort(String gate, String reason, Instant at, Optional<Instant> firstBadAt) {}

  /** That its end was taken back; gone when that was taken back, too. */
  public record Undone(String by, String reason, Instant at) {}

  /**
   * A device that was told to switch.
   *
   * @param traffic under its orders to switch
   */
  public record Member(
      DeviceId device,
      Name stage,
      State state,
      int attempt,
      Instant orderedAt,
      Instant lastSeen,
      Duration observed,
      long requests,
      long errors,
      int localRollbacks,
      int restarts,
      Optional<Code> failure,
      Optional<Instant> firstBadAt,
      Traffic traffic,
      long bytesForRollback) {
    /** As in {@code dev.hatchery.rollout.Member}. */
    public enum State {
      ORDERED,
      CONFIRMED,
      /** It proves that it runs the target as a shadow, and serves what it served. */
      SHADOWED,
      FAILED,
      QUARANTINED,
      PINNED,
      ROLLING_BACK,
      ROLLED_BACK
    }

    public long bytesDownloaded() {
      return traffic.total();
    }
  }

  public RolloutView {
    stages = List.copyOf(stages);
    verdicts = List.copyOf(verdicts);
    members = List.copyOf(members);
  }

  /** A rollout whose devices all fit. */
  public RolloutView(
      String id,
      Name name,
      Name slot,
      Name channel,
      ReleaseId release,
      Optional<ReleaseId> previous,
      Phase phase,
      List<Stage> stages,
      OptionalLong seed,
      Optional<CoverageView> coverage,
      int stage,
      int fleet,
      int devicesTouched,
      int devicesConfirmed,
      Instant createdAt,
      Instant stageSince,
      Optional<Instant> heldSince,
      Optional<Abort> abort,
      Optional<Instant> finishedAt,
      Traffic traffic,
      long bytesForRollback,
      ExpectedBytes expectedBytes,
      long fullCost,
      List<VerdictView> verdicts,
      List<Member> members,
      Optional<Undone> undone) {
    this(
        id,
        name,
        slot,
        channel,
        release,
        previous,
        phase,
        stages,
        seed,
        coverage,
        stage,
        fleet,
        devicesTouched,
        devicesConfirmed,
        createdAt,
        stageSince,
        heldSince,
        abort,
        finishedAt,
        traffic,
        bytesForRollback,
        expectedBytes,
        fullCost,
        verdicts,
        members,
        undone,
        FleetFit.NOBODY,
        Optional.empty());
  }

  public RolloutView with(FleetFit planned) {
    return new RolloutView(
        id,
        name,
        slot,
        channel,
        release,
        previous,
        phase,
        stages,
        seed,
        coverage,
        stage,
        fleet,
        devicesTouched,
        devicesConfirmed,
        createdAt,
        stageSince,
        heldSince,
        abort,
        finishedAt,
        traffic,
        bytesForRollback,
        expectedBytes,
        fullCost,
        verdicts,
        members,
        undone,
        planned,
        control);
  }

  /** The same, with whom it holds back. */
  public RolloutView holding(Optional<ControlView> held) {
    return new RolloutView(
        id,
        name,
        slot,
        channel,
        release,
        previous,
        phase,
        stages,
        seed,
        coverage,
        stage,
        fleet,
        devicesTouched,
        devicesConfirmed,
        createdAt,
        stageSince,
        heldSince,
        abort,
        finishedAt,
        traffic,
        bytesForRollback,
        expectedBytes,
        fullCost,
        verdicts,
        members,
        undone,
        fit,
        held);
  }

  public long bytesDownloaded() {
    return traffic.total();
  }

  public Stage runningStage() {
    return stages.get(stage);
  }
}
