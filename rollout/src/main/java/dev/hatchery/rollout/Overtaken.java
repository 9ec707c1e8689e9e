package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import java.util.List;
import java.util.Set;

/**
 * Members whose slot an operator has ordered something else for while the rollout runs, one by one:
 * taken back by hand, or pinned to a release. The newest order wins, so the stages go on without
 * them, as without one that is pinned; what they have shown against the release still counts. Let
 * go, they get the release again, under a new number, because what they were told is no longer
 * theirs.
 */
final class Overtaken {
  private Overtaken() {}

  static void passBy(Transition t, Set<DeviceId> takenOver) {
    List<Member> gone =
        t.rollout().touched().stream()
            .filter(m -> takenOver.contains(m.device()) && m.state() != Member.State.PINNED)
            .toList();
    for (Member member : gone) {
      MemberDraft d = new MemberDraft(member);
      d.enter(Member.State.PINNED, t.now);
      t.put(d.done());
    }
    if (gone.isEmpty()) return;
    t.say(
        "something else was ordered for "
            + Words.names(gone.stream().map(Member::device).toList())
            + ": the stages go on without");
  }

  /** Those of them that nobody keeps on what they have any more. */
  static List<Member> letGo(Transition t, Evidence evidence) {
    return t.rollout().touched().stream()
        .filter(m -> m.state() == Member.State.PINNED)
        .filter(m -> evidence.takenOver().contains(m.device()))
        .filter(m -> evidence.restraints().free(m.device()))
        .toList();
  }
}
