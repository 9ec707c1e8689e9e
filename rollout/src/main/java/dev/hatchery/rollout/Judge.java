package dev.hatchery.rollout;

import dev.hatchery.core.Gate;
import dev.hatchery.core.Metric;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/**
 * What every gate says about the members there are now, each in its own file: the rules on devices
 * ({@link FleetRules}), the limits ({@link LimitVerdicts}), and here whether enough has been seen.
 * Members of earlier stages are judged with the newest ones until the rollout ends.
 *
 * <p>HOLD says that something is wrong and may clear; NO_DATA that more has to be seen first.
 */
final class Judge {
  private final Rollout rollout;
  private final Instant now;
  private final List<Member> members;
  private final FleetRules rules;
  private final Quorum quorum;
  private final Inquiries inquiries;

  Judge(Rollout rollout, Instant now, Instant listeningSince, Map<String, QueryAnswer> answers) {
    this.inquiries = new Inquiries(rollout, answers, now);
    this.rollout = rollout;
    this.now = now;
    this.members = Cohort.judged(rollout).stream().filter(m -> !m.aside()).toList();
    this.rules = new FleetRules(rollout, members, now, listeningSince);
    this.quorum = new Quorum(rollout, members, now);
  }

  List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>(rules.verdicts());
    Interlock.watched(members, quorum.all() < Quorum.LARGE, now).ifPresent(verdicts::add);
    LimitVerdicts limits = new LimitVerdicts(rollout, members, quorum);
    for (Limit limit : Limit.of(rollout.spec())) verdicts.add(of(limit, limits));
    Comparing.of(rollout).ifPresent(c -> verdicts.addAll(c.verdicts(now)));
    verdicts.addAll(inquiries.verdicts());
    verdicts.addAll(seen());
    return verdicts;
  }

  // What only shadows read, only they can be asked; what is asked of the service, what it serves
  // answers.
  private Verdict of(Limit limit, LimitVerdicts limits) {
    boolean shadows = members.isEmpty() ? rollout.shadowing() : rollout.shadows(members.getLast());
    if (!shadows && limit.metric().equals(Metric.SHADOW_AGREEMENT.name())) {
      return verdict(limit.key(), Kind.NOT_APPLICABLE, "no device of this stage runs a shadow");
    }
    if (shadows && limit.metric().equals(Metric.GOLDEN.name())) {
      return verdict(limit.key(), Kind.NOT_APPLICABLE, "a shadow is not asked golden samples");
    }
    return limits.of(limit);
  }

  /** What gates in dry run say. No decision is made from these, so they are kept apart. */
  List<Verdict> dryRuns() {
    LimitVerdicts limits = new LimitVerdicts(rollout, members, quorum);
    List<Verdict> verdicts = new ArrayList<>(inquiries.dryRuns());
    for (Gate.Drift drift : DriftVerdicts.gates(rollout.spec())) {
      verdicts.add(DriftVerdicts.of(drift, members, quorum).inDryRun());
    }
    for (Limit l : Limit.dryRuns(rollout.spec())) verdicts.add(of(l, limits).inDryRun());
    return verdicts;
  }

  static boolean passes(List<Verdict> verdicts) {
    return verdicts.stream()
        .allMatch(
            v ->
                switch (v.kind()) {
                  case PASS, NOT_APPLICABLE -> true;
                  case FAIL, HOLD, NO_DATA -> false;
                });
  }

  static Verdict verdict(String gate, Kind kind, String reason) {
    return new Verdict(gate, kind, reason, OptionalDouble.empty());
  }

  // Each takes up where the one before ends, so that one device has to fulfil all three.
  private List<Verdict> seen() {
    Duration soak = rollout.spec().stages().get(rollout.stage()).soak();
    long least = rollout.spec().minRequests(rollout.stage());
    Predicate<Member> reports = m -> m.state() == Member.State.CONFIRMED && !rules.silent(m);
    Predicate<Member> busy = reports.and(m -> m.requests() >= least);
    Predicate<Member> soaked = busy.and(m -> m.observed().compareTo(soak) >= 0);
    return List.of(
        quorum("reporting", reports, "prove that they run the target", _ -> "", progress()),
        quorum(
            "requests",
            busy,
            "have answered " + least + " requests",
            need -> answered(reports, least, need),
            fewest(reports)),
        quorum(
            "soak",
            soaked,
            "have been watched for " + Words.time(soak),
            _ -> "",
            shortest(reports)));
  }

  private Verdict quorum(
      String gate, Predicate<Member> fulfils, String what, IntFunction<String> how, String least) {
    int have = (int) members.stream().filter(fulfils).count();
    int need = quorum.need(fulfils);
    String reason = have + " of " + Words.devices(quorum.all()) + " " + what;
    return have >= need
        ? verdict(gate, Kind.PASS, reason)
        : verdict(
            gate, Kind.NO_DATA, reason + ", " + Words.needed(have, need, how.apply(need)) + least);
  }

  // As soon as so many have enough, so the best of those that lack it count.
  private String answered(Predicate<Member> among, long least, int need) {
    Comparator<Member> most = Comparator.comparingLong(Member::requests).reversed();
    List<Member> best = members.stream().filter(among).sorted(most).limit(need).toList();
    if (best.size() < need) return "";
    Member last = best.getLast();
    var seconds = Power.seconds(least - last.requests(), last.requests(), last.observed());
    return seconds.isEmpty() ? "" : Words.about(seconds.getAsLong()) + " at the present rate";
  }

  private String progress() {
    var waiting =
        members.stream()
            .filter(m -> m.state() != Member.State.CONFIRMED)
            .map(Member::device)
            .toList();
    return waiting.isEmpty() ? "" : "; not yet: " + Words.names(waiting);
  }

  private String fewest(Predicate<Member> among) {
    var fewest = members.stream().filter(among).mapToLong(Member::requests).min();
    return fewest.isEmpty() ? "" : "; fewest " + fewest.getAsLong();
  }

  private String shortest(Predicate<Member> among) {
    var shortest = members.stream().filter(among).map(Member::observed).min(Duration::compareTo);
    return shortest
        .map(d -> "; shortest " + Words.time(d) + ", " + Words.time(left(d)) + " more needed")
        .orElse("");
  }

  private Duration left(Duration watched) {
    Duration left = rollout.spec().stages().get(rollout.stage()).soak().minus(watched);
    return left.isNegative() ? Duration.ZERO : left;
  }
}
