package dev.hatchery.cli;

import dev.hatchery.core.DataSize;
import dev.hatchery.lab.rehearsal.Outlook;
import dev.hatchery.wire.api.RehearsalView;
import java.util.ArrayList;
import java.util.List;

/** What a rehearsal came to, as people read it. */
final class RehearsalText {
  private static final int HOUR = 60;
  private static final int DAY = 24 * HOUR;

  private RehearsalText() {}

  static List<String> lines(RehearsalView view, Outlook outlook, long seed) {
    List<String> lines = new ArrayList<>();
    Outlook.Good good = outlook.good();
    lines.add(
        view.release()
            + " for "
            + devices(outlook.devices())
            + ", rehearsed as "
            + view.rollout()
            + " with seed "
            + seed);
    if (!view.refused().isEmpty()) lines.add("  STOP  it could not be started: " + view.refused());
    lines.add("if the release is as good as the one before, " + end(good));
    outlook.stages().forEach(stage -> lines.add(stage(stage, good.runs())));
    lines.add("  " + bytes(good));
    if (good.without() > 0) lines.add("  " + without(good));
    lines.add("if it is not, and");
    outlook.faults().forEach(fault -> lines.add(fault(fault, outlook)));
    outlook.advice().forEach(line -> lines.add("  → " + line));
    lines.add("approvals are taken as given at once; docs/rollout.md says what else is assumed");
    return lines;
  }

  private static String end(Outlook.Good good) {
    return "it completes in "
        + of(good.completed(), good.runs())
        + (good.completed() == 0
            ? ""
            : ", after " + time(good.minutes()) + slowest(good.minutes(), good.minutes90()))
        + (good.aborted() == 0 ? "" : "; aborted in " + good.aborted())
        + (good.held() == 0 ? "" : "; misses a deadline in " + good.held());
  }

  private static String stage(Outlook.Stage stage, int runs) {
    return "  "
        + (stage.passed() == runs ? "ok    " : stage.missed() > 0 ? "LATE  " : "      ")
        + stage.name()
        + ", "
        + devices(stage.devices())
        + ": "
        + (stage.passed() == 0
            ? "does not pass"
            : "passes after " + time(stage.minutes()) + slowest(stage.minutes(), stage.minutes90()))
        + (stage.missed() == 0
            ? ""
            : "; misses its deadline in " + of(stage.missed(), runs) + ", kept by " + stage.gate());
  }

  private static String bytes(Outlook.Good good) {
    return new DataSize(good.bytes()).human()
        + " to fetch"
        + (good.metered() == 0
            ? ""
            : ", " + new DataSize(good.metered()).human() + " of it over metered links");
  }

  private static String without(Outlook.Good good) {
    List<String> parts = new ArrayList<>();
    if (good.away() > 0) parts.add(good.away() + " away");
    if (good.asleep() > 0) parts.add(good.asleep() + " asleep");
    if (good.barred() > 0) parts.add(good.barred() + " metered and barred");
    if (good.waiting() > 0) parts.add(good.waiting() + " still waiting");
    if (good.failed() > 0) parts.add(good.failed() + " failed");
    return devices(good.without())
        + " without it when it ends"
        + (parts.isEmpty() ? "" : ": " + String.join(", ", parts));
  }

  private static String fault(Outlook.Fault fault, Outlook outlook) {
    var text = new StringBuilder("  ");
    text.append(fault.hypothesis().words()).append(": ");
    if (fault.stopped() == 0) return text + "not stopped in " + fault.runs() + " runs";
    text.append("stopped");
    int before = 0;
    for (int i = 0; i < outlook.stages().size(); i++) {
      int by = fault.stoppedBy().get(i);
      if (by == before) continue;
      text.append(before == 0 ? " in " : ", by ")
          .append(outlook.stages().get(i).name())
          .append(' ')
          .append(percent(by, fault.runs()));
      before = by;
    }
    text.append(" after ").append(time(fault.minutes())).append(" on ");
    text.append(devices(fault.devices()));
    if (fault.mostDevices() > fault.devices()) {
      text.append(", at most ").append(fault.mostDevices());
    }
    return text + ", mostly by " + fault.gate();
  }

  private static String slowest(double median, double ninth) {
    return time(median).equals(time(ninth)) ? "" : " (nine in ten within " + time(ninth) + ")";
  }

  private static String of(int count, int runs) {
    return count + " of " + (runs == 1 ? "1 run" : runs + " runs");
  }

  private static String percent(int count, int runs) {
    return Math.round(100.0 * count / runs) + "%";
  }

  /** {@code 42m}, {@code 3h 10m}, {@code 2d 4h}. */
  static String time(double minutes) {
    long all = Math.round(minutes);
    if (minutes < 1) return Math.round(minutes * HOUR) + "s";
    if (all < HOUR) return all + "m";
    if (all < DAY) return all / HOUR + "h" + (all % HOUR == 0 ? "" : " " + all % HOUR + "m");
    long hours = Math.round(minutes / HOUR);
    return hours / 24 + "d" + (hours % 24 == 0 ? "" : " " + hours % 24 + "h");
  }

  private static String devices(int n) {
    return n == 1 ? "1 device" : n + " devices";
  }
}
