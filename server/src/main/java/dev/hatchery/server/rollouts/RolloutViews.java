package dev.hatchery.server.rollouts;

import dev.hatchery.core.Control;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.Traffic;
import dev.hatchery.rollout.Comparison;
import dev.hatchery.rollout.Coverage;
import dev.hatchery.rollout.Engine;
import dev.hatchery.rollout.Member;
import dev.hatchery.rollout.Replacement;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.rollout.Verdict;
import dev.hatchery.wire.api.ControlView;
import dev.hatchery.wire.api.CoverageView;
import dev.hatchery.wire.api.ExpectedBytes;
import dev.hatchery.wire.api.RolloutView;
import dev.hatchery.wire.api.VerdictView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Rollouts as operators see them. */
final class RolloutViews {
  // An e-value may be larger than any number; JSON has none for that.
  private static final double E_MAX = 1e300;

  private RolloutViews() {}

  static VerdictView verdict(Verdict verdict) {
    OptionalDouble e =
        verdict.e().isPresent() && !Double.isNaN(verdict.e().getAsDouble())
            ? OptionalDouble.of(Math.min(verdict.e().getAsDouble(), E_MAX))
            : OptionalDouble.empty();
    return new VerdictView(
        verdict.gate(),
        switch (verdict.kind()) {
          case PASS -> VerdictView.Kind.PASS;
          case FAIL -> VerdictView.Kind.FAIL;
          case HOLD -> VerdictView.Kind.HOLD;
          case NO_DATA -> VerdictView.Kind.NO_DATA;
          case NOT_APPLICABLE -> VerdictView.Kind.NOT_APPLICABLE;
        },
        verdict.reason(),
        e,
        Optional.empty(),
        verdict.dryRun());
  }

  static RolloutView view(
      Rollout rollout,
      List<VerdictView> verdicts,
      boolean withMembers,
      ExpectedBytes expected,
      long fullCost) {
    RolloutSpec spec = rollout.spec();
    Collection<Member> members = rollout.members().values();
    return new RolloutView(
        rollout.id(),
        spec.name(),
        spec.slot(),
        spec.channel(),
        spec.release(),
        rollout.previous().map(Rollout.Previous::release),
        phase(rollout),
        stages(rollout),
        rollout.cohorts().seed(),
        rollout.cohorts().coverage().map(c -> coverage(c, rollout.cohorts().replaced())),
        rollout.stage(),
        rollout.fleet().size(),
        rollout.touched().size(),
        (int)
            members.stream()
                .filter(m -> m.state() == Member.State.CONFIRMED && !rollout.shadows(m))
                .count(),
        rollout.createdAt(),
        rollout.stageSince(),
        rollout.heldSince(),
        rollout.abort().map(a -> new RolloutView.Abort(a.gate(), a.reason(), a.at(), a.firstBad())),
        rollout.finishedAt(),
        members.stream().map(Member::traffic).reduce(Traffic.NONE, Traffic::plus),
        members.stream().mapToLong(Member::bytesForRollback).sum(),
        expected,
        fullCost,
        verdicts,
        withMembers ? members.stream().map(m -> member(m, spec)).toList() : List.of(),
        rollout.undone().map(u -> new RolloutView.Undone(u.by(), u.reason(), u.at())));
  }

  /** Whom it holds back, and what the comparison with them shows so far. */
  static Optional<ControlView> control(Rollout rollout) {
    if (rollout.cohorts().control().isEmpty()) return Optional.empty();
    Comparison comparison = rollout.comparison();
    boolean compares = rollout.phase().active();
    return Optional.of(
        new ControlView(
            rollout.cohorts().control(),
            rollout.spec().control().flatMap(Control::keep),
            rollout.spec().experiment(),
            comparison.since(),
            comparison.next().filter(_ -> compares),
            comparison.looks(),
            Engine.soFar(rollout).stream()
                .map(f -> new ControlView.Found(f.metric(), f.reason()))
                .toList()));
  }

  private static List<RolloutView.Stage> stages(Rollout rollout) {
    List<RolloutView.Stage> stages = new ArrayList<>();
    for (RolloutSpec.Stage stage : rollout.spec().stages()) {
      int devices = rollout.cohorts().sizes().get(stages.size());
      stages.add(new RolloutView.Stage(stage.name(), devices, stage.soak()));
    }
    return stages;
  }

  private static CoverageView coverage(Coverage coverage, List<Replacement> replaced) {
    return new CoverageView(
        coverage.stage(),
        coverage.devices(),
        coverage.drawn(),
        coverage.from(),
        coverage.missChance(),
        coverage.missed(),
        coverage.strata().stream()
            .map(s -> new CoverageView.Stratum(s.dimension(), s.value(), s.devices(), s.sampled()))
            .toList(),
        replaced.stream().map(Replacement::toString).toList());
  }

  private static RolloutView.Phase phase(Rollout rollout) {
    return switch (rollout.phase()) {
      case RUNNING -> RolloutView.Phase.RUNNING;
      case PAUSED -> RolloutView.Phase.PAUSED;
      case ROLLING_BACK -> RolloutView.Phase.ROLLING_BACK;
      case COMPLETED -> RolloutView.Phase.COMPLETED;
      case ROLLED_BACK -> RolloutView.Phase.ROLLED_BACK;
    };
  }

  private static RolloutView.Member member(Member member, RolloutSpec spec) {
    return new RolloutView.Member(
        member.device(),
        spec.stages().get(member.stage()).name(),
        switch (member.state()) {
          case ORDERED -> RolloutView.Member.State.ORDERED;
          case CONFIRMED ->
              spec.shadows(member.stage())
                  ? RolloutView.Member.State.SHADOWED
                  : RolloutView.Member.State.CONFIRMED;
          case FAILED -> RolloutView.Member.State.FAILED;
          case QUARANTINED -> RolloutView.Member.State.QUARANTINED;
          case PINNED -> RolloutView.Member.State.PINNED;
          case ROLLING_BACK -> RolloutView.Member.State.ROLLING_BACK;
          case ROLLED_BACK -> RolloutView.Member.State.ROLLED_BACK;
        },
        member.attempt(),
        member.orderedAt(),
        member.lastSeen(),
        member.observed(),
        member.requests(),
        member.errors(),
        member.localRollbacks(),
        member.restarts(),
        member.failure(),
        member.firstBad(),
        member.traffic(),
        member.bytesForRollback());
  }
}
