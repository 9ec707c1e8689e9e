package dev.hatchery.rollout;

import dev.hatchery.core.Control;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Experiment;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.RolloutSpec.Percent;
import dev.hatchery.core.Window;
import dev.hatchery.rollout.Verdict.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares a stage with the control (gates reference, section 4, L3). Both sides are measured from
 * when enough of the stage runs the target, each device against its own past, so what befalls both
 * alike (the day, the weather, the load) falls out.
 *
 * <p>It is asked every minute, but looks only when the comparison has lasted as long as the soak,
 * twice as long, four times, and so on; the nth look spends alpha / 2^n. All looks together spend
 * no more than alpha, whatever they have to do with each other. A plan for a fixed number of looks
 * (O'Brien and Fleming) would spend it better if each look brought news of its own; here the same
 * devices are looked at again, and what makes them differ stays.
 *
 * <p>What the newest look said counts until the next. Missing data postpones a look, and holds.
 */
final class Comparing {
  static final String GATE = "control";
  static final String KEPT = "control-kept";

  private final Rollout rollout;
  private final Control spec;
  private final Comparison comparison;

  private Comparing(Rollout rollout, Control spec) {
    this.rollout = rollout;
    this.spec = spec;
    this.comparison = rollout.comparison();
  }

  /** Empty where the running stage is not compared. */
  static Optional<Comparing> of(Rollout rollout) {
    if (rollout.cohorts().control().isEmpty() || !compares(rollout)) return Optional.empty();
    return rollout.spec().control().map(spec -> new Comparing(rollout, spec));
  }

  private static boolean compares(Rollout rollout) {
    List<RolloutSpec.Stage> stages = rollout.spec().stages();
    if (rollout.shadowing()) return false;
    if (rollout.stage() == stages.size() - 1) return Keeping.on(rollout);
    var named = rollout.spec().control().map(Control::stages).orElse(List.of());
    return named.isEmpty()
        ? Cohort.of(rollout, rollout.stage()).size() >= Control.MIN_DEVICES
        : named.contains(stages.get(rollout.stage()).name());
  }

  /** What a look would say now, without being one: it spends nothing, and nothing acts on it. */
  static List<Comparison.Finding> soFar(Rollout rollout) {
    return of(rollout)
        .filter(c -> c.comparison.since().isPresent())
        .map(Comparing::soFar)
        .orElse(List.of());
  }

  private List<Comparison.Finding> soFar() {
    Sides sides = sides();
    return sides
        .lacking()
        .map(lack -> List.of(new Comparison.Finding(GATE, false, false, lack)))
        .orElseGet(() -> look(sides));
  }

  /** Counts what devices of the control say. */
  static void take(Transition t, Map<DeviceId, List<Observation>> byDevice) {
    Comparison comparison = t.comparison;
    Optional<Instant> since = comparison.since();
    if (since.isEmpty() || t.rollout().previous().isEmpty()) return;
    Digest before = t.rollout().previous().get().manifest();
    Map<DeviceId, ControlDevice> control = new LinkedHashMap<>(comparison.control());
    control.replaceAll(
        (id, device) -> {
          Concurrent sum = device.concurrent().from(since.get());
          for (Observation o : byDevice.getOrDefault(id, List.of())) {
            for (Window w : o.windows()) {
              boolean counts = w.warm() && w.bundle().equals(before);
              if (counts && !w.start().isBefore(since.get())) sum = sum.plus(w);
            }
          }
          return new ControlDevice(id, device.baseline(), sum);
        });
    t.comparison = comparison.of(control);
  }

  /** With the first order: the control's past is kept as it is now, as the members' is. */
  static void hold(Transition t, Map<DeviceId, Baseline> baselines) {
    List<DeviceId> devices = t.rollout().cohorts().control();
    if (devices.isEmpty() || !t.comparison.control().isEmpty()) return;
    Map<DeviceId, ControlDevice> control = new LinkedHashMap<>();
    for (DeviceId d : devices) {
      Baseline past = baselines.getOrDefault(d, Baseline.NONE);
      control.put(d, new ControlDevice(d, past, Concurrent.NONE));
    }
    t.comparison = t.comparison.of(control);
  }

  /** Begins the stage's comparison, or makes a look, where it is time. */
  static void step(Transition t) {
    of(t.rollout()).ifPresent(c -> t.comparison = c.next(t.now));
  }

  private Comparison next(Instant now) {
    if (comparison.since().isEmpty()) {
      int stage = stage();
      long running =
          rollout.members().values().stream()
              .filter(m -> m.state() == Member.State.CONFIRMED && !rollout.shadows(m))
              .count();
      return running < Cohort.quorum(rollout, stage) ? comparison : comparison.begun(now, first());
    }
    if (now.isBefore(comparison.next().orElseThrow())) return comparison;
    Sides sides = sides();
    return sides.lacking().isPresent() ? comparison : comparison.looked(now, look(sides));
  }

  // The control itself is of the last stage, and is no part of the side that it is compared with.
  private int stage() {
    return Keeping.on(rollout) ? Keeping.told(rollout) : Cohort.of(rollout, rollout.stage()).size();
  }

  private Duration first() {
    Optional<Experiment> experiment = Contest.running(rollout);
    if (experiment.isPresent()) return experiment.get().length();
    Duration soak = rollout.spec().stages().get(rollout.stage()).soak();
    Duration window = rollout.spec().timing().window();
    return soak.compareTo(window) < 0 ? window : soak;
  }

  private List<Comparison.Finding> look(Sides sides) {
    double miss = spec.alpha() / Math.pow(2, comparison.looks() + 1.0);
    boolean contest = Contest.running(rollout).isPresent();
    return spec.margins().stream()
        .map(Measure::of)
        .map(m -> contest ? m.contest(sides, miss) : m.find(sides, miss))
        .toList();
  }

  private Sides sides() {
    long requests = Math.max(1, rollout.spec().minRequests(rollout.stage()));
    Instant since = comparison.since().orElseThrow();
    List<Sides.Pair> changed = new ArrayList<>();
    for (Member m : rollout.members().values()) {
      if (m.state() != Member.State.CONFIRMED || rollout.shadows(m)) continue;
      changed.add(new Sides.Pair(m.device(), m.baseline(), m.concurrent().from(since)));
    }
    List<Sides.Pair> control = new ArrayList<>();
    for (ControlDevice d : comparison.control().values()) {
      control.add(new Sides.Pair(d.device(), d.baseline(), d.concurrent().from(since)));
    }
    int stage = stage();
    int held = comparison.control().size();
    Percent share = new Percent(rollout.spec().timing().minReportingPercent());
    return Sides.of(
        changed, stage, Cohort.quorum(rollout, stage), control, held, share.of(held), requests);
  }

  List<Verdict> verdicts(Instant now) {
    if (comparison.since().isEmpty()) {
      String reason = "compared from when enough of the stage's devices run the target";
      return List.of(Judge.verdict(GATE, Kind.NO_DATA, reason));
    }
    Instant due = comparison.next().orElseThrow();
    Optional<String> lacking = now.isBefore(due) ? Optional.empty() : sides().lacking();
    if (lacking.isPresent()) return List.of(Judge.verdict(GATE, Kind.HOLD, lacking.get()));
    String next = "next look in " + Words.time(Duration.between(now, due));
    if (comparison.looks() == 0) {
      String against = Words.devices(comparison.control().size()) + " held back; ";
      return List.of(Judge.verdict(GATE, Kind.NO_DATA, "compared with " + against + next));
    }
    return comparison.findings().stream().map(f -> verdict(f, next)).toList();
  }

  private static Verdict verdict(Comparison.Finding found, String next) {
    String gate = GATE + ":" + found.metric();
    return found.within()
        ? Judge.verdict(gate, Kind.PASS, found.reason())
        : Judge.verdict(gate, Kind.HOLD, found.reason() + "; " + next);
  }
}
