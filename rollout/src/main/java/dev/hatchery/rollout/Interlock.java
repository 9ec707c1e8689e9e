package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What keeps models and what lies below them from changing together. A device that is barred gets
 * no order, and its stage waits for it. One that is disturbed after it was ordered begins anew when
 * the interlock is over: requests, soak and tallies are forgotten, and it is never compared with
 * its own past again, since that was lived on another stack. That it went back alone still counts.
 *
 * <p>A small stage waits for a disturbed device, for each of its devices was chosen to be seen. A
 * large one goes on without it like without one that sleeps (see {@link Quorum}): in a large fleet
 * somebody always upgrades something.
 *
 * @param barred devices of the rollout that are not to be ordered now, with why and until when
 * @param disturbed the newest change by the other pipeline on the rollout's devices
 */
public record Interlock(Map<DeviceId, String> barred, Map<DeviceId, Disturbance> disturbed) {
  public static final Interlock NONE = new Interlock(Map.of(), Map.of());

  static final String GATE = "interlock";

  public Interlock {
    barred = Map.copyOf(barred);
    disturbed = Map.copyOf(disturbed);
  }

  /** Members that were disturbed since the last look begin anew. */
  void disturb(Transition t) {
    disturbControl(t);
    for (Member member : t.rollout().members().values()) {
      Disturbance newest = disturbed.get(member.device());
      if (newest == null || !newest.at().isAfter(lastChange(member))) continue;
      t.put(Orders.disturbed(member, newest));
      t.say(
          member.device()
              + ": "
              + newest
              + "; what it shows counts anew from "
              + Words.moment(newest.until()));
    }
  }

  // A device of the control that was disturbed lives on another stack than its past: without one it
  // is compared with nobody.
  private void disturbControl(Transition t) {
    Map<DeviceId, ControlDevice> control = new LinkedHashMap<>(t.comparison.control());
    control.replaceAll(
        (id, device) ->
            disturbed.containsKey(id) && !device.baseline().equals(Baseline.NONE)
                ? new ControlDevice(id, Baseline.NONE, Concurrent.NONE)
                : device);
    if (!control.equals(t.comparison.control())) t.comparison = t.comparison.of(control);
  }

  // What was so when it was ordered is what it was ordered on.
  private static Instant lastChange(Member member) {
    return member.disturbance().map(Disturbance::at).orElse(member.orderedAt());
  }

  /** Whether what a member shows does not count yet. */
  static boolean waits(Member member, Instant now) {
    return member.disturbance().filter(d -> !d.counts(now)).isPresent();
  }

  /** What there is to say of members; empty when none waits. */
  static Optional<Verdict> watched(List<Member> members, boolean few, Instant now) {
    List<String> who =
        members.stream()
            .filter(m -> waits(m, now))
            .map(m -> m.device() + " " + waiting(m.disturbance().orElseThrow()))
            .toList();
    if (who.isEmpty()) return Optional.empty();
    String rest = few ? "" : "; the others are enough to go on";
    return Optional.of(Judge.verdict(GATE, few ? Kind.HOLD : Kind.PASS, Words.list(who) + rest));
  }

  private static String waiting(Disturbance d) {
    return "counts anew from " + Words.moment(d.until()) + ": " + d;
  }

  /** What keeps some of these from being ordered, joined to what is said of members already. */
  void keep(List<DeviceId> waiting, List<Verdict> verdicts) {
    List<String> who =
        waiting.stream().filter(barred::containsKey).map(d -> d + " " + barred.get(d)).toList();
    if (who.isEmpty()) return;
    List<String> reasons = new ArrayList<>();
    verdicts.removeIf(v -> v.gate().equals(GATE) && reasons.add(v.reason()));
    reasons.addFirst(Words.list(who));
    verdicts.add(Judge.verdict(GATE, Kind.HOLD, String.join("; ", reasons)));
  }

  static boolean holds(List<Verdict> verdicts) {
    return verdicts.stream().anyMatch(v -> v.gate().equals(GATE) && v.kind() == Kind.HOLD);
  }
}
