package dev.hatchery.rollout;

import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Experiment;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.RolloutSpec;
import dev.hatchery.core.RolloutSpec.Count;
import dev.hatchery.core.RolloutSpec.Percent;
import dev.hatchery.core.RolloutSpec.Timing;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * A rollout with a control, looked at each minute: simulated devices that differ, whose latencies
 * and errors the release and the environment change. The limits are wide, so that only the
 * comparison decides.
 */
final class Compared {
  static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int REQUESTS = 20;

  /** What every device's latency is multiplied with, by the minute. */
  interface Environment {
    double at(int minute);
  }

  final Scene scene;
  private final Random random;
  private final Map<DeviceId, Double> medians = new HashMap<>();
  private final Map<DeviceId, Double> effects = new HashMap<>();
  private double errors;
  private double newErrors;
  private Environment environment = minute -> 1;
  private int minute;
  private int silentControls;

  private Compared(Scene scene, Random random) {
    this.scene = scene;
    this.random = random;
  }

  /**
   * A fleet of 60 with so many canaries and devices held back.
   *
   * @param effect what the release does to the latency, the middle of what it does to each device
   * @param spread of that, on the log scale
   */
  static Compared of(Random random, int canaries, int held, double effect, double spread) {
    Compared c = new Compared(new Scene(planned(canaries, held)), random);
    for (DeviceId d : c.scene.rollout.fleet()) {
      c.medians.put(d, 0.010 * Math.exp(0.4 * random.nextGaussian()));
      c.effects.put(d, effect * Math.exp(spread * random.nextGaussian()));
      c.scene.baselines.put(d, c.past(d));
    }
    return c;
  }

  /** The same as an experiment of two hours. */
  Compared experiment(Experiment.Then then) {
    RolloutSpec spec = scene.rollout.spec();
    var two = new Experiment(Duration.ofHours(2), then);
    scene.rollout = Specs.plan(Specs.tried(spec, two), scene.rollout.fleet().size());
    return this;
  }

  static Timing timing() {
    Timing t = Timing.DEFAULT;
    return new Timing(
        MINUTE,
        MINUTE,
        t.silence(),
        100,
        80,
        1000,
        Duration.ofHours(1),
        Duration.ZERO,
        Duration.ofHours(6),
        t.retryAfter(),
        Optional.empty(),
        5);
  }

  static Rollout planned(int canaries, int held) {
    var stages =
        List.of(
            Specs.stage("canary", new Count(canaries), MINUTE.multipliedBy(10)),
            Specs.stage("half", new Percent(50), MINUTE.multipliedBy(10)),
            Specs.stage("all", new Percent(100), MINUTE.multipliedBy(10)));
    RolloutSpec spec = Specs.spec(stages, timing(), Specs.ERRORS_WIDE);
    return Specs.plan(Specs.compared(spec, Specs.control(held)), 60);
  }

  Compared errors(double before, double after) {
    errors = before;
    newErrors = after;
    return this;
  }

  Compared in(Environment weather) {
    environment = weather;
    return this;
  }

  /** So many of those held back say nothing. */
  Compared withSilentControls(int n) {
    silentControls = n;
    return this;
  }

  private double of(Map<DeviceId, Double> map, DeviceId device) {
    return map.getOrDefault(device, 1.0);
  }

  private LatencyHistogram latencies(double median, int n) {
    Map<Integer, Long> buckets = new TreeMap<>();
    for (int i = 0; i < n; i++) {
      buckets.merge(LatencyHistogram.bucketOf(Simulated.latency(random, median)), 1L, Long::sum);
    }
    return new LatencyHistogram(buckets);
  }

  private Baseline past(DeviceId d) {
    var latency = latencies(of(medians, d), 2000);
    return new Baseline(2000, Math.round(2000 * errors), latency, Duration.ofHours(3));
  }

  /** One minute: everybody reports, and it is looked at. */
  Decision minute() {
    minute++;
    scene.after(MINUTE);
    double weather = environment.at(minute);
    for (Member m : scene.rollout.members().values()) {
      double median = of(medians, m.device()) * of(effects, m.device()) * weather;
      Told told = Told.proof(m.device(), scene.now, m.commandId(), Specs.NEW);
      long bad = Simulated.bad(random, REQUESTS, newErrors);
      scene.hear(told.measured(Specs.NEW, MINUTE, bad, latencies(median, REQUESTS)));
    }
    int n = 0;
    for (DeviceId d : scene.rollout.cohorts().control()) {
      if (n++ < silentControls || scene.rollout.members().containsKey(d)) continue;
      Told told = Told.proof(d, scene.now, "channel/1", Specs.OLD);
      long bad = Simulated.bad(random, REQUESTS, errors);
      var latency = latencies(of(medians, d) * weather, REQUESTS);
      scene.hear(told.measured(Specs.OLD, MINUTE, bad, latency));
    }
    return scene.decide();
  }

  /** The decision after so many minutes, or that with which the first stage passed. */
  Decision minutes(int most) {
    Decision last = scene.decide();
    for (int i = 0; i < most && scene.rollout.stage() == 0; i++) last = minute();
    return last;
  }

  boolean passes(int withinMinutes) {
    minutes(withinMinutes);
    return scene.rollout.stage() > 0;
  }
}
