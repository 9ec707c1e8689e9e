package dev.hatchery.lab.rehearsal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How one run ended.
 *
 * @param stage index of the stage in which it did
 * @param passed minutes from the start until each stage that passed had done so
 * @param minutes until the end
 * @param devices that were told to switch
 * @param gate that ended it, or that kept its stage from passing; empty where it completed
 * @param why in that gate's words
 * @param left who of the last stage does not run the target
 * @param cost device-steps that it took to simulate
 */
record Ending(
    How how,
    int stage,
    List<Double> passed,
    double minutes,
    int devices,
    long bytes,
    long metered,
    String gate,
    String why,
    Left left,
    long cost) {
  /** The ways in which a run ends. */
  enum How {
    COMPLETED,
    ABORTED,
    /** A stage did not pass in time, and so it failed closed. */
    HELD
  }

  /**
   * Devices that do not run the target, each counted once.
   *
   * @param away not heard of when the fleet was recorded, and taken to stay so
   * @param asleep by their duty
   * @param barred metered, where the plan wants no such link
   * @param waiting for their bytes, their window or their trial
   * @param failed went back alone or could not take the release
   * @param wakes when the first of those asleep wakes
   */
  record Left(int away, int asleep, int barred, int waiting, int failed, Optional<Instant> wakes) {
    int all() {
      return away + asleep + barred + waiting + failed;
    }
  }

  Ending {
    passed = List.copyOf(passed);
  }
}
