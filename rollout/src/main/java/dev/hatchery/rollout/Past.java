package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a stage's devices have enough past to be compared with. Their past ends when they switch,
 * so the stage is not ordered before as many of them as must report ({@code minReporting}) have it.
 * It waits until the stage's deadline and then the rollout fails closed. The few that were ordered
 * without a past of their own are judged by the absolute limits alone.
 */
final class Past {
  static final String GATE = "baseline";

  private Past() {}

  /** The hold that keeps the stage from being ordered; empty when it may be. */
  static Optional<Verdict> hold(Rollout rollout, Map<DeviceId, Baseline> baselines) {
    List<Limit.Relative> limits = relative(rollout);
    if (limits.isEmpty() || rollout.previous().isEmpty()) return Optional.empty();
    List<DeviceId> devices = Cohort.of(rollout, rollout.stage());
    List<String> wanting = new ArrayList<>();
    for (DeviceId device : devices) {
      Member member = rollout.members().get(device);
      Baseline past =
          member == null ? baselines.getOrDefault(device, Baseline.NONE) : member.baseline();
      shortfall(past, limits).ifPresent(needs -> wanting.add(device + " needs " + needs));
    }
    int need = Cohort.quorum(rollout, devices.size());
    int have = devices.size() - wanting.size();
    if (have >= need) return Optional.empty();
    String reason =
        have
            + " of "
            + Words.devices(devices.size())
            + " have a past to compare with, "
            + need
            + " needed: "
            + Words.list(wanting);
    return Optional.of(Judge.verdict(GATE, Kind.HOLD, reason));
  }

  private static List<Limit.Relative> relative(Rollout rollout) {
    return Limit.of(rollout.spec()).stream()
        .filter(Limit.Relative.class::isInstance)
        .map(Limit.Relative.class::cast)
        .toList();
  }

  private static Optional<String> shortfall(Baseline past, List<Limit.Relative> limits) {
    if (limits.stream().allMatch(l -> l.on(past).isPresent())) return Optional.empty();
    long requests =
        limits.stream().mapToLong(l -> l.requestsNeeded() - l.requestsIn(past)).max().orElse(0);
    Duration span = limits.getFirst().spanNeeded().minus(past.span());
    List<String> needs = new ArrayList<>();
    if (requests > 0) needs.add(requests + " more requests");
    if (span.isPositive()) needs.add(Words.time(span) + " more of them");
    return Optional.of(needs.isEmpty() ? "faster requests to measure" : String.join(", ", needs));
  }
}
