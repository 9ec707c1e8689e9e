package dev.hatchery.lab.fleet;

import dev.hatchery.agent.journal.Entry;
import dev.hatchery.agent.journal.Step;
import dev.hatchery.agent.store.Slot.Pointer;
import dev.hatchery.agent.trust.Acceptance;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.SlotStatus.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Judges what servers commit and what devices write, by tables of its own. What it believes of a
 * device comes from its disk and its service, and of the server from what was committed; neither is
 * asked.
 */
final class Observer {
  /** A little less than the least that trials in the lab ask for: looks come in steps. */
  static final Duration PROOF = Duration.ofSeconds(50);

  private static final Path JOURNAL = Path.of("/var/lib/hatchery/state/journal");

  private static final Map<String, Set<String>> PHASES =
      Map.of(
          "RUNNING",
          Set.of("RUNNING", "PAUSED", "ROLLING_BACK", "COMPLETED", "ROLLED_BACK"),
          "PAUSED",
          Set.of("PAUSED", "RUNNING", "ROLLING_BACK", "ROLLED_BACK"),
          "ROLLING_BACK",
          Set.of("ROLLING_BACK", "ROLLED_BACK"),
          "COMPLETED",
          Set.of("COMPLETED"),
          "ROLLED_BACK",
          Set.of("ROLLED_BACK"));

  private static final Map<String, Set<String>> MEMBERS =
      Map.of(
          "ordered",
          Set.of("confirmed", "failed", "quarantined", "pinned", "rolling-back"),
          "confirmed",
          Set.of("ordered", "failed", "quarantined", "pinned", "rolling-back"),
          "pinned",
          Set.of("ordered", "confirmed", "failed", "quarantined", "rolling-back"),
          "failed",
          Set.of("ordered", "rolling-back"),
          "quarantined",
          Set.of("ordered", "rolling-back"),
          "rolling-back",
          Set.of("rolled-back"),
          "rolled-back",
          Set.of());

  private static final Set<State> AT_REST =
      EnumSet.of(State.IDLE, State.CONFIRMED, State.ROLLED_BACK, State.FAILED);

  private final Findings findings;
  private final Map<DeviceId, Witness> witnesses = new HashMap<>();
  private final Set<String> advanced = new HashSet<>();
  private final Set<String> aborted = new HashSet<>();

  /** What is known of a device. */
  private static final class Witness {
    State state = State.IDLE;
    long lastEntry;
    Acceptance.Mark mark = Acceptance.NOTHING;
    final Set<String> proved = new HashSet<>();
  }

  Observer(Findings findings) {
    this.findings = findings;
  }

  private Witness witness(DeviceId device) {
    return witnesses.computeIfAbsent(device, _ -> new Witness());
  }

  /** Whether the device has ever proved this order to itself, with a service that served it. */
  boolean proved(DeviceId device, String command) {
    return witness(device).proved.contains(command);
  }

  // ---- devices

  /** An agent has started: what it found must be in order. */
  void booted(SimulatedDevice device, AgentRun agent) {
    Witness witness = witness(device.id());
    // What was written when the power failed may be there or not.
    agent.journal.after(witness.lastEntry).forEach(entry -> wrote(device, entry));
    marked(device, agent);
    agent
        .slot
        .pointer(Pointer.CURRENT)
        .filter(bundle -> !agent.slot.has(bundle))
        .ifPresent(bundle -> illegal(device, "current points to nothing: " + bundle));
  }

  /** Its counter never falls, not by a crash either. */
  void marked(SimulatedDevice device, AgentRun agent) {
    Witness witness = witness(device.id());
    Acceptance.Mark mark = agent.acceptance.mark();
    if (mark.compareTo(witness.mark) < 0) {
      illegal(device, "its mark fell from " + witness.mark + " to " + mark);
    }
    witness.mark = mark;
  }

  /** A device has written this into its journal. */
  void wrote(SimulatedDevice device, Entry entry) {
    Witness witness = witness(device.id());
    if (entry.seq() <= witness.lastEntry) {
      illegal(device, "journal entry " + entry.seq() + " after " + witness.lastEntry);
      return;
    }
    witness.lastEntry = entry.seq();
    State next = next(entry.step(), witness.state);
    if (!mayFollow(entry.step(), witness.state)) {
      illegal(device, entry.step() + " in state " + witness.state);
    }
    if (entry.step() instanceof Step.Confirmed) confirmed(device, entry);
    witness.state = next;
  }

  private void confirmed(SimulatedDevice device, Entry entry) {
    Digest bundle = entry.bundle().orElseThrow();
    Duration served = device.service().served(bundle);
    if (served.compareTo(PROOF) < 0) {
      findings.add(
          Violation.FALSE_SUCCESS,
          device.id() + " confirms " + entry.commandId() + " that it has served for " + served);
      return;
    }
    if (!device.disk().durable(JOURNAL)) {
      illegal(device, "a confirmation that is not durable: " + entry.commandId());
    }
    witness(device.id()).proved.add(entry.commandId());
  }

  // The install protocol (durability reference, section 2), as a table of its own.
  private static boolean mayFollow(Step step, State before) {
    return switch (step) {
      case Step.Accepted _ -> AT_REST.contains(before) || before == State.SHADOWED;
      case Step.Fetched _ -> before == State.ACCEPTED;
      case Step.Verified _ -> before == State.ACCEPTED || before == State.FETCHING;
      case Step.Trial _ -> before == State.VERIFIED;
      case Step.Started _ -> before == State.TRIAL;
      case Step.Confirmed _ -> before == State.TRIAL || before == State.ACCEPTED;
      case Step.Shadowing _ -> before == State.VERIFIED;
      case Step.Shadowed _ -> before == State.SHADOWING;
      case Step.RollingBack _ ->
          before == State.TRIAL || before == State.CONFIRMED || before == State.ROLLING_BACK;
      case Step.RolledBack _ -> before == State.ROLLING_BACK;
      case Step.Failed _ -> !AT_REST.contains(before);
      case Step.Repaired _, Step.Restarted _, Step.Refused _ -> true;
    };
  }

  private static State next(Step step, State before) {
    return switch (step) {
      case Step.Accepted _ -> State.ACCEPTED;
      case Step.Fetched _ -> State.FETCHING;
      case Step.Verified _ -> State.VERIFIED;
      case Step.Trial _, Step.Started _ -> State.TRIAL;
      case Step.Confirmed _ -> State.CONFIRMED;
      case Step.Shadowing _ -> State.SHADOWING;
      case Step.Shadowed _ -> State.SHADOWED;
      case Step.RollingBack _ -> State.ROLLING_BACK;
      case Step.RolledBack _ -> State.ROLLED_BACK;
      case Step.Failed _ -> State.FAILED;
      case Step.Repaired _, Step.Restarted _, Step.Refused _ -> before;
    };
  }

  private void illegal(SimulatedDevice device, String what) {
    findings.add(Violation.ILLEGAL_TRANSITION, device.id() + ": " + what);
  }

  // ---- servers

  /** Looks at what was committed since the last look. */
  void look(CommitLog log) {
    if (!log.anything()) return;
    log.members().forEach(this::member);
    for (CommitLog.RolloutChange change : log.rollouts()) {
      rollout(change);
      boolean completed =
          change.phase().equals("COMPLETED") && !change.beforePhase().equals("COMPLETED");
      if (completed) log.members(change.id(), "confirmed").forEach(this::counted);
    }
    log.desired().forEach(this::desired);
  }

  void rollout(CommitLog.RolloutChange c) {
    if (c.version() != c.beforeVersion() + 1) {
      findings.add(
          Violation.DOUBLE_ADVANCE,
          c.id() + " was decided twice from version " + (c.version() - 1) + ": " + c);
    }
    boolean ends = c.phase().equals("COMPLETED") && !c.beforePhase().equals("COMPLETED");
    boolean advances = c.stage() > c.beforeStage() || ends;
    if (advances && !advanced.add(c.id() + "/" + c.beforeStage())) {
      findings.add(Violation.DOUBLE_ADVANCE, c.id() + " left stage " + c.beforeStage() + " twice");
    }
    if (c.stage() > c.beforeStage() + 1) {
      findings.add(Violation.DOUBLE_ADVANCE, c.id() + " skipped a stage: " + c);
    }
    boolean legal = PHASES.getOrDefault(c.beforePhase(), Set.of()).contains(c.phase());
    if (!legal || c.stage() < c.beforeStage()) {
      findings.add(Violation.ILLEGAL_TRANSITION, c.id() + " " + c);
    }
    aborts(c);
  }

  private void aborts(CommitLog.RolloutChange c) {
    if (c.aborted()) aborted.add(c.id());
    boolean goesOn = !c.phase().equals("ROLLING_BACK") && !c.phase().equals("ROLLED_BACK");
    if (aborted.contains(c.id()) && (!c.aborted() || goesOn)) {
      findings.add(Violation.LOST_ABORT, c.id() + " goes on after its abort: " + c);
    }
  }

  void member(CommitLog.MemberChange c) {
    if (!MEMBERS.getOrDefault(c.before(), Set.of()).contains(c.state())) {
      findings.add(Violation.ILLEGAL_TRANSITION, "member " + c);
    }
    if (c.state().equals("confirmed")) counted(c);
  }

  private void counted(CommitLog.MemberChange c) {
    if (proved(new DeviceId(c.device()), c.command())) return;
    findings.add(
        Violation.FALSE_SUCCESS, c.device() + " is counted confirmed and never proved " + c);
  }

  void desired(CommitLog.DesiredChange c) {
    boolean rises =
        c.keyset() > c.beforeKeyset()
            || (c.keyset() == c.beforeKeyset() && c.counter() > c.beforeCounter());
    if (!rises) findings.add(Violation.ILLEGAL_TRANSITION, "a counter that does not rise: " + c);
  }
}
