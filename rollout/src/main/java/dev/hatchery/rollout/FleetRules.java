package dev.hatchery.rollout;

import static dev.hatchery.rollout.Judge.verdict;

import dev.hatchery.core.Durations;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The fleet's rules on what devices did alone (gates reference, section 4, L1). Among few members,
 * one that went back by itself is a hold, two are an abort. Among {@link Quorum#LARGE} and more,
 * one that cannot be helped stops nothing: devices that went back are trials of an e-process
 * against {@link #ALLOWED} of them, and a fifth is an abort whatever it says. One that is silent,
 * or takes too long, counts as failed; one that sleeps, by its declared duty, is not silent.
 */
final class FleetRules {
  static final String LOCAL_ROLLBACKS = "local-rollbacks";
  static final String INSTALLS = "installs";
  static final String SILENCE = "silence";
  static final String SLOWNESS = "device-deadline";
  private static final int TOO_MANY = 2;
  private static final double SHARE = 0.2;

  /** Devices that may go back alone in a large stage: broken ones, whatever the release. */
  static final double ALLOWED = 0.02;

  // A limit that looks broken holds until more is seen. Here nothing more comes, so a hold would
  // only last until the deadline: the first threshold is the only one.
  private static final double BROKEN_FROM = LimitVerdicts.HOLD_FROM;

  /** After a second failure a device holds no large stage, though it is tried further. */
  private static final int TRIALS = 2;

  private final Rollout rollout;
  private final List<Member> members;
  private final Instant now;
  private final Instant listeningSince;
  private final Retry retry;

  FleetRules(Rollout rollout, List<Member> members, Instant now, Instant listeningSince) {
    this.rollout = rollout;
    this.members = members;
    this.now = now;
    this.listeningSince = listeningSince;
    this.retry = new Retry(rollout.spec().timing());
  }

  /** How many of so many devices may be broken whatever the release; none of a canary's few. */
  static int allowed(int devices) {
    return (int) (ALLOWED * devices);
  }

  List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>(List.of(localRollbacks(), installs(), silence()));
    rollout.spec().timing().deviceDeadline().map(this::slowness).ifPresent(verdicts::add);
    return verdicts;
  }

  boolean silent(Member member) {
    if (member.state() == Member.State.PINNED) return false;
    Instant heard = member.lastSeen().isAfter(listeningSince) ? member.lastSeen() : listeningSince;
    Duration silence = rollout.spec().timing().silence();
    boolean quiet = Duration.between(heard, now).compareTo(silence) >= 0;
    return quiet && (member.duty().isEmpty() || member.duty().get().awakeFor(silence, now));
  }

  private Verdict localRollbacks() {
    return members.size() < Quorum.LARGE ? amongFew() : amongMany();
  }

  private Verdict amongFew() {
    int count = members.stream().mapToInt(Member::localRollbacks).sum();
    boolean twice = members.stream().anyMatch(m -> m.localRollbacks() >= TOO_MANY);
    if (count >= TOO_MANY) {
      String rule = twice ? "2 on one device" : TOO_MANY + " on " + Words.devices(members.size());
      return tooMany(count, "; the limit is " + rule);
    }
    return fewEnough(count, m -> m.localRollbacks() > 0 && m.failure().isPresent());
  }

  // A device counts once however often it goes back: its trials are not independent. Those that
  // have not tried yet count as trials that went well, which can only make E too small.
  private Verdict amongMany() {
    int n = members.size();
    int count = (int) members.stream().filter(m -> m.localRollbacks() > 0).count();
    int tooMany = (int) Math.ceil(SHARE * n - 1e-9);
    if (count >= tooMany) {
      return tooMany(count, "; the limit is " + tooMany + " on " + Words.devices(n));
    }
    double e = Math.exp(new EProcess(ALLOWED).logE(new Tally(n, count)));
    String against =
        " on "
            + Words.devices(n)
            + "; at most "
            + Words.percent(ALLOWED)
            + " may; e-value "
            + Words.figure(e)
            + ", the limit is "
            + Words.figure(BROKEN_FROM);
    if (e >= BROKEN_FROM) return tooMany(count, against);
    return fewEnough(count, m -> m.localRollbacks() > 0 && awaitsTrial(m));
  }

  private Verdict tooMany(int count, String rule) {
    String who = who(m -> m.localRollbacks() > 0);
    return verdict(LOCAL_ROLLBACKS, Kind.FAIL, count + " local rollbacks: " + who + rule);
  }

  private static boolean awaitsTrial(Member m) {
    boolean underWay = m.attempt() == TRIALS && m.state() == Member.State.ORDERED;
    return m.failure().isPresent() && !quarantined(m) && (m.attempt() < TRIALS || underWay);
  }

  private Verdict fewEnough(int count, Predicate<Member> open) {
    if (members.stream().anyMatch(open)) {
      return verdict(LOCAL_ROLLBACKS, Kind.HOLD, "went back alone: " + who(open) + trial(open));
    }
    return verdict(LOCAL_ROLLBACKS, Kind.PASS, count == 0 ? "no device went back alone" : past());
  }

  private String past() {
    Predicate<Member> counted = m -> m.localRollbacks() > 0;
    Predicate<Member> cleared = counted.and(m -> m.failure().isEmpty());
    List<String> parts = new ArrayList<>();
    if (members.stream().anyMatch(cleared)) {
      parts.add("a fresh trial was confirmed on " + who(cleared));
    }
    Predicate<Member> tried = counted.and(m -> m.failure().isPresent() && !quarantined(m));
    if (members.stream().anyMatch(tried)) parts.add("tried again: " + who(tried) + "; so few may");
    Predicate<Member> left = counted.and(FleetRules::quarantined);
    if (members.stream().anyMatch(left)) parts.add("in quarantine: " + who(left));
    return String.join("; ", parts);
  }

  private static boolean quarantined(Member member) {
    return member.state() == Member.State.QUARANTINED;
  }

  private Verdict installs() {
    Predicate<Member> failed =
        m -> m.localRollbacks() == 0 && m.failure().isPresent() && m.state() != Member.State.PINNED;
    boolean few = members.size() < Quorum.LARGE;
    Predicate<Member> open = failed.and(m -> few ? !quarantined(m) : awaitsTrial(m));
    var left = members.stream().filter(failed.and(FleetRules::quarantined)).toList();
    Verdict given =
        left.isEmpty()
            ? verdict(INSTALLS, Kind.PASS, "no device is kept from switching")
            : failed(INSTALLS, left, "could not switch and are in quarantine");
    boolean holds = given.kind() != Kind.FAIL && members.stream().anyMatch(open);
    return holds
        ? verdict(INSTALLS, Kind.HOLD, "could not switch: " + who(open) + trial(open))
        : given;
  }

  private String trial(Predicate<Member> open) {
    List<Member> all = members.stream().filter(open).toList();
    Optional<Duration> next =
        all.stream()
            .filter(m -> m.state() == Member.State.FAILED)
            .map(retry::cooldown)
            .min(Comparator.naturalOrder());
    if (next.isPresent()) return "; fresh trial after " + Durations.format(next.get());
    return all.stream().allMatch(FleetRules::quarantined)
        ? "; in quarantine until you retry or abort"
        : "; fresh trial under way";
  }

  private Verdict silence() {
    var silent = members.stream().filter(this::silent).toList();
    String within = Durations.format(rollout.spec().timing().silence());
    return silent.isEmpty()
        ? verdict(SILENCE, Kind.PASS, "every device was heard of within " + within)
        : failed(SILENCE, silent, "silent");
  }

  // Those that are not heard of are the other rule's.
  private Verdict slowness(Duration deadline) {
    var slow =
        members.stream()
            .filter(m -> m.state() == Member.State.ORDERED && !silent(m))
            .filter(m -> Duration.between(m.since(), now).compareTo(deadline) >= 0)
            .filter(m -> m.duty().isEmpty() || m.duty().get().awakeFor(deadline, now))
            .toList();
    String within = Durations.format(deadline);
    return slow.isEmpty()
        ? verdict(
            SLOWNESS, Kind.PASS, "every device that was heard of had time to switch: " + within)
        : failed(SLOWNESS, slow, "heard of, but not switched within " + within);
  }

  /** What follows when so many members count as failed, for a reason that may be none of theirs. */
  private Verdict failed(String gate, List<Member> those, String how) {
    int n = members.size();
    int failed = those.size();
    String reason = failed + " of " + Words.devices(n) + " " + how + ": " + who(those);
    boolean many = failed >= TOO_MANY && failed >= SHARE * n - 1e-9;
    if (failed == n || many) return verdict(gate, Kind.FAIL, reason);
    boolean tooFewLeft = n - failed < Cohort.quorum(rollout, n);
    return verdict(gate, tooFewLeft ? Kind.HOLD : Kind.PASS, reason);
  }

  private String who(Predicate<Member> which) {
    return who(members.stream().filter(which).toList());
  }

  private static String who(List<Member> those) {
    return Words.list(
        those.stream()
            .map(m -> m.device() + m.failure().map(code -> " (" + code + ")").orElse(""))
            .toList());
  }
}
