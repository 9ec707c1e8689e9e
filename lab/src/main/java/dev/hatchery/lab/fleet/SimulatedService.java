package dev.hatchery.lab.fleet;

import dev.hatchery.agent.service.Echo;
import dev.hatchery.agent.service.Look;
import dev.hatchery.agent.service.Service;
import dev.hatchery.agent.store.Installed;
import dev.hatchery.agent.store.Slot;
import dev.hatchery.agent.store.Slot.Pointer;
import dev.hatchery.agent.telemetry.Scrape;
import dev.hatchery.core.Digest;
import dev.hatchery.core.LatencyHistogram;
import dev.hatchery.core.Manifest;
import dev.hatchery.core.Refusal;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * The inference service of one slot: it loads what {@code current} names, answers requests at a
 * steady rate, and behaves as its release does. Its supervisor starts it again when it has died.
 */
final class SimulatedService implements Service {
  private static final double REQUESTS_PER_SECOND = 0.5;
  private static final Duration STARTS_IN = Duration.ofSeconds(3);
  private static final Duration DIES_AFTER = Duration.ofSeconds(25);
  private static final Duration RESTARTED_AFTER = Duration.ofSeconds(5);
  private static final double USUAL_SECONDS = 0.02;
  private static final double ERRORS = 0.005;
  private static final double MANY_ERRORS = 0.25;

  private final Timeline time;
  private final Slot slot;
  private final MemoryDisk disk;
  private final Function<Digest, Nature> natures;
  private final boolean unlucky;
  private final RandomGenerator chance;
  private final Runnable changed;
  private final Timeline.Alarm dies;
  private final Timeline.Alarm rises;
  private final Map<Digest, Manifest> manifests = new HashMap<>();
  private final Map<Digest, Duration> served = new HashMap<>();
  private Optional<Digest> loaded = Optional.empty();
  private Map<String, Digest> files = Map.of();
  private boolean up;
  private long upSince;
  private long countedTo;
  private double owed;
  private long requests;
  private long errors;
  private final TreeMap<Double, Long> latency = new TreeMap<>();

  /**
   * A service that is down.
   *
   * @param unlucky whether it is on one of the tenth of the devices
   * @param changed hears that it came up or went down
   */
  SimulatedService(
      Timeline time,
      Slot slot,
      MemoryDisk disk,
      Function<Digest, Nature> natures,
      boolean unlucky,
      RandomGenerator chance,
      Runnable changed) {
    this.time = time;
    this.slot = slot;
    this.disk = disk;
    this.natures = natures;
    this.unlucky = unlucky;
    this.chance = chance;
    this.changed = changed;
    this.dies = time.alarm(this::died);
    this.rises = time.alarm(this::start);
  }

  // ---- its life

  /** Starts it, as the device's supervisor does. */
  void start() {
    up = true;
    load();
    changed.run();
  }

  /** Ends it; nobody starts it before {@link #start}. */
  void stop() {
    told();
    up = false;
    dies.off();
    rises.off();
  }

  /** It dies by itself, and is started again soon. */
  void crash() {
    if (up) died();
  }

  private void died() {
    stop();
    rises.in(RESTARTED_AFTER);
    changed.run();
  }

  private void load() {
    told();
    loaded = slot.pointer(Pointer.CURRENT).filter(this::readable);
    files = loaded.map(this::digests).orElse(Map.of());
    upSince = time.nanos();
    countedTo = upSince + STARTS_IN.toNanos();
    requests = 0;
    errors = 0;
    owed = 0;
    latency.clear();
    if (nature() == Nature.CRASHES) dies.in(DIES_AFTER);
    else dies.off();
  }

  private boolean readable(Digest bundle) {
    try {
      manifest(bundle);
      return slot.has(bundle);
    } catch (Refusal broken) {
      return false;
    }
  }

  // What a digest names never changes, so it is read once.
  private Manifest manifest(Digest bundle) {
    Manifest known = manifests.get(bundle);
    if (known != null) return known;
    Manifest read = Installed.manifest(disk, slot.version(bundle), bundle);
    manifests.put(bundle, read);
    return read;
  }

  private Map<String, Digest> digests(Digest bundle) {
    Map<String, Digest> digests = new TreeMap<>();
    manifest(bundle).files().forEach(f -> digests.put(f.path(), f.sha256()));
    return digests;
  }

  private Nature nature() {
    return loaded.map(natures).orElse(Nature.GOOD);
  }

  private boolean ready() {
    boolean stuck =
        switch (nature()) {
          case STUCK -> true;
          case TENTH -> unlucky;
          case GOOD, CRASHES, ERRS, SLOW -> false;
        };
    boolean started = time.nanos() - upSince >= STARTS_IN.toNanos();
    return up && started && !stuck && loaded.isPresent();
  }

  /** What it serves, when it serves anything; nobody but the observer asks here. */
  Optional<Digest> serves() {
    return ready() ? loaded : Optional.empty();
  }

  /** How long at a stretch it has ever served a bundle. */
  Duration served(Digest bundle) {
    told();
    return served.getOrDefault(bundle, Duration.ZERO);
  }

  /** Nothing about it changes before something happens to it. */
  boolean steady() {
    return ready() && nature() != Nature.CRASHES && loaded.equals(slot.pointer(Pointer.CURRENT));
  }

  private void told() {
    if (!ready()) return;
    Duration stretch = Duration.ofNanos(time.nanos() - upSince - STARTS_IN.toNanos());
    loaded.ifPresent(b -> served.merge(b, stretch, (x, y) -> x.compareTo(y) > 0 ? x : y));
  }

  // ---- what the agent sees

  @Override
  public Reloaded reload(Duration patience) {
    if (!up) return new Away("it is down");
    load();
    changed.run();
    return new Done();
  }

  @Override
  public Look look() {
    if (!up) return Look.AWAY;
    count();
    Scrape scrape =
        new Scrape(
            OptionalLong.of(requests),
            OptionalLong.of(errors),
            OptionalLong.of(requests),
            latency,
            loaded,
            OptionalDouble.of(upSince / 1e9));
    Optional<Echo> echo = loaded.map(bundle -> new Echo(Optional.of(bundle), files));
    return new Look(true, ready(), echo, Optional.of(scrape));
  }

  // All requests since the last look: their errors and latencies are drawn together.
  private void count() {
    if (!ready()) return;
    owed += (time.nanos() - countedTo) / 1e9 * REQUESTS_PER_SECOND;
    countedTo = time.nanos();
    long n = (long) owed;
    if (n <= 0) return;
    owed -= n;
    double share = nature() == Nature.ERRS ? MANY_ERRORS : ERRORS;
    double spread = Math.sqrt(n * share * (1 - share)) * chance.nextGaussian();
    errors += Math.clamp(Math.round(n * share + spread), 0, n);
    requests += n;
    double usual = USUAL_SECONDS * (nature() == Nature.SLOW ? 3 : 1);
    long slow = n / 20;
    add(usual, n - slow);
    add(usual * 1.5, slow);
  }

  // Cumulative, as Prometheus has it.
  private void add(double seconds, long n) {
    double bound = LatencyHistogram.bound(LatencyHistogram.bucketOf(seconds));
    if (!latency.containsKey(bound)) {
      var below = latency.lowerEntry(bound);
      latency.put(bound, below == null ? 0L : below.getValue());
    }
    latency.tailMap(bound, true).replaceAll((_, count) -> count + n);
  }

  @Override
  public Answer infer(byte[] request) {
    return new Silent("it has no golden samples");
  }

  @Override
  public boolean reloadStartsProcess() {
    return true;
  }
}
