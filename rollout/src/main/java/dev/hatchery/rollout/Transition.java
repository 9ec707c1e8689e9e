package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One step being made: how the rollout was, what is different, what is to be done, what there is to
 * say. It lives within one call of the engine; only the decision leaves it.
 */
final class Transition {
  private final Rollout before;
  private final Map<DeviceId, Member> members;
  private final List<Command> commands = new ArrayList<>();
  private final List<String> said = new ArrayList<>();
  final Instant now;
  Cohorts cohorts;
  Phase phase;
  int stage;
  Instant stageSince;
  long evidenceUpTo;
  Optional<Rollout.Abort> abort;
  Consent consent;
  Optional<Rollout.Undone> undone;
  Comparison comparison;
  Map<String, Inquiry> inquiries;

  /** What gates in dry run say: told with the decision, and no part of it. */
  List<Verdict> dryRuns = List.of();

  // A fleet's members are copied into every value of the rollout, so one is made only when needed.
  private Rollout known;
  private boolean stale;

  Transition(Rollout before, Instant now) {
    this.before = before;
    this.now = now;
    known = before;
    members = new LinkedHashMap<>(before.members());
    cohorts = before.cohorts();
    phase = before.phase();
    stage = before.stage();
    stageSince = before.stageSince();
    evidenceUpTo = before.evidenceUpTo();
    abort = before.abort();
    consent = before.consent();
    undone = before.undone();
    comparison = before.comparison();
    inquiries = before.inquiries();
  }

  /** The rollout as it is by now. */
  Rollout rollout() {
    if (stale || moved()) known = with(before.heldSince());
    stale = false;
    return known;
  }

  private boolean moved() {
    return !cohorts.equals(known.cohorts())
        || phase != known.phase()
        || stage != known.stage()
        || !stageSince.equals(known.stageSince())
        || evidenceUpTo != known.evidenceUpTo()
        || !abort.equals(known.abort())
        || !consent.equals(known.consent())
        || !undone.equals(known.undone())
        || !comparison.equals(known.comparison())
        || !inquiries.equals(known.inquiries());
  }

  void put(Member member) {
    members.put(member.device(), member);
    stale = true;
  }

  void command(Command command) {
    commands.add(command);
  }

  void say(String sentence) {
    said.add(sentence);
  }

  void enterStage(int next) {
    stage = next;
    stageSince = now;
    consent = consent.afresh();
    comparison = comparison.afresh();
  }

  /**
   * Whether people, or an interlock, keep the stage from being ordered or from passing. When they
   * no longer do, its deadline is as much later as they took.
   */
  void waitsForPeople(boolean waits) {
    Optional<Instant> since = consent.waitingSince();
    if (waits == since.isPresent()) return;
    if (!waits) stageSince = stageSince.plus(Duration.between(since.orElseThrow(), now));
    consent = consent.waiting(waits ? Optional.of(now) : Optional.empty());
  }

  /** How long the stage has taken, without the time in which it waited for people. */
  Duration stageTime() {
    return Duration.between(stageSince, consent.waitingSince().orElse(now));
  }

  /**
   * The decision.
   *
   * @param standing what to say when nothing happened
   */
  Decision end(List<Verdict> verdicts, String standing) {
    boolean held = phase.active() && verdicts.stream().anyMatch(v -> v.kind() == Verdict.Kind.HOLD);
    Rollout next = with(held ? Optional.of(before.heldSince().orElse(now)) : Optional.empty());
    boolean notable =
        !commands.isEmpty()
            || next.phase() != before.phase()
            || !next.cohorts().equals(before.cohorts())
            || next.stage() != before.stage()
            || next.heldSince().isPresent() != before.heldSince().isPresent()
            || next.comparison().looks() != before.comparison().looks()
            || !next.consent().given().equals(before.consent().given())
            || !states(next).equals(states(before))
            || !disturbances(next).equals(disturbances(before));
    String summary = said.isEmpty() ? standing : String.join("; ", said);
    List<Verdict> told = new ArrayList<>(verdicts);
    told.addAll(dryRuns);
    return new Decision(next, commands, told, summary, notable);
  }

  private static List<Member.State> states(Rollout rollout) {
    return rollout.members().values().stream().map(Member::state).toList();
  }

  private static List<Optional<Disturbance>> disturbances(Rollout rollout) {
    return rollout.members().values().stream().map(Member::disturbance).toList();
  }

  private Rollout with(Optional<Instant> heldSince) {
    return new Rollout(
        before.id(),
        before.spec(),
        before.target(),
        before.previous(),
        before.createdAt(),
        cohorts,
        phase,
        stage,
        stageSince,
        evidenceUpTo,
        members,
        heldSince,
        abort,
        finishedAt(),
        consent,
        undone,
        comparison,
        inquiries,
        before.turn());
  }

  private Optional<Instant> finishedAt() {
    if (before.finishedAt().isPresent()) return before.finishedAt();
    return phase.over() ? Optional.of(now) : Optional.empty();
  }
}
