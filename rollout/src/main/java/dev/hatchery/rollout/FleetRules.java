package dev.hatchery.rollout;

import static dev.hatchery.rollout.Judge.verdict;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Durations;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The fleet's rules on what devices did alone (gates reference, section 4, L1): one that went back
 * by itself is a hold, two are an abort; one that is silent, or takes too long, counts as failed.
 */
final class FleetRules {
  static final String LOCAL_ROLLBACKS = "local-rollbacks";
  static final String SILENCE = "silence";
  static final String SLOWNESS = "device-deadline";
  private static final int TOO_MANY = 2;
  private static final double SHARE = 0.2;
  private static final int SHARE_FROM = 10;

  private final Rollout rollout;
  private final List<Member> members;
  private final Instant now;
  private final Instant listeningSince;

  FleetRules(Rollout rollout, List<Member> members, Instant now, Instant listeningSince) {
    this.rollout = rollout;
    this.members = members;
    this.now = now;
    this.listeningSince = listeningSince;
  }

  List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>(List.of(localRollbacks(), installs(), silence()));
    rollout.spec().timing().deviceDeadline().map(this::slowness).ifPresent(verdicts::add);
    return verdicts;
  }

  boolean silent(Member member) {
    Instant heard = member.lastSeen().isAfter(listeningSince) ? member.lastSeen() : listeningSince;
    return Duration.between(heard, now).compareTo(rollout.spec().timing().silence()) >= 0;
  }

  private Verdict localRollbacks() {
    int count = members.stream().mapToInt(Member::localRollbacks).sum();
    int tooMany =
        members.size() < SHARE_FROM
            ? TOO_MANY
            : Math.max(TOO_MANY, (int) Math.ceil(SHARE * members.size() - 1e-9));
    boolean twice = members.stream().anyMatch(m -> m.localRollbacks() >= TOO_MANY);
    String who = who(m -> m.localRollbacks() > 0);
    if (count >= tooMany || twice) {
      String rule = twice ? "2 on one device" : tooMany + " on " + Words.devices(members.size());
      return verdict(
          LOCAL_ROLLBACKS,
          Kind.FAIL,
          count + " local rollbacks: " + who + "; the limit is " + rule);
    }
    Predicate<Member> open = m -> m.localRollbacks() > 0 && m.failure().isPresent();
    if (members.stream().anyMatch(open)) {
      return verdict(LOCAL_ROLLBACKS, Kind.HOLD, "went back alone: " + who(open) + trial(open));
    }
    return verdict(
        LOCAL_ROLLBACKS,
        Kind.PASS,
        count == 0 ? "no device went back alone" : "a fresh trial was confirmed on " + who);
  }

  private Verdict installs() {
    Predicate<Member> open = m -> m.localRollbacks() == 0 && m.failure().isPresent();
    return members.stream().anyMatch(open)
        ? verdict("installs", Kind.HOLD, "could not switch: " + who(open) + trial(open))
        : verdict("installs", Kind.PASS, "no device is kept from switching");
  }

  private String trial(Predicate<Member> open) {
    boolean waits = members.stream().anyMatch(open.and(m -> m.state() == Member.State.FAILED));
    return waits
        ? "; fresh trial after " + Durations.format(rollout.spec().timing().retryAfter())
        : "; fresh trial under way";
  }

  private Verdict silence() {
    var silent = members.stream().filter(this::silent).map(Member::device).toList();
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
            .map(Member::device)
            .toList();
    String within = Durations.format(deadline);
    return slow.isEmpty()
        ? verdict(
            SLOWNESS, Kind.PASS, "every device that was heard of had time to switch: " + within)
        : failed(SLOWNESS, slow, "heard of, but not switched within " + within);
  }

  /** What follows when so many members count as failed, for a reason that may be none of theirs. */
  private Verdict failed(String gate, List<DeviceId> devices, String how) {
    int n = members.size();
    int failed = devices.size();
    String reason = failed + " of " + Words.devices(n) + " " + how + ": " + Words.names(devices);
    boolean many = failed >= TOO_MANY && failed >= SHARE * n - 1e-9;
    if (failed == n || many) return verdict(gate, Kind.FAIL, reason);
    boolean tooFewLeft = n - failed < Cohort.quorum(rollout, n);
    return verdict(gate, tooFewLeft ? Kind.HOLD : Kind.PASS, reason);
  }

  private String who(Predicate<Member> which) {
    return Words.list(
        members.stream()
            .filter(which)
            .map(m -> m.device() + m.failure().map(code -> " (" + code + ")").orElse(""))
            .toList());
  }
}
