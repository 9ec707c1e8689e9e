package dev.hatchery.rollout;

import dev.hatchery.core.Approval;
import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.rollout.Verdict.Kind;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Four eyes before a stage. An approval is given while its stage waits, that is when the stage
 * before has passed: whoever gives it can see what it showed. The author's own does not count, each
 * person counts once, and one that is older than it may be counts no more; when the stage begins,
 * enough of them have to stand at once.
 */
final class Approvals {
  static final String GATE = "approval";

  private Approvals() {}

  /** Whether the stage that runs has yet to begin with somebody's approval. */
  static boolean awaited(Transition t) {
    return stage(t).approval().isPresent() && t.consent.begun() < t.stage;
  }

  /** The hold that keeps the stage from being ordered; empty when it may be. */
  static Optional<Verdict> hold(Transition t) {
    if (!awaited(t)) return Optional.empty();
    Approval wanted = stage(t).approval().orElseThrow();
    List<Consent.Given> standing = t.consent.standing(wanted.expires(), t.now);
    int missing = wanted.count() - standing.size();
    if (missing <= 0) return Optional.empty();
    String reason =
        "stage "
            + stage(t).name()
            + " waits for "
            + (missing == 1 ? "1 person" : missing + " people")
            + others(t)
            + " to approve it, "
            + (standing.isEmpty() ? "nobody has yet" : "approved by " + names(standing))
            + ": hatchery rollout approve "
            + t.rollout().id();
    return Optional.of(Judge.verdict(GATE, Kind.HOLD, reason));
  }

  /** The stage begins, with the approvals that stand now. */
  static void begin(Transition t) {
    if (!awaited(t)) return;
    Approval wanted = stage(t).approval().orElseThrow();
    List<Consent.Given> standing = t.consent.standing(wanted.expires(), t.now);
    t.consent = t.consent.begun(t.stage);
    t.say("stage " + stage(t).name() + " was approved by " + names(standing));
  }

  static Decision approve(Transition t, Action.Approve yes, List<Verdict> verdicts) {
    requireAwaited(t);
    if (yes.by().equals(t.consent.author())) {
      throw Refusal.of(Code.FORBIDDEN, "nobody approves a rollout they started")
          .at(t.rollout().id())
          .expected("somebody other than " + t.consent.author())
          .got(yes.by())
          .fix("ask a colleague who has an operator token of their own: hatchery operators list");
    }
    t.consent = t.consent.with(new Consent.Given(yes.by(), yes.comment(), t.now));
    Approval wanted = stage(t).approval().orElseThrow();
    int standing = t.consent.standing(wanted.expires(), t.now).size();
    t.say(
        yes.by()
            + " approves stage "
            + stage(t).name()
            + ", "
            + standing
            + " of "
            + wanted.count()
            + remark(yes.comment()));
    hold(t).ifPresent(verdicts::add);
    return t.end(verdicts, "");
  }

  /** Only while it is waited for: a stage that has begun with an approval has begun. */
  static Decision withdraw(Transition t, Action.Withdraw gone, List<Verdict> verdicts) {
    Consent without = t.consent.without(gone.by());
    if (!t.phase.active() || !awaited(t) || without.equals(t.consent)) {
      return t.end(verdicts, "nothing that " + gone.by() + " approved is waited for");
    }
    t.consent = without;
    t.say(
        "the approval of stage "
            + stage(t).name()
            + " by "
            + gone.by()
            + " counts no more: they are no operator any longer");
    hold(t).ifPresent(verdicts::add);
    return t.end(verdicts, "");
  }

  static Decision reject(Transition t, Action.Reject no, List<Verdict> verdicts) {
    requireAwaited(t);
    return Retreat.begun(t, GATE, "rejected by " + no.by() + remark(no.reason()), verdicts);
  }

  private static void requireAwaited(Transition t) {
    if (t.phase.active() && awaited(t)) return;
    throw Refusal.of(Code.ILLEGAL_STATE, "this rollout waits for nobody's approval")
        .at(t.rollout().id())
        .expected("a stage that waits for it, when the stage before has passed")
        .got(t.phase.active() ? "stage " + stage(t).name() + " needs none now" : "" + t.phase)
        .fix("see `hatchery rollout status`; `hatchery rollout abort` stops it at any time");
  }

  private static RolloutSpec.Stage stage(Transition t) {
    return t.rollout().spec().stages().get(t.stage);
  }

  private static String others(Transition t) {
    return t.consent.author().isEmpty() ? "" : " other than " + t.consent.author();
  }

  private static String names(List<Consent.Given> given) {
    return given.stream()
        .map(g -> g.by() + (g.comment().isEmpty() ? "" : " (" + g.comment() + ")"))
        .collect(Collectors.joining(", "));
  }

  private static String remark(String text) {
    return text.isEmpty() ? "" : ": " + text;
  }
}
