package dev.hatchery.server.rollouts;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Name;
import dev.hatchery.core.Report;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.rollout.Baseline;
import dev.hatchery.rollout.Duty;
import dev.hatchery.rollout.Engine;
import dev.hatchery.rollout.Evidence;
import dev.hatchery.rollout.Member;
import dev.hatchery.rollout.Observation;
import dev.hatchery.rollout.Preparing;
import dev.hatchery.rollout.QueryAnswer;
import dev.hatchery.rollout.Restraints;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.server.db.Rows;
import dev.hatchery.server.orders.Orders;
import dev.hatchery.server.telemetry.BaselineStore;
import dev.hatchery.server.telemetry.ReportStore;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The evidence for one decision.
 *
 * @param inputs hash over all evidence up to here: the hash before, then number and hash of every
 *     report that says something about a member or the control, and what queries were answered
 * @param more whether further reports are waiting
 */
record Gathered(Evidence evidence, Digest inputs, boolean more) {
  /** So many reports are counted in one decision; the rest comes in the next. */
  static final int AT_ONCE = 200;

  /**
   * Gathers what is new.
   *
   * @param after reports up to this number are known to say nothing about the rollout's members
   * @param duties see {@link Evidence}; {@code listeningSince} likewise
   */
  static Gathered read(
      Rows rows,
      Stored stored,
      long after,
      Map<DeviceId, Duty> duties,
      Instant listeningSince,
      Preparing preparing,
      Restraints restraints,
      Map<String, QueryAnswer> queries,
      Orders orders) {
    Rollout rollout = stored.rollout();
    List<ReportStore.Numbered> reports = ReportStore.after(rows, after, AT_ONCE);
    List<Observation> observations = new ArrayList<>();
    MessageDigest running = Digest.sha256();
    running.update(stored.inputs().bytes());
    for (ReportStore.Numbered numbered : reports) {
      if (!Engine.concerns(rollout, numbered.device())) continue;
      Optional<Observation> observation = observation(numbered, rollout.spec().slot());
      if (observation.isEmpty()) continue;
      observations.add(observation.get());
      running.update((numbered.id() + " " + numbered.hash()).getBytes(StandardCharsets.UTF_8));
    }
    new TreeMap<>(queries)
        .forEach((m, answer) -> running.update((m + answer).getBytes(StandardCharsets.UTF_8)));
    boolean nothing = observations.isEmpty() && queries.isEmpty();
    long upTo = reports.isEmpty() ? after : reports.getLast().id();
    return new Gathered(
        new Evidence(
            upTo,
            observations,
            baselines(rows, rollout),
            duties,
            listeningSince,
            preparing,
            restraints,
            queries,
            takenOver(rows, orders, rollout)),
        nothing ? stored.inputs() : Digest.finish(running),
        reports.size() == AT_ONCE);
  }

  private static Set<DeviceId> takenOver(Rows rows, Orders orders, Rollout rollout) {
    List<DeviceId> told =
        rollout.touched().stream()
            .filter(m -> rollout.phase().active() || m.state() == Member.State.ROLLING_BACK)
            .map(Member::device)
            .toList();
    return orders.takenOver(rows, rollout.id(), rollout.spec().slot(), told);
  }

  private static Optional<Observation> observation(ReportStore.Numbered numbered, Name slot) {
    Report report = numbered.report();
    SlotStatus status = report.slots().get(slot);
    if (status == null) return Optional.empty();
    return Optional.of(
        new Observation(
            report.device(),
            numbered.receivedAt(),
            report.bootId(),
            status,
            report.events().stream().filter(e -> e.slot().equals(slot)).toList(),
            report.windows().stream().filter(w -> w.slot().equals(slot)).toList()));
  }

  private static Map<DeviceId, Baseline> baselines(Rows rows, Rollout rollout) {
    if (rollout.previous().isEmpty()) return Map.of();
    Digest before = rollout.previous().get().manifest();
    Map<DeviceId, Baseline> baselines = new HashMap<>();
    List<DeviceId> wanted = new ArrayList<>(Engine.awaiting(rollout));
    wanted.addAll(Engine.heldBack(rollout));
    for (DeviceId device : wanted) {
      BaselineStore.find(rows, device, rollout.spec().slot(), before)
          .ifPresent(sum -> baselines.put(device, baseline(sum)));
    }
    return baselines;
  }

  static Baseline baseline(BaselineStore.Sum sum) {
    return new Baseline(
        sum.requests(),
        sum.errors(),
        sum.latency(),
        Duration.between(sum.first(), sum.last()),
        sum.readings(),
        sum.bins());
  }
}
