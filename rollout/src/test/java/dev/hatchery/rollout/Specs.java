package dev.hatchery.rollout;

import dev.hatchery.core.Control;
import dev.hatchery.core.DeviceFacts;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Experiment;
import dev.hatchery.core.Gate;
import dev.hatchery.core.Labels;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Name;
import dev.hatchery.core.ReleaseId;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.RolloutSpec.Extent;
import dev.hatchery.core.RolloutSpec.Stage;
import dev.hatchery.core.RolloutSpec.Timing;
import dev.hatchery.core.Sampling;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Rollouts to test with: short times, simple numbers. */
final class Specs {
  static final Instant T0 = Instant.parse("2026-03-01T12:00:00Z");
  static final Name SLOT = new Name("vision");
  static final Digest NEW = new Digest("b".repeat(64));
  static final Digest OLD = new Digest("a".repeat(64));
  static final Rollout.Previous PREVIOUS =
      new Rollout.Previous(ReleaseId.parse("inspection@1.0.0"), OLD);
  static final Duration SOAK = Duration.ofSeconds(20);

  static final Timing TIMING =
      new Timing(
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          Duration.ofSeconds(20),
          20,
          80,
          200,
          Duration.ofSeconds(60),
          Duration.ofSeconds(2),
          Duration.ofMinutes(10),
          Duration.ofSeconds(10),
          Optional.empty(),
          5);

  static final Gate ERRORS_LIMIT = new Gate.Errors(Optional.of(0.05), Optional.empty(), 0.01);
  static final Gate ERRORS_WIDE = new Gate.Errors(Optional.of(0.5), Optional.empty(), 0.01);
  static final Gate ERRORS_BOTH = new Gate.Errors(Optional.of(0.05), Optional.of(1.5), 0.01);
  static final Gate ERRORS_RATIO = new Gate.Errors(Optional.empty(), Optional.of(1.5), 0.01);
  static final Gate P95_LIMIT =
      new Gate.Latency(0.95, Optional.of(Duration.ofMillis(100)), Optional.empty(), 0.01);
  static final Gate P95_RATIO = new Gate.Latency(0.95, Optional.empty(), Optional.of(1.5), 0.01);

  private Specs() {}

  static Stage stage(String name, Extent extent) {
    return new Stage(new Name(name), extent, SOAK);
  }

  static Stage stage(String name, Extent extent, Duration soak) {
    return new Stage(new Name(name), extent, soak);
  }

  /** Two canaries, then half, then all. */
  static List<Stage> stages() {
    return List.of(
        stage("canary", new RolloutSpec.Count(2)),
        stage("part", new RolloutSpec.Percent(50)),
        stage("rest", new RolloutSpec.Percent(100)));
  }

  static RolloutSpec spec(List<Stage> stages, Timing timing, Gate... gates) {
    return sampled(Sampling.DEFAULT, stages, timing, gates);
  }

  static RolloutSpec sampled(Sampling sampling, List<Stage> stages, Timing timing, Gate... gates) {
    return RolloutSpec.of(
            new Name("inspection-1.1.0"),
            SLOT,
            new Name("stable"),
            ReleaseId.parse("inspection@1.1.0"),
            stages,
            List.of(gates))
        .with(s -> s.sampling(sampling).timing(timing));
  }

  /** The same, with devices held back to compare with. */
  static RolloutSpec compared(RolloutSpec s, Control control) {
    return s.with(d -> d.control(control));
  }

  /** The same as an experiment. */
  static RolloutSpec tried(RolloutSpec s, Experiment experiment) {
    return s.with(d -> d.experiment(experiment));
  }

  static Control control(int devices, String... stages) {
    return new Control(
        new RolloutSpec.Count(devices),
        Arrays.stream(stages).map(Name::new).toList(),
        Control.DEFAULT_MARGINS,
        Control.DEFAULT_ALPHA);
  }

  static Set<DeviceId> ids(int n) {
    return new LinkedHashSet<>(
        IntStream.range(0, n).mapToObj(i -> new DeviceId("cam-" + i)).toList());
  }

  /** Devices that nothing tells apart. */
  static List<Candidate> fleet(int n) {
    return ids(n).stream().map(id -> new Candidate(id, Labels.NONE, DeviceFacts.UNKNOWN)).toList();
  }

  static Rollout plan(RolloutSpec spec, int fleet) {
    return Engine.plan("r1", spec, NEW, Optional.of(PREVIOUS), fleet(fleet), 7, 0, T0);
  }

  static Rollout firstRelease(RolloutSpec spec, int fleet) {
    return Engine.plan("r1", spec, NEW, Optional.empty(), fleet(fleet), 7, 0, T0);
  }

  /** A past with no errors, all at 10 ms. */
  static Baseline past(long requests, Duration span) {
    return requests == 0
        ? Baseline.NONE
        : new Baseline(
            requests,
            0,
            new LatencyHistogram(Map.of(LatencyHistogram.bucketOf(0.010), requests)),
            span);
  }

  static Baseline enough() {
    return past(500, Duration.ofMinutes(5));
  }
}
