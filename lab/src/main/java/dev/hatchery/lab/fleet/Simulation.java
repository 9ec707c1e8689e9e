package dev.hatchery.lab.fleet;

import dev.hatchery.agent.api.Identity;
import dev.hatchery.bundle.sign.Signatures;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Labels;
import dev.hatchery.core.Secret;
import dev.hatchery.wire.api.RolloutView;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * One fleet from its first device to the end, out of one seed: days with faults, and then, if asked
 * for, calm until everything has come to rest, and one healthy rollout after that.
 */
final class Simulation implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofDays(6);
  private static final Duration TICK = Duration.ofMinutes(10);
  private static final Duration WINDOW = Duration.ofHours(36);
  private static final String AWAKE = "06.00-22.00";

  private final FleetSetting setting;
  private final Timeline time = new Timeline();
  private final Findings findings = new Findings(time);
  private final Observer observer = new Observer(findings);
  private final RandomGenerator chance;
  private final Weather weather;
  private final Servers servers;
  private final CommitLog log;
  private final Operators operators;
  private final List<SimulatedDevice> devices = new ArrayList<>();
  private final Faults faults;
  private final Map<Digest, Nature> natures = new HashMap<>();
  private double deviceHours;
  private int runs;
  private int completed;

  Simulation(FleetSetting setting, Depot depot, long seed, Tampering tampering) {
    this.setting = setting;
    this.chance = new SplittableRandom(seed);
    this.weather = new Weather(chance);
    Signatures signatures =
        switch (setting.signing()) {
          case CHEAP -> depot.cheapSignatures();
          case REAL -> Signatures.REAL;
        };
    this.servers = new Servers(time, depot, signatures, tampering::database, chance, this::looked);
    this.log = new CommitLog(servers.storage());
    List<DeviceId> ids = new ArrayList<>();
    for (int n = 0; n < setting.devices(); n++) ids.add(new DeviceId("cam-" + n));
    List<Depot.Release> releases = depot.releases();
    this.operators = new Operators(time, servers, ids, releases, chance);
    natures(releases);
    Secret token = operators.enrolmentToken();
    var world =
        new SimulatedDevice.World(time, servers, weather, depot.trust(), signatures, observer);
    for (int n = 0; n < ids.size(); n++) {
      DeviceId id = ids.get(n);
      devices.add(
          new SimulatedDevice(
              world,
              new Identity(id, depot.key(n), signatures),
              labels(n),
              token,
              n % 10 == 3,
              digest -> natures.getOrDefault(digest, Nature.GOOD),
              chance,
              told -> tampering.told(id, told)));
    }
    this.faults = new Faults(time, weather, servers, devices, chance);
  }

  // The first release is good, so that there is something to go back to, and so is the last.
  private void natures(List<Depot.Release> releases) {
    Nature[] all = Nature.values();
    for (int n = 1; n < releases.size() - 1; n++) {
      Nature nature = chance.nextInt(5) < 2 ? Nature.GOOD : all[chance.nextInt(all.length)];
      natures.put(releases.get(n).digest(), nature);
    }
  }

  private Labels labels(int n) {
    Map<String, String> labels = new TreeMap<>();
    labels.put("site", "site-" + n % 3);
    if (n % 7 == 5) labels.put(Labels.AWAKE, AWAKE);
    return new Labels(labels);
  }

  private void looked() {
    observer.look(log);
  }

  FleetResult run() {
    join();
    operators.rollOut("[{name: all, percent: 100, soak: 10m}]", "");
    faults.begin();
    every(Duration.ofHours(2), this::people);
    Duration end = Duration.ofDays(setting.days());
    while (Duration.ofNanos(time.nanos()).compareTo(end) < 0) tick();
    if (setting.mode() == FleetSetting.Mode.LIVENESS) calm();
    looked();
    return result();
  }

  private void join() {
    for (SimulatedDevice device : devices) {
      boolean late = chance.nextInt(6) == 0;
      Duration when = late ? Duration.ofMinutes(chance.nextInt(20 * 60)) : Duration.ofSeconds(30);
      time.once(when, device::start);
    }
    tick();
  }

  private void every(Duration pause, Runnable action) {
    time.once(
        pause,
        () -> {
          if (weather.isCalm()) return;
          action.run();
          every(pause, action);
        });
  }

  private void people() {
    operators.act();
  }

  private void tick() {
    for (SimulatedDevice device : devices) if (device.on()) deviceHours += TICK.toMinutes() / 60.0;
    time.runUntil(time.nanos() + TICK.toNanos());
    devices.forEach(this::sleepOrWake);
    devices.forEach(d -> d.agent().ifPresent(agent -> observer.marked(d, agent)));
  }

  private void sleepOrWake(SimulatedDevice device) {
    if (device.labels().get(Labels.AWAKE).isEmpty()) return;
    int hour = time.instant().atZone(ZoneOffset.UTC).getHour();
    boolean awake = hour >= 6 && hour < 22;
    if (!awake && device.on()) device.shutDown();
    if (awake && !device.on() && !faults.keepsOff(device)) device.start();
  }

  // ---- the end

  private void calm() {
    faults.end();
    Secret token = operators.enrolmentToken();
    devices.forEach(device -> device.invite(token));
    operators.letGo();
    if (!comesToRest()) return;
    healthyRollout();
  }

  private boolean comesToRest() {
    Duration waited = Duration.ZERO;
    List<String> open = open();
    while (!open.isEmpty() && waited.compareTo(PATIENCE) < 0) {
      for (int i = 0; i < 6; i++) tick();
      waited = waited.plus(TICK.multipliedBy(6));
      operators.letGo();
      open = open();
    }
    open.forEach(what -> findings.add(Violation.NOT_CONVERGED, what));
    new Rest(log, servers, devices)
        .lostAborts()
        .forEach(w -> findings.add(Violation.LOST_ABORT, w));
    return open.isEmpty();
  }

  private List<String> open() {
    looked();
    return new Rest(log, servers, devices).open();
  }

  private void healthyRollout() {
    Optional<RolloutView> started = lastRollout();
    if (started.isEmpty()) return;
    runs++;
    Duration waited = Duration.ZERO;
    String id = started.get().id();
    while (phase(id).isEmpty() && waited.compareTo(WINDOW) < 0) {
      tick();
      waited = waited.plus(TICK);
    }
    if (phase(id).equals(Optional.of("COMPLETED"))) completed++;
    comesToRest();
  }

  private Optional<RolloutView> lastRollout() {
    operators.skipToLast();
    return operators.rollOut(
        "[{name: canary, count: 1, soak: 20m}, {name: half, percent: 50, soak: 20m},"
            + " {name: all, percent: 100, soak: 20m}]",
        "");
  }

  private Optional<String> phase(String id) {
    return log.standings().stream()
        .filter(s -> s.id().equals(id))
        .map(CommitLog.Standing::phase)
        .filter(p -> p.equals("COMPLETED") || p.equals("ROLLED_BACK"))
        .findFirst();
  }

  private FleetResult result() {
    return new FleetResult(
        time.steps(),
        deviceHours,
        log.reports(),
        findings.counts(),
        runs,
        completed,
        findings.told());
  }

  @Override
  public void close() {
    servers.close();
  }
}
