package dev.hatchery.rollout;

import dev.hatchery.core.Code;
import dev.hatchery.core.Gate;
import dev.hatchery.core.Refusal;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What an operator's actions do, and when they cannot be done. */
final class Operator {
  static final String GATE = "operator";

  private Operator() {}

  static Decision act(Transition t, Action action) {
    Phase phase = t.phase;
    return switch (action) {
      case Action.Promote p -> {
        require(phase == Phase.RUNNING, t, action);
        yield promote(t, action);
      }
      case Action.Pause p -> {
        require(phase == Phase.RUNNING, t, action);
        t.phase = Phase.PAUSED;
        yield said(t, "paused: evidence counts and gates abort, but nothing is promoted");
      }
      case Action.Resume r -> {
        require(phase == Phase.PAUSED, t, action);
        t.phase = Phase.RUNNING;
        // The pause does not count against the stage's deadline.
        t.stageSince = t.now;
        t.consent = t.consent.waiting(t.consent.waitingSince().map(_ -> t.now));
        yield said(
            t, "resumed: stage " + Standing.stage(t.rollout()) + " has its whole time again");
      }
      case Action.Abort a -> {
        require(phase.active(), t, action);
        yield Retreat.begun(t, GATE, a.reason(), verdicts(t));
      }
      case Action.Approve yes -> Approvals.approve(t, yes, verdicts(t));
      case Action.Reject no -> Approvals.reject(t, no, verdicts(t));
      case Action.Undo undo -> Undoing.act(t, undo);
      case Action.Retry r -> {
        var failed = failed(t);
        require(phase.active() && !failed.isEmpty(), t, action);
        retry(t, action, failed, r.restraints());
        yield t.end(verdicts(t), "");
      }
      case Action.Withdraw gone -> Approvals.withdraw(t, gone, verdicts(t));
    };
  }

  private static void retry(
      Transition t, Action action, List<Member> failed, Restraints restraints) {
    List<Member> free = failed.stream().filter(m -> restraints.free(m.device())).toList();
    List<String> kept =
        failed.stream().flatMap(m -> restraints.why(m.device()).stream()).distinct().toList();
    if (free.isEmpty()) {
      throw refusal(t, action)
          .expected("a device that failed and may be ordered")
          .got(Words.list(kept))
          .fix("let it go first");
    }
    free.forEach(m -> Engine.freshTrial(t, m));
    if (!kept.isEmpty()) t.say("not tried again: " + Words.list(kept));
  }

  private static Decision promote(Transition t, Action action) {
    List<Verdict> verdicts = verdicts(t);
    var broken = verdicts.stream().filter(v -> v.kind() == Kind.FAIL).findFirst();
    if (broken.isPresent()) {
      throw refusal(t, action)
          .expected("no gate that fails")
          .got(broken.get().gate() + ": " + broken.get().reason())
          .fix("abort, or wait for the engine to do so");
    }
    if (!Cohort.unordered(t.rollout(), t.stage).isEmpty()) {
      throw refusal(t, action)
          .expected("a stage whose devices have been told to switch")
          .got("stage " + Standing.stage(t.rollout()) + " waits to be ordered")
          .fix("wait, or abort");
    }
    t.say("promoted by hand");
    Engine.advance(t);
    return t.end(verdicts, "");
  }

  private static Decision said(Transition t, String sentence) {
    t.say(sentence);
    return t.end(verdicts(t), "");
  }

  private static List<Verdict> verdicts(Transition t) {
    Map<String, QueryAnswer> unasked = new HashMap<>();
    for (Gate.Query query : Gate.queries(t.rollout().spec().gates())) {
      unasked.put(query.metric(), new QueryAnswer.Nothing("an operator's action asks nobody"));
    }
    Judge judge = new Judge(t.rollout(), t.now, Instant.EPOCH, unasked);
    t.dryRuns = judge.dryRuns();
    return judge.verdicts();
  }

  private static List<Member> failed(Transition t) {
    return t.rollout().members().values().stream()
        .filter(m -> m.state() == Member.State.FAILED || m.state() == Member.State.QUARANTINED)
        .toList();
  }

  private static void require(boolean possible, Transition t, Action action) {
    if (possible) return;
    throw refusal(t, action).expected(allowed(t)).got(t.phase);
  }

  private static Refusal refusal(Transition t, Action action) {
    String name = action.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
    return Refusal.of(Code.ILLEGAL_STATE, "this rollout cannot do that now: " + name)
        .at(t.rollout().id());
  }

  private static String allowed(Transition t) {
    List<String> now = new ArrayList<>();
    switch (t.phase) {
      case RUNNING -> now.addAll(List.of("promote", "pause", "abort"));
      case PAUSED -> now.addAll(List.of("resume", "abort"));
      case ROLLING_BACK, COMPLETED, ROLLED_BACK -> {}
    }
    if (t.phase.active() && !failed(t).isEmpty()) now.add("retry");
    if (t.phase.active() && Approvals.awaited(t)) now.addAll(List.of("approve", "reject"));
    if (t.phase.over()) now.add("undo");
    return now.isEmpty()
        ? "nothing: this rollout is past its end or on its way back"
        : "one of " + now;
  }
}
