package dev.hatchery.server.rollouts;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FleetFit;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.rollout.Cohorts;
import dev.hatchery.rollout.Comparison;
import dev.hatchery.rollout.Consent;
import dev.hatchery.rollout.Inquiry;
import dev.hatchery.rollout.Member;
import dev.hatchery.rollout.Phase;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.api.Api;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A rollout as it is stored: what never changes (the plan), what changes with each decision (the
 * state), and one row for each member.
 */
final class RolloutJson {
  /** What a rollout is from its first moment on. */
  record Plan(
      RolloutSpec spec,
      Digest target,
      Optional<Rollout.Previous> previous,
      Instant createdAt,
      Cohorts cohorts,
      FleetFit fit,
      Instant turn) {
    static Plan of(Planned planned) {
      Rollout r = planned.rollout();
      return new Plan(
          r.spec(), r.target(), r.previous(), r.createdAt(), r.cohorts(), planned.fit(), r.turn());
    }
  }

  /** Where it stands. */
  record State(
      Phase phase,
      int stage,
      Instant stageSince,
      long evidenceUpTo,
      Optional<Instant> heldSince,
      Optional<Rollout.Abort> abort,
      Optional<Instant> finishedAt,
      Consent consent,
      Optional<Rollout.Undone> undone,
      Comparison comparison,
      Map<String, Inquiry> inquiries) {
    static State of(Rollout r) {
      return new State(
          r.phase(),
          r.stage(),
          r.stageSince(),
          r.evidenceUpTo(),
          r.heldSince(),
          r.abort(),
          r.finishedAt(),
          r.consent(),
          r.undone(),
          r.comparison(),
          r.inquiries());
    }

    State at(long evidenceUpTo) {
      return new State(
          phase,
          stage,
          stageSince,
          evidenceUpTo,
          heldSince,
          abort,
          finishedAt,
          consent,
          undone,
          comparison,
          inquiries);
    }
  }

  static final Codec<Plan> PLAN =
      Codec.of(
          plan -> {
            Tree tree =
                Tree.object()
                    .put("spec", Wire.ROLLOUT_SPEC.write(plan.spec))
                    .put("target", plan.target)
                    .maybe("previous", plan.previous.map(RolloutJson::previous))
                    .put("createdAt", plan.createdAt);
            if (!plan.turn.equals(plan.createdAt)) tree.put("turn", plan.turn);
            if (!plan.fit.whole()) tree.put("fit", Api.FIT.write(plan.fit));
            CohortsJson.write(plan.cohorts, tree);
            return tree.done();
          },
          f -> {
            RolloutSpec spec = f.get("spec", Wire.ROLLOUT_SPEC::read);
            Instant createdAt = f.parsed("createdAt", Instant::parse);
            return new Plan(
                spec,
                f.parsed("target", Digest::parse),
                f.maybe("previous", RolloutJson::previous),
                createdAt,
                CohortsJson.read(f, spec),
                f.or("fit", Api.FIT::read, FleetFit.NOBODY),
                f.maybeParsed("turn", Instant::parse).orElse(createdAt));
          });

  static final Codec<State> STATE =
      Codec.of(
          state ->
              Tree.object()
                  .put("phase", Fields.word(state.phase))
                  .put("stage", state.stage)
                  .put("stageSince", state.stageSince)
                  .put("evidenceUpTo", state.evidenceUpTo)
                  .maybe("heldSince", state.heldSince)
                  .maybe("abort", state.abort.map(RolloutJson::abort))
                  .maybe("finishedAt", state.finishedAt)
                  .put("consent", ConsentJson.write(state.consent))
                  .maybe("undone", state.undone.map(ConsentJson::undone))
                  .maybe("comparison", unlessNone(state.comparison))
                  .maybe("inquiries", InquiryJson.unlessNone(state.inquiries))
                  .done(),
          f ->
              new State(
                  f.get("phase", Fields.constant(Phase.class)),
                  f.get("stage", Fields::smallInteger),
                  f.parsed("stageSince", Instant::parse),
                  f.integer("evidenceUpTo"),
                  f.maybeParsed("heldSince", Instant::parse),
                  f.maybe("abort", RolloutJson::abort),
                  f.maybeParsed("finishedAt", Instant::parse),
                  f.or("consent", ConsentJson::read, Consent.NONE),
                  f.maybe("undone", ConsentJson::undone),
                  f.or("comparison", ComparisonJson::read, Comparison.NONE),
                  f.or("inquiries", InquiryJson::read, Map.of())));

  private RolloutJson() {}

  static Rollout rollout(String id, Plan plan, State state, Map<DeviceId, Member> members) {
    return new Rollout(
        id,
        plan.spec,
        plan.target,
        plan.previous,
        plan.createdAt,
        plan.cohorts,
        state.phase,
        state.stage,
        state.stageSince,
        state.evidenceUpTo,
        members,
        state.heldSince,
        state.abort,
        state.finishedAt,
        state.consent,
        state.undone,
        state.comparison,
        state.inquiries,
        plan.turn);
  }

  private static Optional<Node> unlessNone(Comparison comparison) {
    return comparison.equals(Comparison.NONE)
        ? Optional.empty()
        : Optional.of(ComparisonJson.write(comparison));
  }

  private static Node previous(Rollout.Previous previous) {
    return Tree.object()
        .put("release", previous.release())
        .put("manifest", previous.manifest())
        .done();
  }

  private static Rollout.Previous previous(Node node) {
    return Fields.read(
        node,
        f ->
            new Rollout.Previous(
                f.parsed("release", ReleaseId::parse), f.parsed("manifest", Digest::parse)));
  }

  private static Node abort(Rollout.Abort abort) {
    return Tree.object()
        .put("gate", abort.gate())
        .put("reason", abort.reason())
        .put("at", abort.at())
        .maybe("firstBad", abort.firstBad())
        .done();
  }

  private static Rollout.Abort abort(Node node) {
    return Fields.read(
        node,
        f ->
            new Rollout.Abort(
                f.text("gate"),
                f.text("reason"),
                f.parsed("at", Instant::parse),
                f.maybeParsed("firstBad", Instant::parse)));
  }
}
