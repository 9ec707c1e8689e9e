package dev.hatchery.lab.rehearsal;

import dev.hatchery.core.DataSize;
import java.time.Duration;

/** What no record says of a device, and is taken to be so. docs/rollout.md tells all of it. */
final class Assumed {
  /** A second, where neither the plan nor a limit says less: 16 Mbit/s. */
  static final DataSize RATE = DataSize.mib(2);

  /** From the start of a service until it is ready. */
  static final Duration START = Duration.ofSeconds(20);

  /** Where no device of the fleet has a past: requests a minute, the share that fails, seconds. */
  static final double REQUESTS = 20;

  static final double ERRORS = 0.01;
  static final double MEDIAN = 0.020;
  static final double SIGMA = 0.4;

  // The four below are those of docs/gates.md.

  /** The share of devices whose first trial fails though the release is good. */
  static final double FLAKY = 0.002;

  /** The share of devices on which every trial fails, whatever the release. */
  static final double BROKEN = 0.0005;

  /** The share of devices that cannot take a release at all: no space, say. */
  static final double STUCK = 0.002;

  /** How likely a device loses its network in a minute; it is back after a while. */
  static final double LOST = 1e-4;

  static final int MAX_LOST_MINUTES = 10;

  /** An idle device that has missed so many of its reports in a row is away. */
  static final int MISSED_REPORTS = 3;

  private Assumed() {}
}
