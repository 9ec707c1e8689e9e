package dev.hatchery.lab.rehearsal;

import dev.hatchery.core.Name;
import java.util.List;

/**
 * What a plan would come to. Where not said otherwise, figures are medians over all runs, times are
 * minutes of virtual time.
 *
 * @param devices that the plan takes
 * @param good if the release is as good as the one before
 * @param stages of that same release, in the order of the plan
 * @param faults what comes of a release that is not
 * @param advice what is wrong with the plan or the fleet, in plain words; empty when nothing is
 */
public record Outlook(
    int devices, Good good, List<Stage> stages, List<Fault> faults, List<String> advice) {
  /**
   * A release that is as good as the one before.
   *
   * @param aborted by a gate, so falsely
   * @param held to a stage's deadline
   * @param minutes of those that completed; {@code minutes90} of the slowest tenth of them
   * @param bytes fetched; {@code metered} of them over metered links
   * @param without devices of the fleet that do not have it when it ends
   * @param away of them those that were not heard of when the fleet was recorded; {@code asleep} by
   *     their duty; {@code barred} since they are metered and the plan wants no such link; {@code
   *     waiting} for their bytes, their window or their stage; {@code failed} after all trials
   */
  public record Good(
      int runs,
      int completed,
      int aborted,
      int held,
      double minutes,
      double minutes90,
      long bytes,
      long metered,
      int without,
      int away,
      int asleep,
      int barred,
      int waiting,
      int failed) {}

  /**
   * One of its stages.
   *
   * @param devices of it and of those before
   * @param passed in so many runs
   * @param minutes from the end of the stage before until it has passed
   * @param missed its deadline in so many runs; {@code gate} and {@code why} tell what kept it most
   *     often
   */
  public record Stage(
      Name name,
      int devices,
      int passed,
      double minutes,
      double minutes90,
      int missed,
      String gate,
      String why) {}

  /**
   * A release that ought to be stopped.
   *
   * @param stoppedBy for each stage, in how many runs a gate aborted in it or before
   * @param held in so many runs a stage did not pass in time
   * @param completed in so many runs nothing stopped it
   * @param minutes until the abort, and {@code devices} that were touched by then, of the runs in
   *     which there was one; the most that were touched in any run
   * @param gate that aborted most often
   */
  public record Fault(
      Hypothesis hypothesis,
      int runs,
      List<Integer> stoppedBy,
      int held,
      int completed,
      double minutes,
      int devices,
      int mostDevices,
      String gate) {
    public Fault {
      stoppedBy = List.copyOf(stoppedBy);
    }

    /** In how many runs a gate aborted. */
    public int stopped() {
      return stoppedBy.getLast();
    }
  }

  public Outlook {
    stages = List.copyOf(stages);
    faults = List.copyOf(faults);
    advice = List.copyOf(advice);
  }

  /** Whether a good release would rather complete than not. */
  public boolean completes() {
    return 2 * good.completed >= good.runs;
  }
}
