package dev.hatchery.rollout;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Traffic;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A member while one step changes it; never leaves the method that makes it. */
final class MemberDraft {
  final DeviceId device;
  final int stage;
  int attempt;
  int toldBack;
  String commandId;
  Member.State state;
  final Optional<Duty> duty;
  Instant orderedAt;
  Instant since;
  Instant lastSeen;
  Optional<String> bootId;
  Duration observed;
  long requests;
  long errors;
  Baseline baseline;
  Map<String, Double> bars;
  private Map<String, Tally> tallies;
  private StageTallies stageTallies;
  Map<String, DriftRun> drifts;
  int localRollbacks;
  Optional<Code> failure;
  int restarts;
  Optional<Instant> firstBad;
  Traffic trafficBefore;
  Traffic traffic;
  Traffic trafficBack;
  boolean wasConfirmed;
  Concurrent concurrent;
  Optional<Disturbance> disturbance;

  MemberDraft(Member m) {
    device = m.device();
    stage = m.stage();
    attempt = m.attempt();
    toldBack = m.toldBack();
    commandId = m.commandId();
    state = m.state();
    duty = m.duty();
    orderedAt = m.orderedAt();
    since = m.since();
    lastSeen = m.lastSeen();
    bootId = m.bootId();
    observed = m.observed();
    requests = m.requests();
    errors = m.errors();
    baseline = m.baseline();
    bars = m.bars();
    tallies = m.tallies();
    stageTallies = m.stageTallies();
    drifts = m.drifts();
    localRollbacks = m.localRollbacks();
    failure = m.failure();
    restarts = m.restarts();
    firstBad = m.firstBad();
    trafficBefore = m.trafficBefore();
    traffic = m.traffic();
    trafficBack = m.trafficBack();
    wasConfirmed = m.wasConfirmed();
    concurrent = m.concurrent();
    disturbance = m.disturbance();
  }

  /** Trials of a stage, by limit. */
  void count(int stage, Map<String, Tally> trials) {
    if (trials.isEmpty()) return;
    Map<String, Tally> sums = new HashMap<>(tallies);
    trials.forEach((limit, t) -> sums.merge(limit, t, (a, b) -> a.plus(b.n(), b.k())));
    tallies = sums;
    stageTallies = stageTallies.plus(stage, trials);
  }

  /** Nothing that was seen counts any more. */
  void forget() {
    observed = Duration.ZERO;
    requests = 0;
    errors = 0;
    tallies = Map.of();
    stageTallies = StageTallies.NONE;
    concurrent = Concurrent.NONE;
  }

  void enter(Member.State next, Instant at) {
    wasConfirmed |= next == Member.State.CONFIRMED;
    if (state == next) return;
    state = next;
    since = at;
  }

  void sawBad(Instant at) {
    if (firstBad.isEmpty() || at.isBefore(firstBad.get())) firstBad = Optional.of(at);
  }

  Member done() {
    return new Member(
        device,
        stage,
        attempt,
        toldBack,
        commandId,
        state,
        duty,
        orderedAt,
        since,
        lastSeen,
        bootId,
        observed,
        requests,
        errors,
        baseline,
        bars,
        tallies,
        stageTallies,
        drifts,
        localRollbacks,
        failure,
        restarts,
        firstBad,
        trafficBefore,
        traffic,
        trafficBack,
        wasConfirmed,
        concurrent,
        disturbance);
  }
}
