package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The way back: an abort is latched, every device that was touched is told to go back, and the
 * rollout is over when each has proved that it did. Those asleep keep it open until they wake, and
 * those that cannot go back are told again, until something newer is ordered for their slot: the
 * newest order wins, and they are no longer this rollout's to take back.
 *
 * <p>Where there is no release before, there is nowhere to go: the rollout ends at once, the
 * channel's head never moves, and the members stay as they were last known, since nothing would
 * prove more.
 */
final class Retreat {
  private Retreat() {}

  static Decision begun(Transition t, String gate, String reason, List<Verdict> verdicts) {
    Rollout rollout = t.rollout();
    Collection<Member> members = rollout.touched();
    Optional<Instant> firstBad =
        members.stream().flatMap(m -> m.firstBad().stream()).min(Comparator.naturalOrder());
    t.abort = Optional.of(new Rollout.Abort(gate, reason, t.now, firstBad));
    t.say("aborted by " + gate + ": " + reason);
    if (rollout.previous().isEmpty() || members.isEmpty()) {
      t.phase = Phase.ROLLED_BACK;
      t.say(
          members.isEmpty()
              ? "no device had been told to switch"
              : "there is no release before to go back to");
    } else {
      t.phase = Phase.ROLLING_BACK;
      for (Member m : members) order(t, m);
      boolean shadows = members.stream().allMatch(rollout::shadows);
      t.say(
          Words.devices(members.size())
              + (shadows ? " told to take the shadow away, serving " : " told to go back to ")
              + rollout.previous().get().release());
    }
    return t.end(verdicts, "");
  }

  static Decision continued(Transition t, Set<DeviceId> takenOver) {
    Rollout rollout = t.rollout();
    Retry retry = new Retry(rollout.spec().timing());
    List<Member> away =
        rollout.touched().stream().filter(m -> m.state() != Member.State.ROLLED_BACK).toList();
    List<Member> waitedFor = away.stream().filter(m -> !takenOver.contains(m.device())).toList();
    for (Member m : waitedFor) {
      if (retry.dueBack(m, t.now)) {
        t.say(m.device() + " could not go back (" + m.failure().get() + "), told again");
        order(t, m);
      }
    }
    if (waitedFor.isEmpty()) t.phase = Phase.ROLLED_BACK;
    return t.end(List.of(), Standing.goingBack(t.rollout(), away.size() - waitedFor.size()));
  }

  private static void order(Transition t, Member member) {
    Member back = Orders.back(t.rollout(), member, t.now);
    t.put(back);
    t.command(new Command.RollBack(back.device(), back.commandId()));
  }
}
