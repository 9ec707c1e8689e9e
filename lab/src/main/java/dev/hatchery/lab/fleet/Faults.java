package dev.hatchery.lab.fleet;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** What goes wrong, and when; until it all ends. */
final class Faults {
  private static final Duration ENDS = Duration.ofMinutes(1);

  private final Timeline time;
  private final Weather weather;
  private final Servers servers;
  private final List<SimulatedDevice> devices;
  private final RandomGenerator chance;
  private final Set<SimulatedDevice> keptOff = new HashSet<>();

  Faults(
      Timeline time,
      Weather weather,
      Servers servers,
      List<SimulatedDevice> devices,
      RandomGenerator chance) {
    this.time = time;
    this.weather = weather;
    this.servers = servers;
    this.devices = List.copyOf(devices);
    this.chance = chance;
  }

  void begin() {
    every(Duration.ofMinutes(150), weather::change);
    every(Duration.ofHours(8), this::serverDies);
    every(Duration.ofHours(14), this::twoServers);
    Duration each = Duration.ofHours(8).dividedBy(devices.size());
    every(each.multipliedBy(2), () -> cutLine(any()));
    every(each.multipliedBy(2), () -> losePower(any()));
    every(each.multipliedBy(3), () -> any().restart());
    every(each.multipliedBy(3), () -> any().service().crash());
    every(each.multipliedBy(4), () -> jumpClock(any()));
    every(each.multipliedBy(8), () -> silence(any()));
  }

  // Roughly so often, at no time that anything else happens at.
  private void every(Duration pause, Runnable fault) {
    Duration next = Duration.ofMillis(1 + chance.nextLong(2 * pause.toMillis()));
    time.once(
        next,
        () -> {
          if (weather.isCalm()) return;
          fault.run();
          every(pause, fault);
        });
  }

  private SimulatedDevice any() {
    return devices.get(chance.nextInt(devices.size()));
  }

  private Duration upTo(Duration most) {
    return Duration.ofMillis(chance.nextLong(most.toMillis()));
  }

  private void cutLine(SimulatedDevice device) {
    device.line().cut(true);
    time.once(upTo(Duration.ofHours(3)), () -> device.line().cut(false));
  }

  // Now, or within the next effects on its disk: in the middle of whatever it does then.
  private void losePower(SimulatedDevice device) {
    if (!device.on()) return;
    if (chance.nextInt(3) == 0) device.lostPower(upTo(Duration.ofMinutes(30)));
    else device.disk().cutPowerAfter(chance.nextInt(60));
  }

  private void jumpClock(SimulatedDevice device) {
    long seconds =
        chance.nextLong(-Duration.ofDays(3650).toSeconds(), Duration.ofDays(3650).toSeconds());
    device.clock().off(Duration.ofSeconds(chance.nextBoolean() ? seconds : seconds / 100_000));
    time.once(upTo(Duration.ofHours(2)), () -> device.clock().off(Duration.ZERO));
  }

  private void silence(SimulatedDevice device) {
    if (!device.on()) return;
    device.shutDown();
    keptOff.add(device);
    time.once(
        upTo(Duration.ofHours(10)),
        () -> {
          if (keptOff.remove(device)) device.start();
        });
  }

  boolean keepsOff(SimulatedDevice device) {
    return keptOff.contains(device);
  }

  private void serverDies() {
    if (!servers.isUp()) return;
    int how = chance.nextInt(3);
    Duration dark = Duration.ofMinutes(2).plus(upTo(Duration.ofMinutes(40)));
    switch (how) {
      case 0 -> {
        servers.down();
        time.once(dark, servers::up);
      }
      case 1 -> servers.doom(Servers.Doom.BEFORE_COMMIT, dark);
      default -> servers.doom(Servers.Doom.AFTER_COMMIT, dark);
    }
  }

  private void twoServers() {
    servers.overlap();
    time.once(upTo(Duration.ofMinutes(90)), servers::endOverlap);
  }

  /** From now on nothing goes wrong any more, and what is off comes up again. */
  void end() {
    weather.calm();
    time.runUntil(time.nanos() + ENDS.toNanos());
    servers.endOverlap();
    servers.spare();
    servers.up();
    for (SimulatedDevice device : devices) {
      device.line().cut(false);
      device.clock().off(Duration.ZERO);
      device.disk().keepVolatile();
    }
    for (SimulatedDevice device : devices) if (keptOff.remove(device)) device.start();
  }
}
