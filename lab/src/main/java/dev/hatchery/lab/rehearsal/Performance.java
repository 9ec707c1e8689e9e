package dev.hatchery.lab.rehearsal;

import dev.hatchery.core.Approval;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Restraint;
import dev.hatchery.lab.chance.Chance;
import dev.hatchery.rollout.Action;
import dev.hatchery.rollout.Command;
import dev.hatchery.rollout.Decision;
import dev.hatchery.rollout.Engine;
import dev.hatchery.rollout.Evidence;
import dev.hatchery.rollout.Observation;
import dev.hatchery.rollout.Phase;
import dev.hatchery.rollout.Preparing;
import dev.hatchery.rollout.Restraints;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.rollout.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One run: the plan led by the real engine over the recorded fleet, under virtual time. */
final class Performance {
  /** A run of which no end comes in sight is ended: in device-steps. */
  static final long LONGEST = 60_000_000;

  /** What a look costs beside the devices that it is at. */
  private static final int LOOK = 20;

  private static final String APPROVAL = "approval";
  private static final String DEADLINE = "deadline";

  private final Cast cast;
  private final Course course;
  private final Hypothesis hypothesis;
  private final long run;
  private final long seed;
  private final Links links;
  private final Pasts pasts;
  private final Clocks clocks;
  private final Instant start;
  private final List<Device> ordered = new ArrayList<>();
  private final Map<DeviceId, Device> byId = new HashMap<>();
  private final Map<DeviceId, Device> heldBack = new LinkedHashMap<>();
  private final List<Double> passed = new ArrayList<>();
  private Rollout rollout;
  private List<Verdict> verdicts = List.of();
  private List<Verdict> before = List.of();
  private long steps;
  private long told;
  private long cost;

  Performance(Cast cast, Rollout plan, Hypothesis hypothesis, long run, long seed, DataSize rate) {
    this.cast = cast;
    this.hypothesis = hypothesis;
    this.run = run;
    this.seed = Chance.seed(Chance.seed(seed, hypothesis.label().hashCode()), run);
    course = Course.of(cast.recording());
    links = new Links(cast.recording(), rate);
    pasts = new Pasts(cast, course.timing());
    start = cast.recording().at();
    clocks = new Clocks(start);
    rollout = plan;
    // Whatever the release does, it does nothing to those that do not have it yet.
    for (DeviceId id : plan.cohorts().control()) {
      heldBack.put(id, new Device(cast.role(id), course, Hypothesis.AS_GOOD, run, this.seed));
    }
  }

  Ending untilItEnds() {
    while (rollout.phase() == Phase.RUNNING && cost < LONGEST) {
      look();
      clocks.set(start.plus(course.step().multipliedBy(++steps)));
    }
    return ending();
  }

  private void look() {
    cost += LOOK + ordered.size() + heldBack.size();
    List<Observation> heard = hear();
    told += heard.size();
    int stage = rollout.stage();
    Decision decision = Engine.decide(rollout, evidence(heard), clocks.now());
    rollout = decision.next();
    before = verdicts;
    verdicts = decision.verdicts();
    if (rollout.stage() > stage || rollout.phase() == Phase.COMPLETED) passed.add(minutes());
    decision.commands().forEach(this::obey);
    if (holds(APPROVAL)) approve();
  }

  private List<Observation> hear() {
    List<Device> reachable = new ArrayList<>(ordered.size());
    List<Device> fetching = new ArrayList<>();
    for (Device device : heldBack.values()) {
      if (device.reachable(clocks)) reachable.add(device);
    }
    for (Device device : ordered) {
      if (!device.reachable(clocks)) continue;
      reachable.add(device);
      if (device.fetching(clocks)) fetching.add(device);
    }
    links.flow(fetching, course.step(), clocks);
    List<Observation> heard = new ArrayList<>(reachable.size());
    for (Device device : reachable) {
      device.live(clocks);
      device.report(clocks.now()).ifPresent(heard::add);
    }
    return heard;
  }

  private Evidence evidence(List<Observation> heard) {
    pasts.look(rollout, ordered.size(), clocks.now());
    return new Evidence(
        told, heard, pasts.baselines(), pasts.duties(), Instant.EPOCH, preparing(), restraints());
  }

  // Patches that are being made are taken to need all the time that they may.
  private Preparing preparing() {
    Duration wait = cast.recording().deltaWait();
    return wait.isZero() ? Preparing.NOTHING : new Preparing(0, 1, start.plus(wait));
  }

  private Restraints restraints() {
    if (cast.recording().restraints().isEmpty()) return Restraints.NONE;
    Map<DeviceId, String> held = new HashMap<>();
    for (DeviceId id : pasts.awaited()) {
      cast.role(id).held().stream()
          .filter(r -> r.inForce(clocks.now()))
          .findFirst()
          .ifPresent(r -> held.put(id, "is held: " + r.reason()));
    }
    return new Restraints(cast.freeze(clocks.now()).map(Restraint::reason), held);
  }

  private boolean holds(String gate) {
    return verdicts.stream().anyMatch(v -> v.gate().equals(gate) && v.kind() == Verdict.Kind.HOLD);
  }

  private void approve() {
    Optional<Approval> wanted = rollout.spec().stages().get(rollout.stage()).approval();
    int count = wanted.map(Approval::count).orElse(0);
    for (int person = 1; person <= count; person++) {
      var yes = new Action.Approve("person " + person, "");
      rollout = Engine.act(rollout, yes, clocks.now()).next();
    }
  }

  private void obey(Command command) {
    switch (command) {
      case Command.Assign a -> {
        Device device = byId.get(a.device());
        if (device == null) {
          device = new Device(cast.role(a.device()), course, hypothesis, run, seed);
          byId.put(a.device(), device);
          heldBack.remove(a.device());
          ordered.add(device);
        }
        device.order(a.commandId());
      }
      case Command.Shadow s -> throw new AssertionError("refused before: " + s);
      case Command.RollBack r -> {}
      case Command.MoveHead m -> {}
      case Command.TakeHeadBack t -> {}
    }
  }

  private double minutes() {
    return Duration.between(start, clocks.now()).toMillis() / 60_000.0;
  }

  private Ending ending() {
    boolean completed = rollout.phase() == Phase.COMPLETED;
    String gate = rollout.abort().map(Rollout.Abort::gate).orElse("");
    boolean held = rollout.abort().isEmpty() || gate.equals(DEADLINE);
    Optional<Verdict> blocking = completed || !held ? Optional.empty() : blocking();
    return new Ending(
        completed ? Ending.How.COMPLETED : held ? Ending.How.HELD : Ending.How.ABORTED,
        rollout.stage(),
        passed,
        steps * course.step().toMillis() / 60_000.0,
        ordered.size(),
        bytes(false),
        bytes(true),
        blocking.map(Verdict::gate).orElse(gate),
        blocking
            .map(Verdict::reason)
            .or(() -> rollout.abort().map(Rollout.Abort::reason))
            .orElse(""),
        left(),
        cost);
  }

  // By the look before the last: the last one says nothing of what kept devices from being ordered.
  // What is wrong counts before what is missing; of that, devices before their requests.
  private Optional<Verdict> blocking() {
    return first(Verdict.Kind.HOLD).or(() -> first(Verdict.Kind.NO_DATA));
  }

  private Optional<Verdict> first(Verdict.Kind kind) {
    return before.stream()
        .filter(v -> v.kind() == kind)
        .min(Comparator.comparing((Verdict v) -> v.gate().contains(":")));
  }

  private long bytes(boolean meteredOnly) {
    return ordered.stream()
        .filter(d -> !meteredOnly || d.role().metered())
        .mapToLong(d -> d.role().record().bytes() - d.left())
        .sum();
  }

  private Ending.Left left() {
    var tally = new LeftTally(clocks);
    for (DeviceId id : rollout.cohorts().of(rollout.stage())) {
      tally.count(cast.role(id), Optional.ofNullable(byId.get(id)));
    }
    return tally.done();
  }
}
