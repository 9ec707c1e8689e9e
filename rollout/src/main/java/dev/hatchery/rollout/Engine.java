package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The one function that holds all transitions of a rollout. */
public final class Engine {
  static final String DEADLINE = "deadline";

  private Engine() {}

  /**
   * Plans a rollout: fixes the fleet, its order and the cohorts. Nothing is commanded yet. Refused
   * are an empty fleet, a stage by selector that takes no device, a first stage that is too small
   * for the strata that the spec names, a last stage that leaves devices out, and two gates that
   * set the same limit.
   *
   * @param id at most 96 characters; command ids begin with it
   * @param fleet the devices that the channel, slot and selector take, each once
   * @param seed the same seed and fleet give the same cohorts; the spec's own outranks it
   * @param evidenceUpTo number of the last report before this rollout
   */
  public static Rollout plan(
      String id,
      RolloutSpec spec,
      Digest target,
      Optional<Rollout.Previous> previous,
      Collection<Candidate> fleet,
      long seed,
      long evidenceUpTo,
      Instant now) {
    Cohorts cohorts = Plan.cohorts(id, spec, fleet, seed, previous.isEmpty());
    return new Rollout(
        id,
        spec,
        target,
        previous,
        now,
        cohorts,
        Phase.RUNNING,
        0,
        now,
        evidenceUpTo,
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Consent.NONE,
        Optional.empty(),
        Comparison.NONE,
        Map.of(),
        now);
  }

  /**
   * The devices that may be ordered to switch next: those whose baselines the next evidence has to
   * bring. Empty when there are none left.
   */
  public static List<DeviceId> awaiting(Rollout rollout) {
    if (!rollout.phase().active()) return List.of();
    List<DeviceId> passedBy = Cohort.passedBy(rollout);
    for (int stage = rollout.stage(); stage < rollout.spec().stages().size(); stage++) {
      List<DeviceId> devices = Cohort.unordered(rollout, stage);
      if (devices.isEmpty()) continue;
      List<DeviceId> all = new ArrayList<>(passedBy);
      all.addAll(devices);
      return all;
    }
    return passedBy;
  }

  /** The devices whose duties the next evidence has to bring, where they have one. */
  public static List<DeviceId> sleepers(Rollout rollout) {
    List<DeviceId> all = new ArrayList<>(awaiting(rollout));
    if (rollout.phase().active()) all.addAll(Replacing.candidates(rollout));
    return all.stream().distinct().toList();
  }

  /**
   * The devices of the control whose baselines the next evidence has to bring: all of them, until
   * the first stage is ordered.
   */
  public static List<DeviceId> heldBack(Rollout rollout) {
    boolean kept = !rollout.comparison().control().isEmpty();
    return kept || !rollout.phase().active() ? List.of() : rollout.cohorts().control();
  }

  /** Whether reports of this device are evidence. */
  public static boolean concerns(Rollout rollout, DeviceId device) {
    return rollout.members().containsKey(device)
        || rollout.comparison().control().containsKey(device);
  }

  /**
   * What follows from new evidence and the passing of time. Call it when reports came in, and about
   * once a heartbeat when none did: silence and deadlines are only seen by looking.
   */
  public static Decision decide(Rollout rollout, Evidence evidence, Instant now) {
    var t = new Transition(rollout, now);
    return switch (rollout.phase()) {
      case RUNNING, PAUSED -> {
        // Before what came in is counted: some of it no longer does.
        evidence.restraints().interlock().disturb(t);
        take(t, evidence);
        Overtaken.passBy(t, evidence.takenOver());
        t.inquiries = new Inquiries(t.rollout(), evidence.queries(), now).next();
        yield judge(t, evidence);
      }
      case ROLLING_BACK -> {
        take(t, evidence);
        yield Retreat.continued(t, evidence.takenOver());
      }
      case COMPLETED, ROLLED_BACK -> t.end(List.of(), Standing.over(rollout));
    };
  }

  /**
   * What a comparison with the control would say now, one finding for each margin, or what it
   * lacks; for people. Nothing acts on it: how often it is asked changes no guarantee. Empty where
   * the running stage is not compared, or not yet.
   */
  public static List<Comparison.Finding> soFar(Rollout rollout) {
    return rollout.phase().active() ? Comparing.soFar(rollout) : List.of();
  }

  /**
   * When a member that failed gets a fresh trial by itself; empty for one that has not failed, or
   * is tried again only when an operator says so.
   */
  public static Optional<Instant> nextTrial(Rollout rollout, Member member) {
    if (!rollout.phase().active() || member.state() != Member.State.FAILED) return Optional.empty();
    Duration cooldown = new Retry(rollout.spec().timing()).cooldown(member);
    return Optional.of(member.since().plus(cooldown));
  }

  /**
   * Takes devices up that came to the channel after the rollout was planned. They enter the last
   * stage that has passed, which the next {@link #decide} orders them for; while none has, they
   * wait for the last stage of all. Who is in the rollout already changes nothing. Nobody joins one
   * of a single stage, which has to end some time, nor one that is no longer active or as large as
   * may be: they get what the channel's head comes to be.
   */
  public static Decision join(Rollout rollout, List<DeviceId> devices, Instant now) {
    var t = new Transition(rollout, now);
    Set<DeviceId> known = new HashSet<>(rollout.fleet());
    List<DeviceId> newcomers =
        devices.stream().sorted().filter(known::add).limit(Plan.room(rollout)).toList();
    int shadows = rollout.spec().shadowStages();
    boolean onlyStage = rollout.spec().stages().size() - shadows == 1;
    if (newcomers.isEmpty() || onlyStage || !t.phase.active()) {
      return t.end(List.of(), "nobody joined");
    }
    // A shadow stage that has passed has shown nothing of a device that switches.
    int running = rollout.stage() > shadows ? rollout.stage() : 0;
    t.cohorts = rollout.cohorts().joined(newcomers, running);
    t.say(Standing.joined(rollout, newcomers));
    return t.end(List.of(), "");
  }

  /** What follows from an operator's action; an action that cannot be done now is refused. */
  public static Decision act(Rollout rollout, Action action, Instant now) {
    return Operator.act(new Transition(rollout, now), action);
  }

  private static void take(Transition t, Evidence evidence) {
    Rollout rollout = t.rollout();
    if (evidence.upTo() <= rollout.evidenceUpTo()) return;
    t.evidenceUpTo = evidence.upTo();
    Map<DeviceId, List<Observation>> byDevice = new HashMap<>();
    for (Observation o : evidence.observations()) {
      byDevice.computeIfAbsent(o.device(), d -> new ArrayList<>()).add(o);
    }
    Comparing.take(t, byDevice);
    Intake intake = new Intake(rollout, evidence.takenOver());
    for (Member member : rollout.members().values()) {
      var observations = byDevice.get(member.device());
      if (observations != null) t.put(intake.take(member, observations));
    }
  }

  private static Decision judge(Transition t, Evidence evidence) {
    Comparing.step(t);
    Rollout rollout = t.rollout();
    Judge judge = new Judge(rollout, t.now, evidence.listeningSince(), evidence.queries());
    List<Verdict> verdicts = new ArrayList<>(judge.verdicts());
    t.dryRuns = judge.dryRuns();
    var broken = verdicts.stream().filter(v -> v.kind() == Kind.FAIL).findFirst();
    if (broken.isPresent()) {
      return Retreat.begun(t, broken.get().gate(), broken.get().reason(), verdicts);
    }
    if (t.phase == Phase.RUNNING) {
      Optional<String> lost = Contest.lost(rollout);
      if (lost.isPresent()) return Retreat.begun(t, Contest.GATE, lost.get(), verdicts);
      boolean ordered = Cohort.unordered(rollout, t.stage).isEmpty() && !Approvals.awaited(t);
      if (ordered && Judge.passes(verdicts)) {
        advance(t);
      } else if (overdue(t)) {
        return late(t, verdicts);
      } else {
        freshTrials(t, evidence.restraints());
        for (Member m : Overtaken.letGo(t, evidence)) if (!awaitsSwitch(t, m)) freshTrial(t, m);
      }
      order(t, evidence, verdicts);
    }
    return t.end(verdicts, Standing.of(t.rollout(), verdicts));
  }

  private static boolean overdue(Transition t) {
    Duration most = t.rollout().spec().deadline(t.stage);
    return t.stageTime().compareTo(most) >= 0;
  }

  private static Decision late(Transition t, List<Verdict> verdicts) {
    String reason =
        "stage "
            + Standing.stage(t.rollout())
            + " has not passed within "
            + Words.time(t.rollout().spec().deadline(t.stage))
            + "; "
            + Standing.wanting(verdicts);
    verdicts.add(Judge.verdict(DEADLINE, Kind.FAIL, reason));
    return Retreat.begun(t, DEADLINE, reason, verdicts);
  }

  /** The stage has passed: the next one, or the end. */
  static void advance(Transition t) {
    Rollout rollout = t.rollout();
    t.say(Standing.passed(rollout));
    if (t.stage + 1 < rollout.spec().stages().size()) {
      t.enterStage(t.stage + 1);
      return;
    }
    t.command(new Command.MoveHead());
    t.phase = Phase.COMPLETED;
    t.say(Standing.over(t.rollout()));
  }

  private static void freshTrials(Transition t, Restraints restraints) {
    Retry retry = new Retry(t.rollout().spec().timing());
    for (Member m : t.rollout().members().values()) {
      if (awaitsSwitch(t, m)) continue;
      if (retry.due(m, t.now) && restraints.free(m.device())) freshTrial(t, m);
    }
  }

  // Its stage is over: it is told to switch, and not to try its shadow again.
  private static boolean awaitsSwitch(Transition t, Member member) {
    return t.rollout().shadows(member) && !t.rollout().shadowing();
  }

  static void freshTrial(Transition t, Member failed) {
    Member again = Orders.again(t.rollout(), failed, t.now);
    t.put(again);
    t.command(Orders.command(t.rollout(), again));
    t.say("fresh trial on " + again.device());
  }

  // A stage is ordered as a whole, once enough of it has a past to be compared with.
  private static void order(Transition t, Evidence evidence, List<Verdict> verdicts) {
    Rollout rollout = t.rollout();
    Restraints restraints = evidence.restraints();
    List<DeviceId> stage = Cohort.unordered(rollout, t.stage);
    List<DeviceId> letGo =
        Cohort.passedBy(rollout).stream().filter(d -> !restraints.pins(d)).toList();
    List<DeviceId> devices = new ArrayList<>(letGo);
    stage.stream().filter(d -> !restraints.pins(d)).forEach(devices::add);
    restraints.pinned(rollout).ifPresent(verdicts::add);
    if (t.phase != Phase.RUNNING) return;
    restraints.interlock().keep(devices, verdicts);
    boolean interlocked = Interlock.holds(verdicts);
    if (stage.isEmpty() && letGo.isEmpty() && !Approvals.awaited(t)) {
      t.waitsForPeople(interlocked);
      return;
    }
    Optional<Verdict> people = Approvals.hold(t).or(() -> restraints.freeze(devices));
    Optional<Verdict> held = restraints.held(devices);
    Optional<Verdict> kept = Keeping.hold(t);
    t.waitsForPeople(people.isPresent() || held.isPresent() || interlocked || kept.isPresent());
    kept.ifPresent(verdicts::add);
    people.ifPresent(verdicts::add);
    held.ifPresent(verdicts::add);
    var early =
        evidence
            .preparing()
            .hold(rollout, t.now)
            .or(() -> new Inquiries(rollout, evidence.queries(), t.now).hold());
    // Who stands in is ordered by the next look, which brings its past.
    if (people.isEmpty() && early.isEmpty() && Replacing.step(t, evidence)) return;
    var unready = early.or(() -> Past.hold(rollout, evidence.baselines()));
    unready.ifPresent(verdicts::add);
    if (people.isPresent() || unready.isPresent() || kept.isPresent()) return;
    Approvals.begin(t);
    Comparing.hold(t, evidence.baselines());
    passBy(t, stage.stream().filter(restraints::pins).toList());
    List<DeviceId> free = devices.stream().filter(restraints::free).toList();
    if (free.isEmpty()) return;
    for (DeviceId device : free) {
      Baseline past = evidence.baselines().getOrDefault(device, Baseline.NONE);
      Optional<Duty> duty = Optional.ofNullable(evidence.duties().get(device));
      Member member = Orders.first(rollout, device, past, duty, t.now);
      t.put(member);
      t.command(Orders.command(rollout, member));
    }
    t.say(Standing.ordered(rollout, free.size()));
    List<String> sleepers = Replacing.waitedFor(t, free, evidence);
    if (!sleepers.isEmpty()) {
      t.say("nobody like them is awake and free to stand in: " + Words.list(sleepers));
    }
  }

  private static void passBy(Transition t, List<DeviceId> pinned) {
    if (pinned.isEmpty()) return;
    Rollout rollout = t.rollout();
    for (DeviceId device : pinned) {
      Member before = rollout.members().get(device);
      // Its stage is real now: nobody would take its shadow away any more.
      if (before != null && before.state() != Member.State.PINNED) {
        t.command(Orders.withoutShadow(rollout, before));
      }
      t.put(Orders.pinned(rollout, device, t.now));
    }
    t.say(
        "stage "
            + Standing.stage(t.rollout())
            + " goes on without "
            + Words.devices(pinned.size())
            + " that "
            + (pinned.size() == 1 ? "is" : "are")
            + " pinned: "
            + Words.names(pinned));
  }
}
