package dev.hatchery.lab.gates;

import dev.hatchery.lab.chance.Chance;

/**
 * The fleet of one run: the same devices whoever asks.
 *
 * @param startsAt the minute of the day at which the rollout begins
 */
record Fleet(Scenario scenario, long run, long seed, long startsAt) {
  private static final int DAY = 24 * 60;

  static Fleet of(Scenario scenario, long seed, long run) {
    long own = Chance.seed(Chance.seed(seed, scenario.label().hashCode()), run);
    return new Fleet(scenario, run, own, new Chance(own).below(DAY));
  }

  Device device(int number) {
    return new Device(number, scenario, run, seed);
  }
}
