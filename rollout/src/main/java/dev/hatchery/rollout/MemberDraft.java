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
  String commandId;
  Member.State state;
  Instant orderedAt;
  Instant since;
  Instant lastSeen;
  Optional<String> bootId;
  Duration observed;
  long requests;
  long errors;
  final Baseline baseline;
  final Map<String, Tally> tallies;
  int localRollbacks;
  Optional<Code> failure;
  int restarts;
  Optional<Instant> firstBad;
  Traffic trafficBefore;
  Traffic traffic;
  Traffic trafficBack;
  boolean wasConfirmed;

  MemberDraft(Member m) {
    device = m.device();
    stage = m.stage();
    attempt = m.attempt();
    commandId = m.commandId();
    state = m.state();
    orderedAt = m.orderedAt();
    since = m.since();
    lastSeen = m.lastSeen();
    bootId = m.bootId();
    observed = m.observed();
    requests = m.requests();
    errors = m.errors();
    baseline = m.baseline();
    tallies = new HashMap<>(m.tallies());
    localRollbacks = m.localRollbacks();
    failure = m.failure();
    restarts = m.restarts();
    firstBad = m.firstBad();
    trafficBefore = m.trafficBefore();
    traffic = m.traffic();
    trafficBack = m.trafficBack();
    wasConfirmed = m.wasConfirmed();
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
        commandId,
        state,
        orderedAt,
        since,
        lastSeen,
        bootId,
        observed,
        requests,
        errors,
        baseline,
        tallies,
        localRollbacks,
        failure,
        restarts,
        firstBad,
        trafficBefore,
        traffic,
        trafficBack,
        wasConfirmed);
  }
}
