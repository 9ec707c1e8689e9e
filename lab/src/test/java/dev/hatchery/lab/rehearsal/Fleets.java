package dev.hatchery.lab.rehearsal;

import dev.hatchery.core.Control;
import dev.hatchery.core.DailyWindow;
import dev.hatchery.core.DataSize;
import dev.hatchery.core.Delivery;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Gate;
import dev.hatchery.core.Labels;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Limits;
import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.Restraint;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.RolloutSpec.Timing;
import dev.hatchery.rollout.Baseline;
import dev.hatchery.rollout.Candidate;
import dev.hatchery.rollout.Duty;
import dev.hatchery.rollout.Rollout;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A recording as a test wants it: usual devices and a usual plan, unless it says otherwise. */
final class Fleets {
  static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  static final Gate ERRORS =
      new Gate.Errors(Optional.of(0.05), Optional.empty(), Gate.DEFAULT_ALPHA);
  static final Gate LATENCY =
      new Gate.Latency(0.95, Optional.empty(), Optional.of(1.5), Gate.DEFAULT_ALPHA);

  /** Awake from six to ten in the evening, so asleep at night. */
  static final Duty NIGHTS =
      new Duty(new DailyWindow(LocalTime.of(6, 0), LocalTime.of(22, 0)), ZoneOffset.UTC);

  final List<RecordedDevice> devices = new ArrayList<>();
  List<RolloutSpec.Stage> stages =
      List.of(
          stage("canary", new RolloutSpec.Count(5)),
          stage("third", new RolloutSpec.Percent(30)),
          stage("all", new RolloutSpec.Percent(100)));
  List<Gate> gates = List.of(ERRORS, LATENCY);
  Timing timing = Timing.DEFAULT;
  Delivery delivery = Delivery.DEFAULT;
  Limits limits = Limits.NONE;
  Duration deltaWait = Duration.ZERO;
  Instant at = NOON;
  boolean first;
  Optional<Control> control = Optional.empty();
  final List<Restraint> restraints = new ArrayList<>();

  static Fleets of(int usual) {
    var fleet = new Fleets();
    fleet.usual(usual);
    return fleet;
  }

  static RolloutSpec.Stage stage(String name, RolloutSpec.Extent extent) {
    return new RolloutSpec.Stage(new Name(name), extent, Duration.ofMinutes(30));
  }

  void usual(int more) {
    for (int i = 0; i < more; i++) add(Map.of(), past(20), Optional.empty());
  }

  void add(Map<String, String> labels, Baseline past, Optional<Duty> duty) {
    add(labels, past, duty, Optional.of(at), DataSize.mib(10));
  }

  void add(
      Map<String, String> labels,
      Baseline past,
      Optional<Duty> duty,
      Optional<Instant> heard,
      DataSize bytes) {
    var id = new DeviceId("d" + devices.size());
    var candidate = new Candidate(id, new Labels(labels), DeviceFacts.UNKNOWN);
    devices.add(new RecordedDevice(candidate, past, duty, heard, bytes.bytes()));
  }

  /** Two days of so many requests a minute, one in a hundred of which failed, around 20 ms. */
  static Baseline past(double requestsPerMinute) {
    long total = Math.round(2 * 24 * 60 * requestsPerMinute);
    Map<Integer, Long> counts = new TreeMap<>();
    int middle = LatencyHistogram.bucketOf(0.020);
    long left = total;
    for (int away = 1; away <= 6; away++) {
      long n = total / (8L << away);
      counts.put(middle - away, Math.max(1, n));
      counts.put(middle + away, Math.max(1, n));
      left -= 2 * Math.max(1, n);
    }
    counts.put(middle, left);
    return new Baseline(total, total / 100, new LatencyHistogram(counts), Duration.ofDays(2));
  }

  Recording recording() {
    RolloutSpec spec =
        RolloutSpec.of(
                new Name("inspection"),
                new Name("vision"),
                new Name("stable"),
                ReleaseId.parse("inspection@1.1.0"),
                stages,
                gates)
            .with(s -> s.timing(timing).delivery(delivery));
    return new Recording(
        "inspection-1",
        control.map(held -> spec.with(d -> d.control(held))).orElse(spec),
        new Digest("b".repeat(64)),
        first
            ? Optional.empty()
            : Optional.of(
                new Rollout.Previous(
                    ReleaseId.parse("inspection@1.0.0"), new Digest("a".repeat(64)))),
        7,
        at,
        Duration.ofMinutes(1),
        deltaWait,
        limits,
        restraints,
        devices);
  }

  Outlook outlook(int runs) {
    return new Rehearsal(recording(), runs, 1, Rehearsal.RATE).outlook();
  }
}
