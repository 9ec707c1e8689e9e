package dev.hatchery.rollout;

import java.util.List;

/**
 * What follows from the evidence.
 *
 * @param verdicts of every gate, as they are now
 * @param summary one sentence in plain words: what was decided and why
 * @param notable whether a person would want it in the record: a phase, a stage or a member's state
 *     changed, a hold began or ended
 */
public record Decision(
    Rollout next, List<Command> commands, List<Verdict> verdicts, String summary, boolean notable) {
  public Decision {
    commands = List.copyOf(commands);
    verdicts = List.copyOf(verdicts);
  }
}
