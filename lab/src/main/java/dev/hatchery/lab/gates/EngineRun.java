package dev.hatchery.lab.gates;

import dev.hatchery.core.DeviceId;
import dev.hatchery.rollout.Baseline;
import dev.hatchery.rollout.Command;
import dev.hatchery.rollout.Decision;
import dev.hatchery.rollout.Duty;
import dev.hatchery.rollout.Engine;
import dev.hatchery.rollout.Evidence;
import dev.hatchery.rollout.Member;
import dev.hatchery.rollout.Observation;
import dev.hatchery.rollout.Phase;
import dev.hatchery.rollout.Preparing;
import dev.hatchery.rollout.Restraints;
import dev.hatchery.rollout.Rollout;
import dev.hatchery.rollout.Tally;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** One rollout led by the real engine, which looks every minute. */
final class EngineRun {
  private final Fleet fleet;
  private final Consumer<String> log;
  private final Instant start;
  private final List<Device> ordered = new ArrayList<>();
  private final Map<DeviceId, Device> byId = new HashMap<>();
  private final Map<DeviceId, Told> tongues = new HashMap<>();
  private Map<DeviceId, Baseline> baselines = Map.of();
  private Map<DeviceId, Duty> duties = Map.of();
  private int baselinesFor = -1;
  private Rollout rollout;
  private long minute;
  private long told;
  private long requests;

  /**
   * @param log takes what was decided, in words
   */
  EngineRun(Fleet fleet, Consumer<String> log) {
    this.fleet = fleet;
    this.log = log;
    start = Setting.MIDNIGHT.plus(Setting.MINUTE.multipliedBy(fleet.startsAt()));
    rollout = Setting.plan(fleet.seed(), start);
  }

  Outcome untilItEnds() {
    while (rollout.phase() == Phase.RUNNING) {
      look();
      minute++;
    }
    return outcome();
  }

  private void look() {
    Instant now = start.plus(Setting.MINUTE.multipliedBy(minute));
    List<Observation> heard = new ArrayList<>(ordered.size());
    for (Device device : ordered) hear(device, now, heard);
    told += heard.size();
    Decision decision = Engine.decide(rollout, evidence(heard), now);
    rollout = decision.next();
    if (decision.notable()) log.accept("minute " + minute + ": " + decision.summary());
    for (Command command : decision.commands()) obey(command);
  }

  private Evidence evidence(List<Observation> heard) {
    return new Evidence(
        told, heard, baselines(), duties, Instant.EPOCH, Preparing.NOTHING, Restraints.NONE);
  }

  private void hear(Device device, Instant now, List<Observation> heard) {
    if (!device.tick(fleet.startsAt() + minute)) return;
    Observation said = tongue(device).say(device, fleet.startsAt() + minute, now);
    if (!said.windows().isEmpty()) requests += said.windows().getFirst().requests();
    heard.add(said);
  }

  private Told tongue(Device device) {
    Told told = tongues.get(device.id());
    if (told == null) throw new AssertionError(device.id() + " was never told to switch");
    return told;
  }

  // The next devices' pasts, put together once for each stage.
  private Map<DeviceId, Baseline> baselines() {
    if (baselinesFor == ordered.size()) return baselines;
    Map<DeviceId, Baseline> next = new HashMap<>();
    Map<DeviceId, Duty> sleepers = new HashMap<>();
    for (DeviceId id : Engine.awaiting(rollout)) {
      next.put(id, device(id).past());
      device(id).duty().ifPresent(duty -> sleepers.put(id, duty));
    }
    baselines = Map.copyOf(next);
    duties = Map.copyOf(sleepers);
    baselinesFor = ordered.size();
    return baselines;
  }

  private Device device(DeviceId id) {
    return byId.computeIfAbsent(id, i -> fleet.device(Setting.number(i)));
  }

  private void obey(Command command) {
    switch (command) {
      case Command.Assign a -> {
        Device device = device(a.device());
        if (device.state() == Device.State.BEFORE) ordered.add(device);
        device.order(fleet.startsAt() + minute);
        tongues.put(a.device(), new Told(a.commandId()));
      }
      case Command.Shadow s -> throw new AssertionError("no setting has shadow stages: " + s);
      case Command.RollBack r -> {}
      case Command.MoveHead m -> {}
      case Command.TakeHeadBack t -> {}
    }
  }

  private Outcome outcome() {
    boolean completed = rollout.phase() == Phase.COMPLETED;
    String gate = rollout.abort().map(Rollout.Abort::gate).orElse("");
    Outcome.End end =
        completed
            ? Outcome.End.COMPLETED
            : gate.equals("deadline") ? Outcome.End.HELD : Outcome.End.ABORTED;
    return new Outcome(
        end,
        rollout.stage(),
        used(gate),
        ordered.size(),
        requests,
        minute,
        rollout.abort().map(a -> a.gate() + ": " + a.reason()).orElse("completed"));
  }

  // The samples of the limit that was broken; where none was, those of the one that had most.
  private long used(String gate) {
    Map<String, Long> samples = new TreeMap<>();
    for (Member m : rollout.members().values()) {
      for (Map.Entry<String, Tally> t : m.tallies().entrySet()) {
        samples.merge(t.getKey(), t.getValue().n(), Long::sum);
      }
    }
    if (samples.containsKey(gate)) return samples.getOrDefault(gate, 0L);
    boolean byRule = !gate.isEmpty() && !gate.equals("deadline");
    return byRule ? 0 : samples.values().stream().mapToLong(Long::longValue).max().orElse(0);
  }
}
