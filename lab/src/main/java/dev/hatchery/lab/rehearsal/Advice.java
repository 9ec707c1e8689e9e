package dev.hatchery.lab.rehearsal;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Durations;
import dev.hatchery.core.Gate;
import dev.hatchery.core.Name;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.RolloutSpec.Timing;
import dev.hatchery.lab.rehearsal.Ending.How;
import dev.hatchery.lab.rehearsal.Ending.Left;
import dev.hatchery.rollout.Baseline;
import dev.hatchery.rollout.Coverage;
import dev.hatchery.rollout.Rollout;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** What is wrong with a plan or its fleet, and what to do, in plain words. */
final class Advice {
  /** A good release may fail in so many runs before it is worth a word. */
  private static final double FEW = 0.01;

  /** A fault may leave the first stage so often. */
  private static final double SOME = 0.1;

  private final Cast cast;
  private final Rollout plan;
  private final Outlook outlook;
  private final List<Ending> good;
  private final List<String> lines = new ArrayList<>();

  Advice(Cast cast, Rollout plan, Outlook outlook, List<Ending> good) {
    this.cast = cast;
    this.plan = plan;
    this.outlook = outlook;
    this.good = good;
  }

  List<String> lines() {
    freeze();
    unrecorded();
    away();
    pasts();
    deadlines();
    falseAborts();
    outlook.faults().forEach(this::power);
    barred();
    return lines;
  }

  private void freeze() {
    cast.freeze(cast.recording().at())
        .ifPresent(
            r ->
                lines.add(
                    "a freeze is in force until "
                        + r.until()
                            .map(u -> u.truncatedTo(ChronoUnit.SECONDS).toString())
                            .orElse("")
                        + ": nobody is ordered anything before"));
  }

  private void unrecorded() {
    int n = cast.unrecorded();
    if (n == 0) return;
    lines.add(
        n == outlook.devices()
            ? "nothing is on record of how these devices work: 20 requests a minute, 1% errors and"
                + " a median of 20ms are assumed; times and power are no better than that"
            : n
                + " of "
                + devices(outlook.devices())
                + " have nothing on record: each is taken to work like another one of the fleet");
  }

  private void away() {
    Predicate<Cast.Role> away = Cast.Role::away;
    long all = cast.roles().stream().filter(away).count();
    if (all == 0) return;
    long canaries = first().stream().map(cast::role).filter(away).count();
    lines.add(
        all
            + " of "
            + devices(outlook.devices())
            + " have not been heard of for more than "
            + Durations.format(cast.recording().patience())
            + " and are taken to stay away"
            + (canaries == 0
                ? ""
                : ", " + canaries + " of the " + first().size() + " of stage " + name(0))
            + ": see to them, or leave them out with a selector");
  }

  private void pasts() {
    boolean ratios = plan.spec().gates().stream().anyMatch(Gate::hasRatio);
    if (!ratios || !cast.compares()) return;
    for (int stage = 0; stage < plan.spec().stages().size(); stage++) {
      List<DeviceId> devices = plan.cohorts().of(stage);
      long without = devices.stream().filter(id -> wanting(id).isPresent()).count();
      if (without == 0) continue;
      lines.add(past(stage, devices, without));
      return;
    }
  }

  private String past(int stage, List<DeviceId> devices, long without) {
    int need = plan.spec().quorum(stage, devices.size());
    String start =
        "no baseline on "
            + without
            + " of "
            + devices(devices.size())
            + " of stage "
            + name(stage)
            + ": ";
    if (devices.size() - without >= need) {
      return start + "the gates with a ratio cannot judge them, only those with a limit can";
    }
    List<Duration> waits = devices.stream().map(id -> wait(id)).sorted().toList();
    Duration wait = waits.get(need - 1);
    return start
        + "the stage is not ordered before "
        + need
        + " of them have one, "
        + (wait.compareTo(NEVER) >= 0
            ? "which never comes as they are"
            : "about " + hours(wait) + " from now")
        + "; or give its gates a limit instead of a ratio";
  }

  private static final Duration NEVER = Duration.ofDays(3650);

  private Duration wait(DeviceId id) {
    return wanting(id).orElse(Duration.ZERO);
  }

  // How long until a device has the past that a ratio needs; absent where it has.
  private Optional<Duration> wanting(DeviceId id) {
    Cast.Role role = cast.role(id);
    Baseline past = role.record().past();
    Timing timing = plan.spec().timing();
    long requests = timing.baselineRequests() - past.requests();
    Duration span = timing.baselineAge().minus(past.span());
    if (requests <= 0 && !span.isPositive()) return Optional.empty();
    double rate = role.workload().requestsPerMinute() * role.awakeShare();
    if (role.away() || (requests > 0 && rate <= 0)) return Optional.of(NEVER);
    Duration counting =
        requests <= 0 ? Duration.ZERO : Duration.ofMinutes((long) Math.ceil(requests / rate));
    return Optional.of(counting.compareTo(span) > 0 ? counting : span);
  }

  private void deadlines() {
    for (int i = 0; i < outlook.stages().size(); i++) {
      Outlook.Stage stage = outlook.stages().get(i);
      if (stage.missed() == 0) continue;
      int index = i;
      Optional<Ending> usual =
          Summary.usual(
              Summary.of(good, How.HELD).stream().filter(e -> e.stage() == index).toList());
      lines.add(
          "stage "
              + stage.name()
              + " misses its deadline of "
              + Durations.format(plan.spec().deadline(i))
              + " in "
              + stage.missed()
              + " of "
              + outlook.good().runs()
              + " runs: "
              + stage.gate()
              + ": "
              + stage.why()
              + usual.map(Ending::left).map(left -> who(left, stage.devices())).orElse(""));
    }
  }

  private static String who(Left left, int of) {
    List<String> parts = new ArrayList<>();
    if (left.asleep() > 0) {
      parts.add(
          left.asleep()
              + " sleep"
              + left.wakes().map(at -> " until " + at.truncatedTo(ChronoUnit.MINUTES)).orElse(""));
    }
    if (left.away() > 0) parts.add(left.away() + " are away");
    if (left.barred() > 0) parts.add(left.barred() + " are metered and barred");
    if (left.waiting() > 0) parts.add(left.waiting() + " wait for bytes, window or trial");
    if (left.failed() > 0) parts.add(left.failed() + " have failed");
    return parts.isEmpty()
        ? ""
        : "; of its " + devices(of) + " " + String.join(", ", parts) + " then";
  }

  private void falseAborts() {
    Outlook.Good figures = outlook.good();
    if (figures.aborted() <= FEW * figures.runs()) return;
    Summary.usual(Summary.of(good, How.ABORTED))
        .ifPresent(
            e ->
                lines.add(
                    "a release as good as the one before is aborted in "
                        + figures.aborted()
                        + " of "
                        + figures.runs()
                        + " runs, for example by "
                        + e.gate()
                        + ": "
                        + e.why()));
  }

  private void power(Outlook.Fault fault) {
    int unstopped = fault.runs() - fault.stopped();
    if (unstopped > 0) {
      lines.add(
          "a release that "
              + fault.hypothesis().words()
              + " is not stopped in "
              + of(unstopped, fault)
              + (fault.held() == 0 ? "" : " (" + fault.held() + " end at a deadline)")
              + remedy(fault.hypothesis()));
    }
    if (fault.hypothesis() == Hypothesis.FAULT_TENTH) partly(fault);
    else wholly(fault, fault.runs() - fault.stoppedBy().getFirst(), unstopped);
  }

  private void wholly(Outlook.Fault fault, int left, int unstopped) {
    if (left <= unstopped || left <= FEW * fault.runs()) return;
    lines.add(
        "a release that "
            + fault.hypothesis().words()
            + " leaves stage "
            + name(0)
            + " unseen in "
            + of(left, fault)
            + ": a longer soak or more canaries find it there");
  }

  // The stage that chance has drawn tells what it can show; a selector's stage may come before it.
  private void partly(Outlook.Fault fault) {
    Optional<Coverage> coverage = plan.cohorts().coverage();
    int stage = coverage.map(c -> index(c.stage())).orElse(0);
    int left = fault.runs() - fault.stoppedBy().get(stage);
    if (left <= SOME * fault.runs()) return;
    lines.add(
        "stage "
            + name(stage)
            + " of "
            + devices(plan.cohorts().sizes().get(stage))
            + ": "
            + coverage.map(Coverage::missed).orElse("it may miss a fault")
            + "; here such a fault left it in "
            + of(left, fault)
            + ": more canaries, or strata that tell the devices apart, find more");
  }

  private int index(Name stage) {
    List<RolloutSpec.Stage> stages = plan.spec().stages();
    return IntStream.range(0, stages.size())
        .filter(i -> stages.get(i).name().equals(stage))
        .findFirst()
        .orElse(0);
  }

  private static String of(int count, Outlook.Fault fault) {
    return count + " of " + fault.runs() + " runs";
  }

  private String remedy(Hypothesis hypothesis) {
    return switch (hypothesis) {
      case LATENCY2X ->
          watches(Gate.Latency.PREFIX)
              ? ""
              : ": no gate watches latency; add {metric: latency-p95, ratio: 1.5}";
      case ERRORS20 ->
          watches(Gate.Errors.METRIC)
              ? ""
              : ": no gate watches errors; add {metric: errors, limit: 5%}";
      case AS_GOOD, CRASHLOOP, FAULT_TENTH -> "";
    };
  }

  private boolean watches(String metric) {
    return plan.spec().gates().stream().anyMatch(g -> g.metric().startsWith(metric));
  }

  private void barred() {
    if (!plan.spec().delivery().unmeteredOnly()) return;
    long metered = cast.roles().stream().filter(Cast.Role::metered).count();
    if (metered == 0) return;
    lines.add(
        metered
            + " of "
            + devices(outlook.devices())
            + " have a metered link and delivery.unmeteredOnly waits for another one: they do not"
            + " get it as they are");
  }

  private List<DeviceId> first() {
    return plan.cohorts().of(0);
  }

  private String name(int stage) {
    return plan.spec().stages().get(stage).name().value();
  }

  private static String hours(Duration time) {
    return time.compareTo(Duration.ofHours(2)) < 0
        ? time.toMinutes() + " minutes"
        : time.toHours() + " hours";
  }

  private static String devices(long n) {
    return n == 1 ? "1 device" : n + " devices";
  }
}
