package dev.hatchery.rollout;

import dev.hatchery.core.Code;
import dev.hatchery.core.Refusal;
import java.util.List;
import java.util.Optional;

/**
 * Taking back what a rollout that is over has come to. Its record stays as it ended: who ran what
 * when, and why it was aborted, is not rewritten. Only the orders are new, and their numbers.
 */
final class Undoing {
  private Undoing() {}

  static Decision act(Transition t, Action.Undo undo) {
    String why = undo.by() + (undo.reason().isEmpty() ? "" : ": " + undo.reason());
    boolean again = t.undone.isPresent();
    t.undone =
        again ? Optional.empty() : Optional.of(new Rollout.Undone(undo.by(), undo.reason(), t.now));
    switch (t.phase) {
      case COMPLETED -> head(t, again, why, undo.restraints());
      case ROLLED_BACK -> members(t, again, why, undo.restraints());
      case RUNNING, PAUSED, ROLLING_BACK ->
          throw refusal(t, "a rollout that is over", t.phase.toString())
              .fix(t.phase.active() ? "abort it" : "wait until every device is back");
    }
    return t.end(List.of(), "");
  }

  private static void head(Transition t, boolean again, String why, Restraints restraints) {
    if (again) requireThawed(t, restraints);
    Rollout rollout = t.rollout();
    String channel = "the head of " + rollout.spec().channel();
    t.command(again ? new Command.MoveHead() : new Command.TakeHeadBack());
    t.say(
        again
            ? "the undo is undone by " + why + "; " + channel + " is " + rollout.spec().release()
            : "undone by " + why + "; " + channel + " goes back to " + previous(t).release());
  }

  private static void members(Transition t, boolean again, String why, Restraints restraints) {
    if (!again) requireThawed(t, restraints);
    Rollout rollout = t.rollout();
    Rollout.Previous previous = previous(t);
    Restraints inTheWay = again ? Restraints.NONE : restraints;
    List<Member> had = rollout.members().values().stream().filter(Member::wasConfirmed).toList();
    List<Member> proved = had.stream().filter(m -> inTheWay.free(m.device())).toList();
    List<String> kept = had.stream().flatMap(m -> inTheWay.why(m.device()).stream()).toList();
    if (proved.isEmpty() && !had.isEmpty()) {
      throw refusal(t, "a device that may be ordered", Words.list(kept)).fix("let it go first");
    }
    if (proved.isEmpty()) {
      throw refusal(t, "a device that had it confirmed before it went back", "none")
          .fix("start a rollout of it");
    }
    for (Member m : proved) {
      Member next = Orders.undone(rollout, m, again);
      t.put(next);
      t.command(
          again
              ? new Command.RollBack(next.device(), next.commandId())
              : new Command.Assign(next.device(), next.commandId()));
    }
    String to = " told to run " + (again ? previous.release() : rollout.spec().release());
    t.say(
        (again ? "the undo is undone by " : "the rollback is undone by ")
            + why
            + "; "
            + Words.devices(proved.size())
            + to
            + " again");
    if (!kept.isEmpty()) t.say("left out: " + Words.list(kept));
  }

  private static void requireThawed(Transition t, Restraints restraints) {
    restraints
        .freeze()
        .ifPresent(
            why -> {
              throw refusal(t, "a time in which devices may be ordered to go forward", why);
            });
  }

  private static Rollout.Previous previous(Transition t) {
    return t.rollout()
        .previous()
        .orElseThrow(() -> refusal(t, "a release before, to go between", "none"));
  }

  private static Refusal refusal(Transition t, String expected, String got) {
    return Refusal.of(Code.ILLEGAL_STATE, "there is nothing here to undo")
        .at(t.rollout().id())
        .expected(expected)
        .got(got);
  }
}
