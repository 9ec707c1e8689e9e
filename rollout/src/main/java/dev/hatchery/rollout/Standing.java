package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Where a rollout stands, in one sentence for people. */
final class Standing {
  private Standing() {}

  static String stage(Rollout rollout) {
    return rollout.spec().stages().get(rollout.stage()).name().value();
  }

  static String of(Rollout rollout, List<Verdict> verdicts) {
    String holds = reasons(verdicts, Kind.HOLD);
    String how =
        rollout.phase() == Phase.PAUSED ? " is paused" : holds.isEmpty() ? " runs" : " holds";
    String why = holds.isEmpty() ? reasons(verdicts, Kind.NO_DATA) : holds;
    return "stage " + stage(rollout) + how + (why.isEmpty() ? "" : ": " + why);
  }

  /** What keeps a stage from passing. */
  static String wanting(List<Verdict> verdicts) {
    String holds = reasons(verdicts, Kind.HOLD);
    String missing = reasons(verdicts, Kind.NO_DATA);
    if (holds.isEmpty()) return missing.isEmpty() ? "its devices were not ordered" : missing;
    return missing.isEmpty() ? holds : holds + "; " + missing;
  }

  private static String reasons(List<Verdict> verdicts, Kind kind) {
    return verdicts.stream()
        .filter(v -> v.kind() == kind)
        .map(v -> v.gate() + ": " + v.reason())
        .collect(Collectors.joining("; "));
  }

  /** {@code canary passes: 2 of 2 devices, 412 requests, soak 20s}. */
  static String passed(Rollout rollout) {
    var members = Cohort.judged(rollout);
    Duration soak =
        members.stream()
            .filter(m -> m.state() == Member.State.CONFIRMED)
            .map(Member::observed)
            .min(Duration::compareTo)
            .orElse(Duration.ZERO);
    return "stage "
        + stage(rollout)
        + " passes: "
        + members.stream().filter(m -> m.state() == Member.State.CONFIRMED).count()
        + " of "
        + Words.devices(members.size())
        + ", "
        + members.stream().mapToLong(Member::requests).sum()
        + " requests, soak "
        + Words.time(soak);
  }

  static String ordered(Rollout rollout, int devices) {
    boolean first =
        rollout.members().values().stream().noneMatch(m -> rollout.shadows(m) == shadows(rollout));
    return devices
        + (first ? "" : " more")
        + (devices == 1 ? " device" : " devices")
        + (shadows(rollout) ? " told to run a shadow of " : " told to switch to ")
        + rollout.spec().release()
        + " for stage "
        + stage(rollout);
  }

  private static boolean shadows(Rollout rollout) {
    return rollout.shadowing();
  }

  static String joined(Rollout rollout, List<DeviceId> newcomers) {
    boolean passed = rollout.stage() > rollout.spec().shadowStages();
    var stages = rollout.spec().stages();
    var stage = passed ? stages.get(rollout.stage() - 1) : stages.getLast();
    return Words.devices(newcomers.size())
        + " joined the channel ("
        + Words.names(newcomers)
        + "): "
        + (passed
            ? "into stage " + stage.name() + ", which has passed"
            : "waiting for stage " + stage.name());
  }

  /**
   * @param takenOver how many are not back and were ordered something newer
   */
  static String goingBack(Rollout rollout, int takenOver) {
    if (rollout.phase().over()) return over(rollout);
    return back(rollout) + (takenOver == 0 ? "" : "; something newer was ordered for " + takenOver);
  }

  private static String back(Rollout rollout) {
    long back = count(rollout, Member.State.ROLLED_BACK);
    int touched = rollout.touched().size();
    if (rollout.touched().stream().allMatch(rollout::shadows)) {
      return "the shadow is gone from "
          + (back == touched ? "all " : back + " of ")
          + Words.devices(touched)
          + ", which served "
          + rollout.previous().orElseThrow().release()
          + " throughout";
    }
    return (back == touched ? "all " : back + " of ")
        + Words.devices(touched)
        + " are back on "
        + rollout.previous().orElseThrow().release();
  }

  static String over(Rollout rollout) {
    long running = count(rollout, Member.State.CONFIRMED);
    if (rollout.phase() == Phase.COMPLETED) {
      return rollout.spec().release()
          + " is on "
          + running
          + " of "
          + Words.devices(rollout.fleet().size())
          + " and is the head of "
          + rollout.spec().channel();
    }
    long bytes = rollout.members().values().stream().mapToLong(Member::bytesForRollback).sum();
    if (rollout.previous().isEmpty() || rollout.touched().isEmpty()) {
      return rollout.spec().release() + " was aborted; there was nothing to go back";
    }
    boolean all = count(rollout, Member.State.ROLLED_BACK) == rollout.touched().size();
    return back(rollout)
        + ", "
        + bytes
        + " bytes downloaded for it"
        + (all ? "" : "; something newer was ordered for the others");
  }

  private static long count(Rollout rollout, Member.State state) {
    return rollout.members().values().stream().filter(m -> m.state() == state).count();
  }
}
