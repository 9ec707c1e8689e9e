package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
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
        || !abort.equals(known.abort());
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
            || !states(next).equals(states(before));
    String summary = said.isEmpty() ? standing : String.join("; ", said);
    return new Decision(next, commands, verdicts, summary, notable);
  }

  private static List<Member.State> states(Rollout rollout) {
    return rollout.members().values().stream().map(Member::state).toList();
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
        finishedAt());
  }

  private Optional<Instant> finishedAt() {
    if (before.finishedAt().isPresent()) return before.finishedAt();
    return phase.over() ? Optional.of(now) : Optional.empty();
  }
}
