package dev.hatchery.server.rollouts;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.rollout.Member;
import dev.hatchery.rollout.Preparing;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.db.Tx;
import dev.hatchery.server.deltas.Deltas;
import dev.hatchery.server.deltas.Progress;
import dev.hatchery.server.releases.Release;
import dev.hatchery.server.releases.ReleaseStore;
import dev.hatchery.wire.api.ExpectedBytes;
import java.time.Duration;
import java.util.Set;

/** What a rollout costs on the uplink, and the patches that keep it low. */
final class Costs {
  private static final ExpectedBytes OVER = new ExpectedBytes(0, 0, 0, 0, true, "it is over");

  private final Deltas deltas;
  private final ReleaseStore releases;
  private final Duration deltaWait;

  Costs(Deltas deltas, ReleaseStore releases, Duration deltaWait) {
    this.deltas = deltas;
    this.releases = releases;
    this.deltaWait = deltaWait;
  }

  /** Wants the patches that its devices will need, before anyone can decide about it. */
  void prepare(Tx tx, Rollout rollout) {
    deltas.want(
        tx,
        releases.require(rollout.target()),
        rollout.spec().slot(),
        rollout.fleet(),
        rollout.spec().delivery());
  }

  /** Has them made although it is not settled that the rollout will be. */
  void foresee(Release target, RolloutSpec spec, Set<DeviceId> fleet) {
    deltas.foresee(target, spec.slot(), fleet, spec.delivery());
  }

  /** What its first stage waits for: never longer than half of the time that a stage has. */
  Preparing preparing(Rollout rollout) {
    if (!rollout.phase().active() || !rollout.members().isEmpty()) return Preparing.NOTHING;
    Progress progress =
        deltas.progress(
            releases.require(rollout.target()),
            rollout.spec().slot(),
            rollout.fleet(),
            rollout.spec().delivery());
    if (progress.complete()) return Preparing.NOTHING;
    Duration half = rollout.spec().deadline(rollout.stage()).dividedBy(2);
    Duration wait = deltaWait.compareTo(half) < 0 ? deltaWait : half;
    return new Preparing(progress.done(), progress.of(), rollout.createdAt().plus(wait));
  }

  /** How long at most its first stage waits for patches that are not made yet. */
  Duration waitsForPatches(Rollout rollout) {
    Preparing preparing = preparing(rollout);
    return preparing.equals(Preparing.NOTHING)
        ? Duration.ZERO
        : Duration.between(rollout.createdAt(), preparing.until());
  }

  /** What is still to come over the uplink. */
  ExpectedBytes expected(Rollout rollout) {
    if (rollout.phase().over()) return OVER;
    return deltas.expected(
        releases.require(rollout.target()),
        rollout.spec().slot(),
        rollout.fleet(),
        rollout.spec().delivery());
  }

  /** What whole downloads would have cost the members that have the release by now. */
  long full(Rollout rollout) {
    Release target = releases.require(rollout.target());
    long each = target.manifestSize() + target.manifest().totalSize().bytes();
    return each
        * rollout.members().values().stream()
            .filter(m -> m.state() == Member.State.CONFIRMED)
            .count();
  }
}
