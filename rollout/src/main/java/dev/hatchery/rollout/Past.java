package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.RolloutSpec.Percent;
import dev.hatchery.core.RolloutSpec.Timing;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

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
    if (rollout.previous().isEmpty()) return Optional.empty();
    return control(rollout, baselines).or(() -> stage(rollout, baselines));
  }

  // The control's past is kept with the first order.
  private static Optional<Verdict> control(Rollout rollout, Map<DeviceId, Baseline> baselines) {
    List<DeviceId> devices = Engine.heldBack(rollout);
    if (devices.isEmpty()) return Optional.empty();
    Timing timing = rollout.spec().timing();
    int need = new Percent(timing.minReportingPercent()).of(devices.size());
    return hold(
        devices.size(),
        wanting(rollout, devices, baselines, past -> shortfall(past, timing)),
        need,
        " held back as control");
  }

  private static Optional<Verdict> stage(Rollout rollout, Map<DeviceId, Baseline> baselines) {
    List<Limit.Relative> limits = relative(rollout);
    boolean compared = Comparing.of(rollout).isPresent();
    if (limits.isEmpty() && !compared) return Optional.empty();
    List<DeviceId> devices =
        Cohort.of(rollout, rollout.stage()).stream().filter(d -> !lost(rollout, d)).toList();
    Timing timing = rollout.spec().timing();
    Function<Baseline, Optional<String>> lacks =
        past ->
            limits.isEmpty()
                ? shortfall(past, timing)
                : shortfall(past, limits)
                    .or(() -> compared ? shortfall(past, timing) : Optional.empty());
    return hold(
        devices.size(),
        wanting(rollout, devices, baselines, lacks),
        Cohort.quorum(rollout, devices.size()),
        "");
  }

  private static List<String> wanting(
      Rollout rollout,
      List<DeviceId> devices,
      Map<DeviceId, Baseline> baselines,
      Function<Baseline, Optional<String>> lacks) {
    List<String> wanting = new ArrayList<>();
    for (DeviceId device : devices) {
      Member member = rollout.members().get(device);
      Baseline past =
          member == null ? baselines.getOrDefault(device, Baseline.NONE) : member.baseline();
      lacks.apply(past).ifPresent(needs -> wanting.add(device + " needs " + needs));
    }
    return wanting;
  }

  private static Optional<Verdict> hold(int devices, List<String> wanting, int need, String which) {
    int have = devices - wanting.size();
    if (have >= need) return Optional.empty();
    String reason =
        have
            + " of "
            + Words.devices(devices)
            + which
            + " have a past to compare with, "
            + need
            + " needed: "
            + Words.list(wanting);
    return Optional.of(Judge.verdict(GATE, Kind.HOLD, reason));
  }

  // A past on another stack does not come again, so waiting for it would be for nothing.
  private static boolean lost(Rollout rollout, DeviceId device) {
    Member member = rollout.members().get(device);
    return member != null && member.disturbance().isPresent();
  }

  private static List<Limit.Relative> relative(Rollout rollout) {
    return Limit.of(rollout.spec()).stream()
        .filter(Limit.Relative.class::isInstance)
        .map(Limit.Relative.class::cast)
        .toList();
  }

  private static Optional<String> shortfall(Baseline past, List<Limit.Relative> limits) {
    if (limits.stream().allMatch(l -> l.on(past).isPresent())) return Optional.empty();
    Map<String, Long> missing = new TreeMap<>();
    for (Limit.Relative limit : limits) {
      long more = limit.needed() - limit.has(past);
      if (more > 0) missing.merge(counted(limit), more, Math::max);
    }
    Duration span = limits.getFirst().spanNeeded().minus(past.span());
    return Optional.of(
        needs(missing, span)
            .orElse("a past that bounds something: faster requests, or readings above 0"));
  }

  /** What a past lacks to be compared with the control's. */
  private static Optional<String> shortfall(Baseline past, Timing timing) {
    long more = timing.baselineRequests() - past.requests();
    Map<String, Long> missing = more > 0 ? Map.of("requests", more) : Map.of();
    return needs(missing, timing.baselineAge().minus(past.span()));
  }

  private static Optional<String> needs(Map<String, Long> missing, Duration span) {
    List<String> needs = new ArrayList<>();
    missing.forEach((what, more) -> needs.add(more + " more " + what));
    if (span.isPositive()) needs.add(Words.time(span) + " more of them");
    return needs.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", needs));
  }

  private static String counted(Limit.Relative limit) {
    return limit instanceof ReadingLimit reading
        ? "windows that read " + reading.what()
        : "requests";
  }
}
