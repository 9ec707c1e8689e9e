package dev.hatchery.rollout;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Gate;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.RolloutSpec.Timing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A rollout that is led through time by what its devices tell. */
final class Scene {
  Rollout rollout;
  Instant now = Specs.T0;
  Instant listeningSince = Instant.EPOCH;
  Preparing preparing = Preparing.NOTHING;
  final Map<DeviceId, Duty> duties = new HashMap<>();
  Restraints restraints = Restraints.NONE;
  Map<String, QueryAnswer> queries = Map.of();
  Set<DeviceId> takenOver = Set.of();
  final Map<DeviceId, Baseline> baselines = new HashMap<>();
  private final List<Observation> pending = new ArrayList<>();
  private long upTo;

  Scene(Rollout rollout) {
    this.rollout = rollout;
    rollout.fleet().forEach(d -> baselines.put(d, Specs.enough()));
  }

  /** The nth device in cohort order. */
  DeviceId device(int n) {
    return rollout.fleet().get(n);
  }

  Member member(int n) {
    Member member = rollout.members().get(device(n));
    if (member == null) throw new AssertionError(device(n) + " is no member");
    return member;
  }

  String command(int n) {
    return member(n).commandId();
  }

  Scene after(Duration time) {
    now = now.plus(time);
    return this;
  }

  Scene hear(Told... told) {
    Arrays.stream(told).map(Told::done).forEach(pending::add);
    return this;
  }

  Decision decide() {
    upTo += pending.size();
    var evidence =
        new Evidence(
            upTo,
            List.copyOf(pending),
            baselines,
            duties,
            listeningSince,
            preparing,
            restraints,
            queries,
            takenOver);
    pending.clear();
    Decision decision = Engine.decide(rollout, evidence, now);
    rollout = decision.next();
    return decision;
  }

  Decision act(Action action) {
    Decision decision = Engine.act(rollout, action, now);
    rollout = decision.next();
    return decision;
  }

  /** Scene of 6 devices: two canaries, three, all; the errors limit alone. */
  static Scene usual() {
    return with(Specs.TIMING, Specs.ERRORS_LIMIT);
  }

  static Scene with(Timing timing, Gate... gates) {
    return new Scene(Specs.plan(Specs.spec(Specs.stages(), timing, gates), 6));
  }

  /** A scene of one stage. */
  static Scene all(int devices, Timing timing, Gate... gates) {
    var stages = List.of(Specs.stage("all", new RolloutSpec.Percent(100)));
    return new Scene(Specs.plan(Specs.spec(stages, timing, gates), devices));
  }

  static Verdict verdict(Decision decision, String gate) {
    return decision.verdicts().stream()
        .filter(v -> v.gate().equals(gate))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no verdict " + gate + " in " + decision.verdicts()));
  }

  /** It runs the target, proved. */
  Told proof(int n) {
    return Told.proof(device(n), now, command(n), Specs.NEW);
  }

  /** It is back on the release before, proved. */
  Told home(int n) {
    return Told.proof(device(n), now, command(n), Specs.OLD);
  }

  Told underWay(int n) {
    return Told.underWay(device(n), now, command(n));
  }

  Told wentBack(int n, Code why) {
    return Told.wentBack(device(n), now, command(n), why);
  }

  Told failed(int n, Code why) {
    return Told.failed(device(n), now, command(n), why);
  }

  /** Each of the first so many devices proves the target and has soaked without a fault. */
  Decision soaked(int devices) {
    for (int n = 0; n < devices; n++) hear(healthy(proof(n)));
    return decide();
  }

  static Told healthy(Told told) {
    for (int i = 0; i < 10; i++) told.window(Duration.ofSeconds(2), 10, 0, 0.010);
    return told;
  }
}
