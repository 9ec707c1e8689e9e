package dev.hatchery.lab.fleet;

import java.util.random.RandomGenerator;

/** How bad the network is. It changes from hour to hour, until it is calm for good. */
final class Weather {
  private final RandomGenerator chance;
  private boolean calm;
  private double loss;
  private double late;
  private double twice;
  private double stale;
  private double spoilt;

  Weather(RandomGenerator chance) {
    this.chance = chance;
    change();
  }

  /** Other weather. */
  void change() {
    if (calm) return;
    double force = chance.nextInt(4) / 3.0;
    loss = 0.3 * force * force;
    late = 0.1 * force;
    twice = 0.1 * force;
    stale = 0.05 * force;
    spoilt = 0.02 * force;
  }

  /** From now on nothing is lost. */
  void calm() {
    calm = true;
    loss = 0;
    late = 0;
    twice = 0;
    stale = 0;
    spoilt = 0;
  }

  boolean isCalm() {
    return calm;
  }

  boolean loses() {
    return chance.nextDouble() < loss;
  }

  /** It comes long after its sender has given up. */
  boolean delays() {
    return chance.nextDouble() < late;
  }

  boolean doubles() {
    return chance.nextDouble() < twice;
  }

  /** An answer of before comes instead. */
  boolean repeats() {
    return chance.nextDouble() < stale;
  }

  boolean spoils() {
    return chance.nextDouble() < spoilt;
  }
}
