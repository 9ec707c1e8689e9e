package dev.hatchery.server.rollouts;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Durations;
import dev.hatchery.rollout.Engine;
import dev.hatchery.rollout.Member;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.wire.api.VerdictView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What would change where a rollout stands, the cheapest first: what only takes time, then what
 * takes a command, then what gives something up. Nothing is decided here.
 */
final class Advice {
  private static final int NAMED = 5;

  /** Gates that keep a stage from being ordered. */
  private static final List<String> BEFORE_ORDERS =
      List.of(
          "approval",
          "freeze",
          "held",
          "interlock",
          "control-kept",
          "deltas",
          "queries",
          "baseline");

  private final Rollout rollout;
  private final Instant now;

  Advice(Rollout rollout, Instant now) {
    this.rollout = rollout;
    this.now = now;
  }

  List<String> ways(List<VerdictView> verdicts) {
    List<String> ways = new ArrayList<>();
    switch (rollout.phase()) {
      case RUNNING -> running(verdicts, ways);
      case PAUSED -> ways.add("go on: " + command("resume"));
      case ROLLING_BACK ->
          ways.add(
              "wait until "
                  + names(in(Member.State.ROLLING_BACK))
                  + " are back; a device that sleeps goes back when it wakes");
      case COMPLETED, ROLLED_BACK ->
          ways.add("nothing more is decided; to take its end back: " + command("undo"));
    }
    if (rollout.phase().active()) {
      ways.add(
          "give it up: "
              + command("abort")
              + " --reason …, which takes "
              + devices(rollout.members().size())
              + " back");
    }
    return ways;
  }

  private void running(List<VerdictView> verdicts, List<String> ways) {
    List<VerdictView> open = verdicts.stream().filter(VerdictView::open).toList();
    List<VerdictView> before = open.stream().filter(v -> BEFORE_ORDERS.contains(v.gate())).toList();
    // What its devices lack is of no interest while they are not told to switch.
    List<VerdictView> pressing = before.isEmpty() ? open : before;
    for (VerdictView verdict : pressing) time(verdict).ifPresent(ways::add);
    for (VerdictView verdict : pressing) typed(verdict).ifPresent(ways::add);
    boolean fails = open.stream().anyMatch(v -> v.kind() == VerdictView.Kind.FAIL);
    if (!open.isEmpty() && before.isEmpty() && !fails) {
      ways.add("end the stage as passed, whatever it lacks: " + command("promote"));
    }
    if (open.isEmpty()) ways.add("wait a moment: nothing is in its way");
  }

  /** What time alone will do. */
  private Optional<String> time(VerdictView verdict) {
    if (verdict.gate().startsWith("control")) return Optional.of("wait: " + verdict.reason());
    return switch (verdict.gate()) {
      case "soak" -> soak();
      case "requests" -> requests();
      case "reporting" ->
          Optional.of(
              "wait until " + names(in(Member.State.ORDERED)) + " prove that they run the target");
      case "deltas", "baseline", "interlock", "queries" -> Optional.of("wait: " + verdict.reason());
      case "local-rollbacks", "installs" ->
          in(Member.State.FAILED).stream()
              .flatMap(m -> Engine.nextTrial(rollout, m).stream())
              .min(Comparator.naturalOrder())
              .map(at -> Duration.between(now, at))
              .map(left -> "wait " + about(left) + " for a fresh trial");
      default -> Optional.empty();
    };
  }

  /** What takes a command. */
  private Optional<String> typed(VerdictView verdict) {
    return switch (verdict.gate()) {
      case "approval" ->
          Optional.of(
              "approve, as somebody other than "
                  + (rollout.consent().author().isEmpty()
                      ? "its author"
                      : rollout.consent().author())
                  + ": "
                  + command("approve"));
      case "freeze", "held" -> Optional.of(verdict.reason());
      case "local-rollbacks", "installs" ->
          in(Member.State.FAILED).isEmpty() && in(Member.State.QUARANTINED).isEmpty()
              ? Optional.empty()
              : Optional.of("a fresh trial at once: " + command("retry"));
      default -> Optional.empty();
    };
  }

  private Optional<String> soak() {
    Duration soak = rollout.spec().stages().get(rollout.stage()).soak();
    return wanting(Comparator.comparing(Member::observed))
        .map(m -> soak.minus(m.observed()))
        .filter(Duration::isPositive)
        .map(left -> "wait about " + about(left) + " for soak, while its devices are watched");
  }

  private Optional<String> requests() {
    long least = rollout.spec().minRequests(rollout.stage());
    Optional<Member> slowest = wanting(Comparator.comparingLong(Member::requests));
    return slowest
        .filter(m -> m.requests() < least)
        .map(
            m -> {
              long more = least - m.requests();
              String most = more + " more requests on " + m.device();
              long millis = m.observed().toMillis();
              return millis == 0 || m.requests() == 0
                  ? "wait for " + most
                  : "wait for "
                      + most
                      + ", about "
                      + about(Duration.ofMillis(more * millis / m.requests()));
            });
  }

  // The stage passes when so many have enough: it waits for the best of those that lack it.
  private Optional<Member> wanting(Comparator<Member> by) {
    List<Member> best = in(Member.State.CONFIRMED).stream().sorted(by.reversed()).toList();
    int need = need();
    return best.size() < need ? Optional.empty() : Optional.of(best.get(need - 1));
  }

  private int need() {
    int devices = rollout.cohorts().sizes().get(rollout.stage());
    return rollout.spec().quorum(rollout.stage(), devices);
  }

  private Collection<Member> in(Member.State state) {
    return rollout.members().values().stream().filter(m -> m.state() == state).toList();
  }

  private String command(String verb) {
    return "hatchery rollout " + verb + " " + rollout.id();
  }

  private static String about(Duration left) {
    long seconds = Math.max(1, left.plusMillis(999).toSeconds());
    return Durations.format(
        seconds < 120 ? Duration.ofSeconds(seconds) : Duration.ofMinutes((seconds + 59) / 60));
  }

  private static String devices(int n) {
    return n == 1 ? "1 device" : n + " devices";
  }

  private static String names(Collection<Member> members) {
    String first =
        members.stream()
            .map(Member::device)
            .map(DeviceId::value)
            .limit(NAMED)
            .collect(Collectors.joining(", "));
    if (members.isEmpty()) return "its devices";
    return members.size() <= NAMED ? first : first + " and " + (members.size() - NAMED) + " more";
  }
}
