package dev.hatchery.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Event;
import dev.hatchery.core.Gate;
import dev.hatchery.core.Refusal;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What holds for every history: random fleets whose devices tell anything at all. */
final class EngineProperties {
  private static final int CASES = 150;
  private static final int STEPS = 60;
  private static final Duration TICK = Duration.ofSeconds(2);
  private static final Code[] CODES = {
    Code.GOLDEN, Code.HASH, Code.UNREACHABLE, Code.NO_SPACE, Code.SUPERSEDED, Code.CRASH_LOOP
  };

  /** How often devices misbehave in this history. */
  private record Mood(double fails, double errs, double silent) {
    static Mood of(Random random) {
      return new Mood(
          random.nextInt(3) == 0 ? 0.02 : 0,
          random.nextInt(3) == 0 ? 0.2 : 0.005,
          random.nextInt(3) == 0 ? 0.6 : 0.05);
    }
  }

  private static Rollout planned(Random random) {
    Gate[] gates =
        random.nextBoolean()
            ? new Gate[] {Specs.ERRORS_BOTH, Specs.P95_RATIO}
            : new Gate[] {Specs.ERRORS_LIMIT, Specs.P95_LIMIT};
    RolloutSpec spec = Specs.spec(Specs.stages(), Specs.TIMING, gates);
    int fleet = 2 + random.nextInt(12);
    return random.nextInt(4) == 0 ? Specs.firstRelease(spec, fleet) : Specs.plan(spec, fleet);
  }

  private static Told said(Random random, Mood mood, Member m, Instant at) {
    boolean back = m.state() == Member.State.ROLLING_BACK;
    Digest goal = back ? Specs.OLD : Specs.NEW;
    double p = random.nextDouble();
    Code why = CODES[random.nextInt(CODES.length)];
    Told told =
        p < mood.fails
            ? Told.wentBack(m.device(), at, m.commandId(), why)
            : p < 2 * mood.fails
                ? Told.failed(m.device(), at, m.commandId(), why)
                : p < 0.2
                    ? Told.underWay(m.device(), at, m.commandId())
                    : Told.proof(m.device(), at, m.commandId(), goal);
    if (random.nextDouble() < mood.fails) {
      told.event(Event.Kind.ROLLED_BACK, m.commandId(), Optional.of(why), at);
    }
    int windows = random.nextInt(6);
    for (int i = 0; i < windows; i++) {
      int requests = random.nextInt(30);
      long errors = Simulated.bad(random, requests, mood.errs);
      double sample = 0.010 * Math.exp(0.3 * random.nextGaussian());
      boolean warm = random.nextInt(10) > 0;
      Digest bundle = random.nextInt(10) > 0 ? Specs.NEW : Specs.OLD;
      told.window(bundle, warm, at.minus(TICK), TICK, requests, errors, 0, sample);
    }
    return told.boot("boot-" + random.nextInt(2)).bytes(random.nextInt(100));
  }

  private static List<Observation> heard(Random random, Mood mood, Rollout r, Instant from) {
    List<Observation> observations = new ArrayList<>();
    for (Member m : r.members().values()) {
      while (random.nextDouble() > mood.silent && observations.size() < 40) {
        // Often several of a device arrive at one moment, as from an outbox.
        Instant at = from.plusMillis(500L * random.nextInt(3));
        observations.add(said(random, mood, m, at).done());
        if (random.nextInt(3) > 0) break;
      }
    }
    return observations;
  }

  private static Map<DeviceId, Baseline> pasts(Random random, Rollout r) {
    Map<DeviceId, Baseline> pasts = new HashMap<>();
    for (DeviceId d : r.fleet()) if (random.nextInt(10) > 0) pasts.put(d, Specs.enough());
    return pasts;
  }

  private interface Look {
    void at(Rollout before, Evidence evidence, Instant now, Decision decision);
  }

  /** Leads a rollout through a random history and looks at every decision. */
  private static void history(Random random, Look look) {
    Rollout r = planned(random);
    Mood mood = Mood.of(random);
    Instant now = Specs.T0;
    long upTo = 0;
    for (int step = 0; step < STEPS; step++) {
      var observations = heard(random, mood, r, now);
      upTo += observations.size();
      now = now.plus(TICK);
      var evidence = new Evidence(upTo, observations, pasts(random, r));
      Decision decision = Engine.decide(r, evidence, now);
      look.at(r, evidence, now, decision);
      r = operated(random, decision.next(), now);
    }
  }

  // Now and then an operator does something, where it can be done; never over a gate.
  private static Rollout operated(Random random, Rollout r, Instant now) {
    if (random.nextInt(20) > 0) return r;
    Action[] actions = {new Action.Pause(), new Action.Resume(), new Action.Retry()};
    try {
      return Engine.act(r, actions[random.nextInt(actions.length)], now).next();
    } catch (Refusal refused) {
      return r;
    }
  }

  @Test
  void theOrderOfTheEvidenceDoesNotMatter() {
    ForAll.cases(
        CASES,
        random ->
            history(
                random,
                (before, evidence, now, decision) -> {
                  var shuffled = new ArrayList<>(evidence.observations());
                  Collections.shuffle(shuffled, random);
                  var other = new Evidence(evidence.upTo(), shuffled, evidence.baselines());
                  assertThat(Engine.decide(before, other, now)).isEqualTo(decision);
                }));
  }

  @Test
  void evidenceCountsOnceHoweverOftenItIsReplayed() {
    ForAll.cases(
        CASES,
        random ->
            history(
                random,
                (before, evidence, now, decision) -> {
                  Decision again = Engine.decide(decision.next(), evidence, now);
                  // New orders may follow; what was counted stays as it is.
                  assertThat(counted(again.next())).containsAllEntriesOf(counted(decision.next()));
                }));
  }

  private static Map<DeviceId, List<Object>> counted(Rollout r) {
    return r.members().values().stream()
        .collect(
            Collectors.toMap(
                Member::device, m -> List.of(m.tallies(), m.localRollbacks(), m.restarts())));
  }

  @Test
  void anAbortIsLatched() {
    var aborts = new int[1];
    ForAll.cases(
        CASES,
        random ->
            history(
                random,
                (before, evidence, now, decision) -> {
                  if (before.abort().isEmpty()) return;
                  aborts[0]++;
                  assertThat(decision.next().abort()).isEqualTo(before.abort());
                  assertThat(decision.next().phase()).isIn(Phase.ROLLING_BACK, Phase.ROLLED_BACK);
                  assertThat(decision.commands())
                      .noneMatch(c -> c instanceof Command.Assign || c instanceof Command.MoveHead);
                }));
    assertThat(aborts[0]).isPositive();
  }

  @Test
  void theHeadMovesOnlyWhenEveryGateHasPassed() {
    var moves = new int[1];
    ForAll.cases(
        CASES,
        random ->
            history(
                random,
                (before, evidence, now, decision) -> {
                  boolean further =
                      decision.next().stage() > before.stage()
                          || decision.commands().contains(new Command.MoveHead());
                  if (!further) return;
                  if (decision.next().phase() == Phase.COMPLETED) moves[0]++;
                  assertThat(decision.verdicts())
                      .filteredOn(v -> !v.gate().equals(Past.GATE))
                      .extracting(Verdict::kind)
                      .isNotEmpty()
                      .containsAnyOf(Kind.PASS)
                      .isSubsetOf(Kind.PASS, Kind.NOT_APPLICABLE);
                  assertThat(before.phase()).isEqualTo(Phase.RUNNING);
                }));
    assertThat(moves[0]).isPositive();
  }

  @Test
  void aGateThatFailsAbortsInTheSameDecision() {
    ForAll.cases(
        CASES,
        random ->
            history(
                random,
                (before, evidence, now, decision) -> {
                  boolean fails = decision.verdicts().stream().anyMatch(v -> v.kind() == Kind.FAIL);
                  assertThat(decision.next().abort().isPresent())
                      .isEqualTo(fails || before.abort().isPresent());
                }));
  }

  @Test
  void onlyTheStagesPrefixIsEverOrdered() {
    ForAll.cases(
        CASES,
        random ->
            history(
                random,
                (before, evidence, now, decision) -> {
                  Rollout next = decision.next();
                  assertThat(Cohort.of(next, next.stage())).containsAll(next.members().keySet());
                  assertThat(next.members().keySet()).containsAll(before.members().keySet());
                }));
  }

  @Test
  void aCommandIdIsNeverUsedTwiceForADevice() {
    ForAll.cases(
        CASES,
        random -> {
          Map<DeviceId, List<String>> used = new HashMap<>();
          history(
              random,
              (before, evidence, now, decision) -> {
                for (Command command : decision.commands()) {
                  switch (command) {
                    case Command.Assign a -> note(used, a.device(), a.commandId());
                    case Command.Shadow s -> note(used, s.device(), s.commandId());
                    case Command.RollBack b -> note(used, b.device(), b.commandId());
                    case Command.MoveHead m -> {}
                    case Command.TakeHeadBack b -> {}
                  }
                }
              });
          used.values().forEach(ids -> assertThat(ids).doesNotHaveDuplicates());
          assertThat(used.values().stream().flatMap(List::stream).collect(Collectors.toSet()))
              .allMatch(id -> id.startsWith("r1/"));
        });
  }

  private static void note(Map<DeviceId, List<String>> used, DeviceId device, String id) {
    used.computeIfAbsent(device, d -> new ArrayList<>()).add(id);
  }

  @Test
  void theSameInputsGiveTheSameDecision() {
    ForAll.cases(
        30,
        random ->
            history(
                random,
                (before, evidence, now, decision) ->
                    assertThat(Engine.decide(before, evidence, now)).isEqualTo(decision)));
  }
}
