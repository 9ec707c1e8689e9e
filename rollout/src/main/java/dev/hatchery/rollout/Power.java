package dev.hatchery.rollout;

import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.LongPredicate;

/**
 * What a limit's trials are able to tell by now, and how many more would tell more. Words stand on
 * it and no decision does, so the figures may be rough: every further trial is taken to be good,
 * and to come as fast as those before.
 *
 * @param threshold the e-value from which the limit is broken
 * @param leftOut how many of the worst devices do not count
 */
record Power(Processes processes, Mixture mixture, double threshold, int leftOut) {
  /** With more devices than these, working it out at each look would cost more than it is worth. */
  static final int DEVICES_MAX = 200;

  /** Whoever needs more than these will not wait for them. */
  static final long TRIALS_MAX = 1 << 20;

  /**
   * One device's trials.
   *
   * @param inStage those since the running stage began
   */
  record Trials(double p0, Tally all, Tally inStage) {}

  /**
   * The smallest share of bad trials that so many trials a device show, if it is the same on all
   * devices; empty when they are too few to show anything.
   */
  OptionalDouble shownFrom(double p0, long n) {
    long least = least(n, k -> broken(p0, new Tally(n, k)));
    return least > n ? OptionalDouble.empty() : OptionalDouble.of(least / (double) n);
  }

  private boolean broken(double p0, Tally tally) {
    double log = processes.logE(p0, tally);
    return tally.k() > p0 * tally.n() && mixture.logE(log, log) >= Math.log(threshold);
  }

  /**
   * How many more good trials on each of these devices bring the mean of all below an e-value.
   *
   * @param silent devices that have no trials, and stay without
   */
  OptionalLong until(double below, List<Trials> devices, int silent) {
    if (devices.isEmpty() || devices.size() + silent > DEVICES_MAX) return OptionalLong.empty();
    LongPredicate enough = more -> mean(devices, silent, more) < Math.log(below);
    long high = 1;
    while (high < TRIALS_MAX && !enough.test(high)) high *= 2;
    if (!enough.test(high)) return OptionalLong.empty();
    return OptionalLong.of(least(high, enough));
  }

  private double mean(List<Trials> devices, int silent, long more) {
    double[] logs = new double[devices.size() + silent];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = i < devices.size() ? after(devices.get(i), more) : mixture.logE(0, 0);
    }
    return EProcess.logMean(logs, leftOut);
  }

  private double after(Trials device, long more) {
    return mixture.logE(
        processes.logE(device.p0, device.all.plus(more, 0)),
        processes.logE(device.p0, device.inStage.plus(more, 0)));
  }

  // The smallest number up to most that fulfils what all larger ones fulfil; most + 1 if none does.
  private static long least(long most, LongPredicate fulfils) {
    long low = 0;
    long high = most + 1;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (middle > most || fulfils.test(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** How long so many more take, as long as they come as fast as those that came in this time. */
  static OptionalLong seconds(long more, long seen, Duration time) {
    if (seen <= 0 || !time.isPositive()) return OptionalLong.empty();
    return OptionalLong.of((long) Math.ceil(more * (time.toMillis() / 1e3) / seen));
  }
}
