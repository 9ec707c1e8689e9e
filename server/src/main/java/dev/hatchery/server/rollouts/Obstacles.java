package dev.hatchery.server.rollouts;

import dev.hatchery.core.DeviceId;
import dev.hatchery.rollout.Engine;
import dev.hatchery.rollout.Member;
import dev.hatchery.rollout.Restraints;
import dev.hatchery.rollout.Rollout;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The devices of a rollout that are not in order, and those of its running stage that may not be
 * ordered: for each what keeps it, and when it is tried again.
 */
final class Obstacles {
  private static final int SHOWN = 30;

  private final Rollout rollout;
  private final Restraints restraints;

  Obstacles(Rollout rollout, Restraints restraints) {
    this.rollout = rollout;
    this.restraints = restraints;
  }

  /** One line each, those that were told first; the rest is counted. */
  List<String> lines() {
    if (rollout.phase().over()) return List.of();
    List<String> lines = new ArrayList<>();
    rollout.members().values().stream().flatMap(m -> line(m).stream()).forEach(lines::add);
    if (rollout.phase().active()) waiting().forEach(lines::add);
    if (lines.size() <= SHOWN) return lines;
    List<String> shown = new ArrayList<>(lines.subList(0, SHOWN));
    shown.add("and " + (lines.size() - SHOWN) + " more");
    return shown;
  }

  private Optional<String> line(Member member) {
    String stands = member.device() + " " + ExplainRollout.state(rollout, member);
    return switch (member.state()) {
      case ROLLED_BACK -> Optional.empty();
      case CONFIRMED -> member.disturbance().map(d -> member.device() + " begins anew: " + d);
      case ORDERED, ROLLING_BACK, QUARANTINED -> Optional.of(stands);
      case PINNED ->
          Optional.of(
              stands
                  + Optional.ofNullable(restraints.pinned().get(member.device()))
                      .map(why -> "; it " + why)
                      .orElse(""));
      case FAILED -> Optional.of(stands + trial(member));
    };
  }

  private String trial(Member member) {
    return Engine.nextTrial(rollout, member)
        .map(at -> "; a fresh trial not before " + at.truncatedTo(ChronoUnit.SECONDS))
        .orElse("");
  }

  private List<String> waiting() {
    int stage = rollout.stage();
    return rollout.cohorts().of(stage).stream()
        .filter(device -> !rollout.members().containsKey(device))
        .flatMap(device -> why(device).map(w -> device + " " + w).stream())
        .toList();
  }

  private Optional<String> why(DeviceId device) {
    return Optional.ofNullable(restraints.held().get(device))
        .or(() -> Optional.ofNullable(restraints.pinned().get(device)))
        .or(() -> Optional.ofNullable(restraints.interlock().barred().get(device)));
  }
}
