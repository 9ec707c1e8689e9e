package dev.hatchery.wire.api;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.FleetFit;
import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.wire.Codec;
import dev.hatchery.wire.Wire;
import dev.hatchery.wire.tree.Fields;
import dev.hatchery.wire.tree.Node;
import dev.hatchery.wire.tree.Tree;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Rollouts and decisions. */
final class RolloutForm {
  static final Codec<AbortRequest> ABORT_REQUEST =
      Codec.of(
          request -> Tree.object().put("reason", request.reason()).done(),
          f -> new AbortRequest(f.text("reason")));

  static final Codec<ApproveRequest> APPROVE_REQUEST =
      Codec.of(
          request -> Tree.object().put("comment", request.comment()).done(),
          f -> new ApproveRequest(f.text("comment", "")));

  static final Codec<VerdictView> VERDICT =
      Codec.open(
          verdict -> {
            Tree tree =
                Tree.object()
                    .put("gate", verdict.gate())
                    .put("kind", Fields.word(verdict.kind()))
                    .put("reason", verdict.reason());
            verdict.e().ifPresent(e -> tree.put("e", e));
            if (verdict.dryRun()) tree.put("dryRun", true);
            return tree.maybe("since", verdict.since()).done();
          },
          f ->
              new VerdictView(
                  f.text("gate"),
                  f.get("kind", Fields.constant(VerdictView.Kind.class)),
                  f.text("reason"),
                  f.maybe("e", Fields::real).map(OptionalDouble::of).orElse(OptionalDouble.empty()),
                  Words.maybeAt(f, "since"),
                  f.bool("dryRun", false)));

  static final Codec<RolloutView> ROLLOUT = Codec.open(RolloutForm::rollout, RolloutForm::rollout);

  static final Codec<DecisionView> DECISION =
      Codec.open(
          view ->
              Tree.object()
                  .put("seq", view.seq())
                  .put("rollout", view.rollout())
                  .put("at", view.at())
                  .put("summary", view.summary())
                  .list("verdicts", view.verdicts(), true, VERDICT::write)
                  .put("commands", view.commands())
                  .put("afterReport", view.afterReport())
                  .put("upToReport", view.upToReport())
                  .put("inputs", view.inputs())
                  .done(),
          f ->
              new DecisionView(
                  f.integer("seq"),
                  f.text("rollout"),
                  Words.at(f, "at"),
                  f.text("summary"),
                  f.list("verdicts", VERDICT::read),
                  f.integer("commands"),
                  f.integer("afterReport"),
                  f.integer("upToReport"),
                  f.parsed("inputs", Digest::parse)));

  static final Codec<RolloutExplanation> EXPLANATION =
      Codec.open(
          view ->
              Tree.object()
                  .put("rollout", view.rollout())
                  .put("standing", view.standing())
                  .list("decided", view.decided(), true, DECISION::write)
                  .list("verdicts", view.verdicts(), true, VERDICT::write)
                  .list("devices", view.devices(), false, Tree::text)
                  .list("ways", view.ways(), true, Tree::text)
                  .done(),
          f ->
              new RolloutExplanation(
                  f.text("rollout"),
                  f.text("standing"),
                  f.list("decided", DECISION::read),
                  f.list("verdicts", VERDICT::read),
                  f.list("devices", Fields::text),
                  f.list("ways", Fields::text)));

  private RolloutForm() {}

  private static Node rollout(RolloutView view) {
    Tree tree =
        Tree.object()
            .put("id", view.id())
            .put("name", view.name())
            .put("slot", view.slot())
            .put("channel", view.channel())
            .put("release", view.release())
            .maybe("previous", view.previous())
            .put("phase", Fields.word(view.phase()))
            .list("stages", view.stages(), true, RolloutForm::stage)
            .maybe("coverage", view.coverage().map(CoverageForm.COVERAGE::write))
            .put("stage", view.stage())
            .put("fleet", view.fleet())
            .put("devicesTouched", view.devicesTouched())
            .put("devicesConfirmed", view.devicesConfirmed())
            .put("createdAt", view.createdAt())
            .put("stageSince", view.stageSince())
            .maybe("heldSince", view.heldSince())
            .maybe("abort", view.abort().map(RolloutForm::abort))
            .maybe("finishedAt", view.finishedAt())
            .put("bytesDownloaded", view.bytesDownloaded())
            .put("traffic", Wire.TRAFFIC.write(view.traffic()))
            .put("bytesForRollback", view.bytesForRollback())
            .put("expectedBytes", BytesForm.EXPECTED.write(view.expectedBytes()))
            .put("fullCost", view.fullCost())
            .list("verdicts", view.verdicts(), true, VERDICT::write);
    view.seed().ifPresent(seed -> tree.put("seed", seed));
    if (!view.fit().whole()) tree.put("fit", FitForm.FIT.write(view.fit()));
    return tree.list("members", view.members(), false, RolloutForm::member)
        .maybe("undone", view.undone().map(RolloutForm::undone))
        .maybe("control", view.control().map(ControlViewForm.CONTROL::write))
        .done();
  }

  private static RolloutView rollout(Fields f) {
    return new RolloutView(
        f.text("id"),
        f.parsed("name", Name::new),
        f.parsed("slot", Name::new),
        f.parsed("channel", Name::new),
        f.parsed("release", ReleaseId::parse),
        f.maybeParsed("previous", ReleaseId::parse),
        f.get("phase", Fields.constant(RolloutView.Phase.class)),
        f.list("stages", RolloutForm::stage),
        f.maybe("seed", Fields::integer).map(OptionalLong::of).orElse(OptionalLong.empty()),
        f.maybe("coverage", CoverageForm.COVERAGE::read),
        f.get("stage", Fields::smallInteger),
        f.get("fleet", Fields::smallInteger),
        f.get("devicesTouched", Fields::smallInteger),
        f.get("devicesConfirmed", Fields::smallInteger),
        Words.at(f, "createdAt"),
        Words.at(f, "stageSince"),
        Words.maybeAt(f, "heldSince"),
        f.maybe("abort", RolloutForm::abort),
        Words.maybeAt(f, "finishedAt"),
        Words.traffic(f),
        f.integer("bytesForRollback"),
        f.or("expectedBytes", BytesForm.EXPECTED::read, ExpectedBytes.UNKNOWN),
        f.integer("fullCost", 0),
        f.list("verdicts", VERDICT::read),
        f.list("members", RolloutForm::member),
        f.maybe("undone", RolloutForm::undone),
        f.or("fit", FitForm.FIT::read, FleetFit.NOBODY),
        f.maybe("control", ControlViewForm.CONTROL::read));
  }

  private static Node undone(RolloutView.Undone undone) {
    return Tree.object()
        .put("by", undone.by())
        .put("reason", undone.reason())
        .put("at", undone.at())
        .done();
  }

  private static RolloutView.Undone undone(Node node) {
    return Fields.readOpen(
        node, f -> new RolloutView.Undone(f.text("by"), f.text("reason"), Words.at(f, "at")));
  }

  private static Node stage(RolloutView.Stage stage) {
    return Tree.object()
        .put("name", stage.name())
        .put("devices", stage.devices())
        .put("soak", Words.duration(stage.soak()))
        .done();
  }

  private static RolloutView.Stage stage(Node node) {
    return Fields.readOpen(
        node,
        f ->
            new RolloutView.Stage(
                f.parsed("name", Name::new),
                f.get("devices", Fields::smallInteger),
                Words.duration(f, "soak")));
  }

  private static Node abort(RolloutView.Abort abort) {
    return Tree.object()
        .put("gate", abort.gate())
        .put("reason", abort.reason())
        .put("at", abort.at())
        .maybe("firstBadAt", abort.firstBadAt())
        .done();
  }

  private static RolloutView.Abort abort(Node node) {
    return Fields.readOpen(
        node,
        f ->
            new RolloutView.Abort(
                f.text("gate"),
                f.text("reason"),
                Words.at(f, "at"),
                Words.maybeAt(f, "firstBadAt")));
  }

  private static Node member(RolloutView.Member member) {
    return Tree.object()
        .put("device", member.device())
        .put("stage", member.stage())
        .put("state", Fields.word(member.state()))
        .put("attempt", member.attempt())
        .put("orderedAt", member.orderedAt())
        .put("lastSeen", member.lastSeen())
        .put("observed", Words.duration(member.observed()))
        .put("requests", member.requests())
        .put("errors", member.errors())
        .put("localRollbacks", member.localRollbacks())
        .put("restarts", member.restarts())
        .maybe("failure", member.failure())
        .maybe("firstBadAt", member.firstBadAt())
        .put("bytesDownloaded", member.bytesDownloaded())
        .put("traffic", Wire.TRAFFIC.write(member.traffic()))
        .put("bytesForRollback", member.bytesForRollback())
        .done();
  }

  private static RolloutView.Member member(Node node) {
    return Fields.readOpen(
        node,
        f ->
            new RolloutView.Member(
                f.parsed("device", DeviceId::new),
                f.parsed("stage", Name::new),
                f.get("state", Fields.constant(RolloutView.Member.State.class)),
                f.get("attempt", Fields::smallInteger),
                Words.at(f, "orderedAt"),
                Words.at(f, "lastSeen"),
                Words.duration(f, "observed"),
                f.integer("requests"),
                f.integer("errors"),
                f.get("localRollbacks", Fields::smallInteger),
                f.get("restarts", Fields::smallInteger),
                f.maybeParsed("failure", Words::code),
                Words.maybeAt(f, "firstBadAt"),
                Words.traffic(f),
                f.integer("bytesForRollback")));
  }
}
