package dev.hatchery.rollout;

import dev.hatchery.core.Code;
import dev.hatchery.core.DeviceId;
import dev.hatchery.core.Digest;
import dev.hatchery.core.Event;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.SlotStatus;
import dev.hatchery.core.SlotStatus.State;
import dev.hatchery.core.Traffic;
import dev.hatchery.core.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;

/** A device as the server sees it: takes orders, switches after a while, reports every tick. */
final class SimulatedDevice {
  static final Duration TICK = Duration.ofSeconds(2);
  static final int REQUESTS = 20;
  private static final int FETCH_TICKS = 2;
  private static final int TRIAL_TICKS = 2;

  /** What the target does on a device. */
  record Release(double latencyFactor, double errorShare) {
    static final Release GOOD = new Release(1, 0.005);
  }

  final DeviceId id;
  private final Random random;
  private final double median;
  private final Release release;
  private final Map<Integer, Long> past = new TreeMap<>();
  private long pastRequests;
  private long pastErrors;
  private Digest running = Specs.OLD;
  private Digest ordered = Specs.OLD;
  private String command = "channel/1";
  private State state = State.CONFIRMED;
  private Optional<Code> why = Optional.empty();
  private int ticksInState;
  private int boots = 1;
  private int downFor;
  private int trialsToFail;
  private long index;
  private final List<Event> events = new ArrayList<>();

  SimulatedDevice(DeviceId id, long seed, Release release) {
    this.id = id;
    this.release = release;
    random = new Random(seed);
    median = 0.010 * Math.exp(0.3 * random.nextGaussian());
  }

  void failTrials(int times) {
    trialsToFail = times;
  }

  /** Killed now; back after so many ticks, as a new boot. */
  void kill(int ticks) {
    downFor = ticks;
    boots++;
  }

  Digest running() {
    return running;
  }

  Baseline past() {
    return new Baseline(
        pastRequests,
        pastErrors,
        new LatencyHistogram(past),
        TICK.multipliedBy(pastRequests / REQUESTS));
  }

  void obey(Digest bundle, String commandId) {
    ordered = bundle;
    command = commandId;
    // What it already has needs no download.
    enter(bundle.equals(Specs.OLD) ? State.VERIFIED : State.FETCHING);
    why = Optional.empty();
  }

  private void enter(State next) {
    state = next;
    ticksInState = 0;
  }

  /** One tick of its life; what it reports, if it is up. */
  Optional<Observation> tick(Instant now) {
    if (downFor > 0) {
      downFor--;
      return Optional.empty();
    }
    step(now);
    Window window = window(now);
    if (running.equals(Specs.OLD)) remember(window);
    var told =
        new Observation(id, now, "boot-" + boots, status(), List.copyOf(events), List.of(window));
    events.clear();
    return Optional.of(told);
  }

  private void step(Instant now) {
    ticksInState++;
    switch (state) {
      case FETCHING -> {
        if (ticksInState > FETCH_TICKS) enter(State.VERIFIED);
      }
      case VERIFIED -> {
        running = ordered;
        enter(State.TRIAL);
      }
      case TRIAL -> {
        if (ticksInState <= TRIAL_TICKS) return;
        boolean fails = ordered.equals(Specs.NEW) && trialsToFail > 0;
        if (fails) {
          trialsToFail--;
          running = Specs.OLD;
          why = Optional.of(Code.GOLDEN);
        }
        enter(fails ? State.ROLLED_BACK : State.CONFIRMED);
        var kind = fails ? Event.Kind.ROLLED_BACK : Event.Kind.CONFIRMED;
        events.add(
            new Event(Specs.SLOT, kind, now, command, Optional.of(ordered), why, "", traffic()));
      }
      case IDLE, ACCEPTED, CONFIRMED, SHADOWING, SHADOWED, ROLLING_BACK, ROLLED_BACK, FAILED -> {}
    }
  }

  private SlotStatus status() {
    return new SlotStatus(
        state,
        Optional.of(command),
        Optional.of(running),
        Optional.of(Specs.OLD),
        Optional.of(running),
        SlotStatus.Proof.ECHOED,
        why,
        "",
        traffic());
  }

  private Traffic traffic() {
    return Traffic.of(Traffic.Source.FULL, ordered.equals(Specs.NEW) ? 200_000 : 0);
  }

  private Window window(Instant now) {
    boolean target = running.equals(Specs.NEW);
    double share = target ? release.errorShare : 0.005;
    Map<Integer, Long> latency = new HashMap<>();
    int sample = 0;
    for (int i = 0; i < REQUESTS; i++) {
      double slower = target ? release.latencyFactor : 1;
      sample = LatencyHistogram.bucketOf(Simulated.latency(random, median * slower));
      latency.merge(sample, 1L, Long::sum);
    }
    boolean warm = !(state == State.TRIAL && ticksInState < 1);
    return new Window(
        Specs.SLOT,
        running,
        index++,
        now.minus(TICK),
        TICK,
        warm,
        REQUESTS,
        REQUESTS,
        Simulated.bad(random, REQUESTS, share),
        0,
        new LatencyHistogram(latency),
        OptionalInt.of(sample));
  }

  private void remember(Window window) {
    pastRequests += window.requests();
    pastErrors += window.errors();
    window.latency().counts().forEach((bucket, n) -> past.merge(bucket, n, Long::sum));
  }
}
